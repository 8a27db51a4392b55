"""What speaks against giving a technician a service call at a certain time.

Instants are naive datetimes in UTC. Intervals are [start, stop): a call may begin when another one ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum


class Kind(Enum):
    """The reasons, from the hardest to the mildest; dialogs list them in this order."""

    OVERLAP = "overlap"  # another service call
    LEAVE = "leave"
    BUSY = "busy"  # another entry of the calendar
    HOURS = "hours"
    TRAVEL = "travel"
    SKILL = "skill"  # found by who knows the skills


@dataclass(frozen=True, slots=True)
class Span:
    """An interval [start, stop) of instants."""

    start: datetime
    stop: datetime

    def meets(self, other: Span) -> bool:
        """Say whether the two share an instant."""
        return self.start < other.stop and other.start < self.stop


@dataclass(frozen=True, slots=True)
class Slot(Span):
    """The time wanted; `travel` are the minutes needed to get there."""

    travel: int = 0


@dataclass(frozen=True, slots=True)
class Busy(Span):
    """A time given away. `travel` are the minutes needed to get there; an entry of the calendar is no call."""

    label: str = ""
    travel: int = 0
    is_call: bool = True


@dataclass(frozen=True, slots=True)
class Leave(Span):
    """A time off, with its word."""

    label: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """All that is known about a technician around the time wanted. `work` are the working hours, leave or not."""

    busy: tuple[Busy, ...] = ()
    leaves: tuple[Leave, ...] = ()
    work: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """One reason: what it is, the words for it, the time it takes up, and the minutes that are missing to travel."""

    kind: Kind
    label: str = ""
    span: Span | None = None
    missing: int = 0


def find_conflicts(slot: Slot, day: Day) -> tuple[Conflict, ...]:
    """Return all that speaks against `slot`, the hardest first, nothing where it is free."""
    found = [
        *_find_given_away(slot, day.busy),
        *(Conflict(Kind.LEAVE, leave.label, leave) for leave in day.leaves if leave.meets(slot)),
    ]
    if not is_covered(slot, day.work):
        found.append(Conflict(Kind.HOURS))
    found += _find_short_ways(slot, day.busy)
    order = list(Kind)
    return tuple(sorted(found, key=lambda conflict: order.index(conflict.kind)))


def is_covered(span: Span, parts: Iterable[Span]) -> bool:
    """Say whether the parts, which may touch, hold the whole span."""
    reached = span.start
    for part in sorted(parts, key=lambda part: part.start):
        if part.start > reached:
            break
        reached = max(reached, part.stop)
    return reached >= span.stop


def _find_given_away(slot: Slot, busy: Iterable[Busy]) -> list[Conflict]:
    return [
        Conflict(Kind.OVERLAP if entry.is_call else Kind.BUSY, entry.label, entry)
        for entry in busy
        if entry.meets(slot)
    ]


def _find_short_ways(slot: Slot, busy: Iterable[Busy]) -> list[Conflict]:
    """The way here from the call before, and the way from here to the next one."""
    found = []
    for entry in busy:
        if entry.meets(slot) or not entry.is_call:
            continue
        is_before = entry.stop <= slot.start
        gap = slot.start - entry.stop if is_before else entry.start - slot.stop
        needed = slot.travel if is_before else entry.travel
        if gap < timedelta(minutes=needed):
            found.append(Conflict(Kind.TRAVEL, entry.label, entry, needed - gap // timedelta(minutes=1)))
    return found
