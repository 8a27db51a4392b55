"""One story from many ledgers: what happened to a ticket, when, and who did it (row 2.7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal[
    "ticket", "alert", "message", "note", "change", "promise", "rule", "notice", "call", "time", "part"
]
# What comes first where moments are equal: a cause before what follows from it.
ORDER: tuple[Kind, ...] = (
    "alert",
    "ticket",
    "message",
    "note",
    "change",
    "call",
    "time",
    "part",
    "promise",
    "rule",
    "notice",
)
LONGEST = 600


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `at` in naive UTC, `actor` a name for people, `text` plain; `key` is its place in its own ledger."""

    at: datetime
    kind: Kind
    actor: str
    text: str
    key: int = 0


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """The entries, the oldest first; of one moment by their kind, of one kind as they were written."""
    return sorted(entries, key=lambda one: (one.at, ORDER.index(one.kind), one.key))


def shorten(text: str) -> str:
    """`text` without empty lines, cut where it would hide the rest of the story."""
    lines = "\n".join(line.rstrip() for line in text.splitlines() if line.strip())
    return lines if len(lines) <= LONGEST else lines[: LONGEST - 1].rstrip() + "…"
