"""Periods of recurring charges. Dates people type include their last day; windows are [start, end) (Rule D9.21)."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

# Calendar months, quarters and years all fall on multiples from here.
CALENDAR_ANCHOR = date(2000, 1, 1)
DAY = timedelta(days=1)


class Interval(IntEnum):
    """Length of a period in months."""

    MONTH = 1
    QUARTER = 3
    YEAR = 12


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `start` up to, not including, `end`."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """The last day in it."""
        return self.end - DAY

    def clip(self, first: date, last: date | None) -> "Window | None":
        """The part between two typed dates, both included; None where nothing is left."""
        start = max(self.start, first)
        end = self.end if last is None else min(self.end, last + DAY)
        return Window(start, end) if start < end else None

    def holds(self, day: date) -> bool:
        """Whether the day is in it."""
        return self.start <= day < self.end

    def without(self, others: Iterable["Window"]) -> "list[Window]":
        """What is left of it outside the others, in order."""
        left = [self]
        for other in others:
            left = [
                Window(start, end)
                for part in left
                for start, end in (
                    (part.start, min(part.end, other.start)),
                    (max(part.start, other.end), part.end),
                )
                if start < end
            ]
        return sorted(left, key=lambda part: part.start)


def anchor_of_common_end(common_end: date) -> date:
    """Where periods are laid from so that one of them ends on `common_end`, included (Rule D9.45)."""
    return common_end + DAY


def boundary(anchor: date, interval: Interval, number: int) -> date:
    """Start of window `number`: the anchor plus so many months, the day clamped to the month.

    Always reckoned from the anchor, so 31 Jan, 28 Feb, 31 Mar and never chained from the 28th (Rule D9.44).
    """
    years, month = divmod(anchor.month - 1 + number * interval, 12)
    year, month = anchor.year + years, month + 1
    return date(year, month, min(anchor.day, monthrange(year, month)[1]))


def windows(anchor: date, interval: Interval, first: date) -> Iterator[Window]:
    """Full windows in order, without end, from the one that holds day `first`."""
    months = (first.year - anchor.year) * 12 + first.month - anchor.month
    number = months // interval
    while boundary(anchor, interval, number) > first:
        number -= 1
    while boundary(anchor, interval, number + 1) <= first:
        number += 1
    while True:
        yield Window(boundary(anchor, interval, number), boundary(anchor, interval, number + 1))
        number += 1


def due_on(window: Window, in_advance: bool) -> date:
    """The earliest cut-off of a run that takes the window (Rule D9.46).

    In arrears the last day must be over; in advance the first day may be the day after the cut-off.
    """
    return window.start - DAY if in_advance else window.last_day
