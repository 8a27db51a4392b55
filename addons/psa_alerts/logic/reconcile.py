"""What a source says is firing, compared with what arrived: a lost message is made good, not a second one made.

A source that can be asked gives a list. Each entry is brought into the form in which its message would have come, so
that what was lost goes through the same door and is read by the same parser, under the same key.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from .event import Event
from .parsers import MAX_ELEMENTS, MessageProblem, SourceSettings, alertmanager, generic

State = Literal["fires", "quiet", "over"]
NO_TIME = "0001-01-01T00:00:00Z"
_LISTED_STATES: dict[str, State] = {"problem": "fires", "update": "fires", "ack": "quiet", "resolved": "over"}


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of the list. `quiet`: it lasts, but nobody wants to hear of it (silenced, inhibited, acknowledged)."""

    event: Event
    state: State
    body: bytes

    @property
    def key(self) -> str:
        """The condition."""
        return self.event.correlation_key


@dataclass(frozen=True, slots=True)
class Listing:
    """The whole answer; of one that could not be read in part, nothing can be said about what it leaves out."""

    entries: tuple[Listed, ...]
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Arrived:
    """What is known of the newest alert of a condition. `problem_at` is the sender's own time of its last problem."""

    is_live: bool
    problem_at: datetime | None = None
    ended_by_source: bool = False


def read_listing(system: str, root: Any, settings: SourceSettings, receiver: str = "") -> Listing:
    """The entries of an answer, one a condition.

    :param receiver: of Alertmanager's receivers the one whose alerts are ours; empty: all
    Raises MessageProblem where this is no list, or a longer one than is taken.
    """
    rows = root if isinstance(root, list) else [root] if system == "generic" and root else None
    if rows is None:
        raise MessageProblem("the answer is no list of alerts")
    if len(rows) > MAX_ELEMENTS:
        raise MessageProblem(f"{len(rows)} alerts in one answer, at most {MAX_ELEMENTS} are taken")
    read = _read_alertmanager if system == "alertmanager" else _read_generic
    entries: dict[str, Listed] = {}
    unreadable = 0
    for row in rows:
        try:
            found = list(read(row, settings, receiver))
        except MessageProblem:
            unreadable += 1
            continue
        # The entry that lasts counts: a list may hold the end of one occurrence and the beginning of the next.
        entries |= {one.key: one for one in found if one.state != "over" or one.key not in entries}
    return Listing(tuple(entries.values()), unreadable)


def _read_alertmanager(row: Any, settings: SourceSettings, receiver: str) -> Iterator[Listed]:
    """One entry of `/api/v2/alerts`: the labels and fingerprint of the webhook, in another frame."""
    if not isinstance(row, dict) or not isinstance(row.get("labels"), dict) or not row.get("fingerprint"):
        raise MessageProblem("an entry has no labels or no fingerprint")
    if receiver and receiver not in _names(row.get("receivers")):
        return
    status = row.get("status")
    state = status.get("state") if isinstance(status, dict) else None
    element = {
        "status": "firing",
        "labels": row["labels"],
        "annotations": row.get("annotations"),
        "startsAt": row.get("startsAt"),
        "endsAt": NO_TIME,
        "generatorURL": row.get("generatorURL"),
        "fingerprint": row["fingerprint"],
    }
    message = {"version": "4", "status": "firing", "alerts": [element]}
    [event] = alertmanager.parse(message, settings)
    if isinstance(event, Event):
        yield Listed(event, "fires" if state in (None, "active") else "quiet", _dump(message))


def _names(receivers: Any) -> set[Any]:
    rows = receivers if isinstance(receivers, list) else []
    return {row.get("name") for row in rows if isinstance(row, dict) and isinstance(row.get("name"), str)}


def _read_generic(row: Any, settings: SourceSettings, _receiver: str) -> Iterator[Listed]:
    [event] = generic.parse([row], settings)
    if isinstance(event, Event) and event.kind in _LISTED_STATES:
        yield Listed(event, _LISTED_STATES[event.kind], _dump(row))


def _dump(message: Any) -> bytes:
    return json.dumps(message).encode()


def is_missed(entry: Listed, arrived: Arrived | None) -> bool:
    """Whether a message about what fires has been lost.

    The same occurrence is never taken twice: what people have closed while it fires stays closed, until the source
    names a later beginning. Without a beginning to compare, the end decides: one that the source itself reported is
    followed by something new.
    """
    if entry.state != "fires":
        return False
    if arrived is None:
        return True
    if arrived.is_live:
        return False
    if entry.event.occurred_at and arrived.problem_at:
        return entry.event.occurred_at > arrived.problem_at
    return arrived.ended_by_source


def delivery_key(entry: Listed) -> str:
    """What tells this delivery from another; empty where the message or the moment does.

    An own id of the message stays the one that counts, so that the lost message, should it come after all, is a
    duplicate. Else an occurrence is delivered once, however often it is asked for.
    """
    if entry.event.delivery_id or not entry.event.occurred_at:
        return ""
    return f"psa-poll {entry.event.occurred_at.isoformat()} {entry.key}"


def recovery_body(system: str, key: str) -> bytes | None:
    """The message that ends the condition `key`, without a time of its own; None where the key cannot be said."""
    if system == "alertmanager":
        if "|" in key or "\\" in key:
            return None  # derived from the labels, which are not kept
        element = {"status": "resolved", "labels": {}, "fingerprint": key, "endsAt": NO_TIME}
        return _dump({"version": "4", "status": "resolved", "alerts": [element]})
    kind, _bar, name = key.partition("|")
    if kind != "key":
        return None
    return _dump({"key": name.replace("\\|", "|").replace("\\\\", "\\"), "state": "resolved"})
