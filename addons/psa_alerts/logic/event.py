"""What a message of any monitoring system says, once its format is taken away."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["problem", "resolved", "ack", "update", "heartbeat", "handshake", "ignore"]
Severity = Literal["critical", "high", "medium", "low", "info"]

KINDS: tuple[Kind, ...] = ("problem", "resolved", "ack", "update", "heartbeat", "handshake", "ignore")
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low", "info")
RANK: dict[Severity, int] = {"critical": 4, "high": 3, "medium": 2, "low": 1, "info": 0}

TITLE_LENGTH = 250
TEXT_LENGTH = 6000
KEY_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Ref:
    """Somebody or something as the sender names it: an id for machines, a name for people, either may be empty."""

    id: str = ""
    name: str = ""

    def __bool__(self) -> bool:
        return bool(self.id or self.name)


NOBODY = Ref()


@dataclass(frozen=True, slots=True)
class Event:
    """One statement of a monitoring system about one condition.

    ``delivery_id`` is the sender's own id of this statement, empty when it has none. ``correlation_key`` names
    the condition and joins problem and recovery. ``incident`` is the sender's id of one occurrence, where it
    has one. ``occurred_at`` is the sender's time in naive UTC, None when it names none; it orders events and
    starts no clock (rule D10.3). ``severity`` is None when the message names none (recoveries, rule D10.40).
    ``warnings`` say what had to be repaired or guessed.
    """

    kind: Kind
    correlation_key: str
    title: str
    severity: Severity | None = None
    raw_severity: str = ""
    body: str = ""
    device: Ref = NOBODY
    client: Ref = NOBODY
    condition: str = ""
    occurred_at: datetime | None = None
    url: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    delivery_id: str = ""
    incident: str = ""
    warnings: tuple[str, ...] = field(default=())


def worst(severities: Sequence[Severity]) -> Severity:
    """The most severe of at least one severity."""
    return max(severities, key=RANK.__getitem__)


def is_worse(one: Severity, other: Severity) -> bool:
    """Whether `one` ranks above `other`."""
    return RANK[one] > RANK[other]


def clean_text(value: object, limit: int = TEXT_LENGTH) -> str:
    """`value` as text that a database and a reader can take: no control characters, cut at `limit` characters."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else _plain(value)
    text = "".join(
        char for char in text[: limit * 2] if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")
    )
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def clean_line(value: object, limit: int = TITLE_LENGTH) -> str:
    """`value` as one line: line breaks and runs of blanks become one blank, so no header can be smuggled in."""
    return clean_text(" ".join(clean_text(value, limit * 4).split()), limit)


def whole_line(value: object) -> str:
    """`value` as one line that is never cut: for keys, which are compared and hashed. True and false are no keys."""
    if isinstance(value, bool) or value is None:
        return ""
    text = value if isinstance(value, str) else _plain(value)
    if not text.isprintable():
        text = "".join(
            char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")
        )
    return " ".join(text.split())


def exact_id(value: object) -> str:
    """`value` as the id it is, letter for letter; empty for what is no id: true, false, objects, lists."""
    if isinstance(value, str):
        return value.strip()
    return "" if isinstance(value, bool) else _plain(value)


def match_key(value: str) -> str:
    """`value` in the form in which names are compared.

    Case, width and invisible characters do not count; letters that merely look alike stay different, so that a
    look-alike name never matches another customer's machine.
    """
    folded = unicodedata.normalize("NFKC", value).casefold()
    return " ".join(
        "".join(char for char in folded if unicodedata.category(char) not in ("Cc", "Cf", "Cs")).split()
    )


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)  # all digits: two moments of one second are two ids
    return ""
