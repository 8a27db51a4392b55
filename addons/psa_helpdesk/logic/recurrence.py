"""When something recurs: a first day, every so many days, weeks, months or years, at a time of day in a zone.

Every occurrence is counted from the first day, never from the one before: the 31st of January is followed by the 28th of
February and the 31st of March. The time of day is what a clock on the wall shows; where the clocks are changed it is read
as rule D10.19 reads the edges of working hours: in a missing hour by the standard offset, of a doubled hour the second one.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from itertools import count
from typing import Literal

from .zones import time_zone

Unit = Literal["day", "week", "month", "year"]
CatchUp = Literal["all", "latest"]
LAST_YEAR = 9998


@dataclass(frozen=True, slots=True)
class Series:
    """`every` is 1 or more; `last` is the last day on which something may occur, None for no end."""

    first: date
    unit: Unit
    every: int = 1
    at: time = time(8)
    zone: str = "UTC"
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The `number`-th occurrence, from 0: its day in the zone of the series, and its moment in naive UTC."""

    number: int
    day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be made now, what is passed over, and which number comes next (None: the series has ended)."""

    due: tuple[Occurrence, ...]
    skipped: int
    next_number: int | None
    next_at: datetime | None


def occurrence(series: Series, number: int) -> Occurrence | None:
    """The `number`-th occurrence, or None after the last day."""
    day = _day(series, number)
    if day is None or (series.last is not None and day > series.last):
        return None
    return Occurrence(number, day, _instant(day, series))


def occurrences(series: Series, start: int = 0) -> Iterator[Occurrence]:
    """All occurrences from number `start` on."""
    for number in count(start):
        found = occurrence(series, number)
        if found is None:
            return
        yield found


def first_after(series: Series, moment: datetime) -> int | None:
    """The number of the first occurrence later than `moment` (naive UTC), or None."""
    return next((found.number for found in occurrences(series) if found.at > moment), None)


def plan(series: Series, next_number: int, now: datetime, catch_up: CatchUp = "all", limit: int = 50) -> Plan:
    """What is due at `now` (naive UTC) where `next_number` is the first one not yet made.

    :param catch_up: "all" that were missed, or only the "latest" of them
    :param limit: how many at most in one go; the rest stays due
    """
    due: list[Occurrence] = []
    skipped = 0
    following: Occurrence | None = None
    for found in occurrences(series, next_number):
        if found.at > now or (catch_up == "all" and len(due) == limit):
            following = found
            break
        if catch_up == "latest" and due:
            skipped += 1
            due.clear()
        due.append(found)
    return Plan(
        tuple(due), skipped, following.number if following else None, following.at if following else None
    )


def _day(series: Series, number: int) -> date | None:
    steps = number * series.every
    if series.unit in ("day", "week"):
        days = steps * (7 if series.unit == "week" else 1)
        return (
            series.first + timedelta(days=days)
            if days < (date(LAST_YEAR, 1, 1) - series.first).days
            else None
        )
    months = series.first.month - 1 + steps * (12 if series.unit == "year" else 1)
    year, month = series.first.year + months // 12, months % 12 + 1
    if year > LAST_YEAR:
        return None
    return date(year, month, min(series.first.day, monthrange(year, month)[1]))


def _instant(day: date, series: Series) -> datetime:
    local = datetime.combine(day, series.at, tzinfo=time_zone(series.zone))
    # fold=0 in a missing hour reads it by the offset before, fold=1 takes the second of a doubled one: the later of both.
    later = max(local.timestamp(), local.replace(fold=1).timestamp())
    return datetime.fromtimestamp(later, timezone.utc).replace(tzinfo=None)
