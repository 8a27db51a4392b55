"""What all parsers share: the settings of a source, reading of times and addresses, the typed refusal."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Literal
from urllib.parse import urlsplit

from ..event import KEY_LENGTH, Severity, clean_line

_ZERO_YEAR = 1971  # 0001-01-01 and 1970-01-01 are how programs spell "no time"
_FRACTION = re.compile(r"(\.\d{6})\d+")


class MessageProblem(ValueError):
    """A well-formed message that cannot be understood; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One element of a message that cannot be understood, while its neighbours can."""

    reason: str


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What a source's owner has decided about reading its messages. Labels are tried in their order."""

    customer_labels: tuple[str, ...] = ("client", "customer", "tenant")
    device_labels: tuple[str, ...] = ("instance", "host")
    group_by: Literal["fingerprint", "group"] = "fingerprint"
    default_severity: Severity = "high"


def read_time(value: Any) -> datetime | None:
    """The moment an ISO 8601 text (or Unix seconds) names, in naive UTC to the second; None when it names none.

    More than six fractional digits are cut. A time without zone is refused (None): guessing it could reverse the
    order of problem and recovery.
    """
    if isinstance(value, bool):
        return None
    try:
        moment = _from_seconds(value) if isinstance(value, (int, float)) else _from_text(str(value or ""))
    except (ValueError, OverflowError):
        return None
    if moment is None or not _ZERO_YEAR <= moment.year < 9000:
        return None
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)


def _from_seconds(value: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=float(value))


def _from_text(value: str) -> datetime | None:
    text = _FRACTION.sub(r"\1", value.strip()[:40])
    if text[-1:] in ("Z", "z"):
        text = text[:-1] + "+00:00"
    moment = datetime.fromisoformat(_padded(text))
    return moment if moment.tzinfo else None


def _padded(text: str) -> str:
    # Python 3.10 reads exactly three or six fractional digits.
    return re.sub(r"\.(\d{1,6})(?!\d)", lambda found: "." + found[1].ljust(6, "0"), text)


def safe_url(value: Any) -> str:
    """`value` if it is an http(s) address, else nothing: it becomes a link in a ticket."""
    text = clean_line(value, 1000)
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc else ""


def key_of(*parts: str) -> str:
    """A correlation key from the given parts, short enough for an index; parts keep apart ("a|b" is not "a", "b")."""
    joined = "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)
    if len(joined) <= KEY_LENGTH:
        return joined
    return f"{joined[: KEY_LENGTH - 33]}#{_digest(joined)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
