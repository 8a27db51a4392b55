"""A delivery as the door sees it, and what tells it from its repetition (rule D10.36)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

BUCKET_SECONDS = 60
MAX_LENGTH = 180
# Headers in which senders put the id of a message, the first one present counts. Not X-Request-Id: proxies set it
# anew for each attempt.
ID_HEADERS = ("idempotency-key", "webhook-id", "svix-id", "ce-id")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request as it came. Headers in lower case; `body` is raw, still compressed and encoded."""

    token: str
    body: bytes
    headers: dict[str, str]
    charset: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender is told; `retry_after` in seconds where it may come again."""

    status: int
    text: str
    retry_after: int = 0


def delivery_id(headers: Mapping[str, str], own_id: str, raw: bytes, received_at: datetime) -> str:
    """The id under which a delivery counts once per source, for ever.

    A header of the sender comes first, then the id in the message (`own_id`). Senders with neither repeat a
    delivery byte by byte: there it is the hash of the raw body with the minute of its receipt (naive UTC), so that
    a quick retry is the same delivery and the same message an hour later is not.
    """
    for name in ID_HEADERS:
        if value := headers.get(name, "").strip():
            return _bounded("header", value)
    if own_id:
        return own_delivery_id(own_id)
    bucket = int(received_at.replace(tzinfo=timezone.utc).timestamp()) // BUCKET_SECONDS
    return f"body:{hashlib.sha256(raw).hexdigest()}:{bucket}"


def own_delivery_id(own_id: str) -> str:
    """The delivery id of an element that brings its own id, alone or in a list: the same in both."""
    return _bounded("id", own_id)


def _bounded(kind: str, value: str) -> str:
    # What does not fit the index or the database is hashed whole: cleaned or cut, two ids could become one.
    if len(value) > MAX_LENGTH or not value.isprintable():
        value = "sha256-" + hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{kind}:{value}"
