"""When and how long, kept in step with each other: what a change of one of them means for the others.

Start and end say how long; minutes say how long where there is no end; a start says on which day (Rules D9.1, D9.12).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from .duration import minutes_between
from .worked_date import moved_to, worked_date


@dataclass(frozen=True, slots=True)
class Span:
    """Start and end as naive UTC (None: typed hours), whole minutes, and the worked date (None: not said yet)."""

    start: datetime | None = None
    end: datetime | None = None
    minutes: int = 0
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody said. `times` tells that start or end were said, so that None there means "none", not "as it was"."""

    times: bool = False
    start: datetime | None = None
    end: datetime | None = None
    minutes: int | None = None
    day: date | None = None


def settle(before: Span, change: Change, zone: str) -> Span:
    """The span after `change`, told in the time zone named `zone`.

    Raises ValueError where the end would lie before the start.
    """
    if change.times:
        return _with_times(before, change, zone)
    if change.minutes is not None:
        before = _with_minutes(before, change.minutes)
    if change.day is not None and change.day != before.day:
        before = _on_day(before, change.day, zone)
    return before


def _with_times(before: Span, change: Change, zone: str) -> Span:
    minutes = before.minutes if change.minutes is None else change.minutes
    if change.start is None:
        return Span(minutes=minutes, day=change.day or before.day)
    day = worked_date(change.start, zone)
    if change.end is None:
        return Span(change.start, change.start + timedelta(minutes=minutes), minutes, day)
    return Span(change.start, change.end, minutes_between(change.start, change.end), day)


def _with_minutes(before: Span, minutes: int) -> Span:
    if before.start is None or minutes == before.minutes:
        return replace(before, minutes=minutes)
    return replace(before, minutes=minutes, end=before.start + timedelta(minutes=minutes))


def _on_day(before: Span, day: date, zone: str) -> Span:
    """Typed hours just change their day; a start and its end move on the wall clock."""
    if before.start is None:
        return replace(before, day=day)
    start = moved_to(before.start, zone, day)
    end = None if before.end is None else start + (before.end - before.start)
    return Span(start, end, before.minutes, day)
