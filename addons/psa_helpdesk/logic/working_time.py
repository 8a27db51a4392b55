"""Working time of a calendar: how much of it lies between two instants, and when an amount of it is used up.

Instants are naive datetimes in UTC, to the second; amounts are whole seconds; intervals are [open, close) (rule D10.1).
A calendar is laid out once into sorted intervals with prefix sums, so that both questions cost O(log n).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Protocol

from .zones import time_zone

DAY = 86_400
HORIZON_DAYS = 400  # rule D10.26
NEAR_DAYS = 31  # most dues are nearer than this
GROWTH_DAYS = 100  # a table grows by so much more than it is asked for
LONGEST_YEARS = 20  # a due further away than this is none
_EPOCH = datetime(1970, 1, 1)
_SECOND = timedelta(seconds=1)


class Hours(Protocol):
    """What a target counts: a calendar with its history, or every second (rule D10.4)."""

    def between(self, start: datetime, end: datetime) -> int:
        """Counted seconds in [start, end); 0 where end is not after start."""

    def add(self, instant: datetime, seconds: int) -> datetime | None:
        """The first instant at which `seconds` have been counted since `instant`; None if there is none (D10.26)."""

    def as_of(self, instant: datetime) -> Hours:
        """The same hours as they were known at `instant`: later edits left out (rule D10.16)."""


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One row of a week: weekday 0 is Monday, edges are seconds after local midnight, 86,400 is the next midnight.

    `week` is None for every week, else the parity (0 or 1) of the weeks counted from 1 January of year 1.
    """

    weekday: int
    opens: int
    closes: int
    week: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """An interval [start, end) of instants."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    """A calendar as it is at one moment: weekly rows as wall times of `zone`, leaves as instants."""

    zone: str
    rows: tuple[WeekRow, ...]
    leaves: tuple[Span, ...] = ()

    def moved_to(self, zone: str) -> Schedule:
        """The same wall times, rows and leaves, in another zone: the customer's (rule D10.20)."""
        if zone == self.zone:
            return self
        here, there = time_zone(self.zone), time_zone(zone)
        leaves = tuple(Span(_rezone(s.start, here, there), _rezone(s.end, here, there)) for s in self.leaves)
        return Schedule(zone, self.rows, leaves)


def leave_end(end: datetime) -> datetime:
    """A leave said to end at hh:mm:59 ends at the next full minute (rule D10.4)."""
    return end + _SECOND if end.second == 59 else end


@dataclass(frozen=True, slots=True)
class AlwaysOpen:
    """24x7: elapsed time, which knows no leave and no change of the clocks (rule D10.4)."""

    def between(self, start: datetime, end: datetime) -> int:
        """Elapsed seconds."""
        return max(0, (end - start) // _SECOND)

    def add(self, instant: datetime, seconds: int) -> datetime | None:
        """`instant` and `seconds` more."""
        return instant + timedelta(seconds=max(0, seconds))

    def as_of(self, instant: datetime) -> AlwaysOpen:
        """Never edited."""
        return self


@dataclass(frozen=True, slots=True)
class _Table:
    """The open intervals of the days [first_day, end_day), in seconds since the epoch."""

    first_day: int
    end_day: int
    starts: list[int]
    ends: list[int]
    totals: list[int]  # seconds counted up to and with the interval
    gaps: tuple[tuple[int, int], ...] = ()  # stretches without working time that are longer than the horizon

    def counted(self, stamp: int) -> int:
        """Seconds counted from the beginning of the table to `stamp`."""
        i = bisect_right(self.starts, stamp) - 1
        if i < 0:
            return 0
        return self.totals[i] - max(0, self.ends[i] - stamp)

    def moment(self, goal: int) -> int | None:
        """The first second at which `goal` seconds are counted; None if the table holds fewer."""
        i = bisect_left(self.totals, goal)
        return None if i == len(self.totals) else self.ends[i] - (self.totals[i] - goal)

    def has_gap(self, start: int, end: int) -> bool:
        """Whether a stretch between `start` and `end` is too long without working time (rule D10.26)."""
        return any(until <= end and _is_too_long(max(since, start), until) for since, until in self.gaps)


def _is_too_long(since: int, until: int) -> bool:
    return until - since > HORIZON_DAYS * DAY


def _tabled(first_day: int, end_day: int, intervals: Iterable[tuple[int, int]]) -> _Table:
    starts: list[int] = []
    ends: list[int] = []
    totals: list[int] = []
    gaps: list[tuple[int, int]] = []
    total = 0
    for start, end in intervals:
        last_end = ends[-1] if ends else first_day * DAY
        if _is_too_long(last_end, start):
            gaps.append((last_end, start))
        total += end - start
        starts.append(start)
        ends.append(end)
        totals.append(total)
    return _Table(first_day, end_day, starts, ends, totals, tuple(gaps))


def _joined(before: _Table, after: _Table) -> _Table:
    """One table of two that follow each other; where they touch, an interval goes over midnight."""
    pairs = [*zip(before.starts, before.ends, strict=True), *zip(after.starts, after.ends, strict=True)]
    return _tabled(before.first_day, after.end_day, _union(pairs))


class WorkingTime:
    """The laid out schedule. It grows by itself; a grown table replaces the old one at once, so threads may share it."""

    __slots__ = ("_leave_ends", "_leave_starts", "_rows", "_table", "_zone", "schedule")

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self._zone = time_zone(schedule.zone)
        self._rows: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for row in sorted(schedule.rows, key=lambda row: row.opens):
            for week in (0, 1) if row.week is None else (row.week,):
                self._rows.setdefault((row.weekday, week), []).append((row.opens, row.closes))
        leaves = _union(sorted((_stamp(leave.start), _stamp(leave.end)) for leave in schedule.leaves))
        self._leave_starts = [start for start, _ in leaves]
        self._leave_ends = [end for _, end in leaves]
        self._table = _Table(0, 0, [], [], [])

    def as_of(self, instant: datetime) -> WorkingTime:
        """One version has no later edits."""
        return self

    def between(self, start: datetime, end: datetime) -> int:
        """Working seconds in [start, end)."""
        first, last = _stamp(start), _stamp(end)
        if last <= first:
            return 0
        table = self._covering(first, last)
        return table.counted(last) - table.counted(first)

    def add(self, instant: datetime, seconds: int) -> datetime | None:
        """The first instant at which `seconds` working seconds have passed since `instant` (rule D10.2).

        None if 400 days in a row hold no working time, or the due is more than 20 years away (rule D10.26).
        """
        if seconds <= 0:
            return instant
        start = _stamp(instant)
        until, limit = start + NEAR_DAYS * DAY, start + LONGEST_YEARS * 366 * DAY
        while True:
            table = self._covering(start, until)
            found = table.moment(table.counted(start) + seconds)
            if found is not None:
                # However far the table has grown for others: the answer is the same.
                is_near = found <= limit and not table.has_gap(start, found)
                return _EPOCH + timedelta(seconds=found) if is_near else None
            last_open = max(start, table.ends[-1]) if table.ends else start
            if until >= limit or _is_too_long(last_open, until):
                return None
            until = min(until + HORIZON_DAYS * DAY, limit)

    def _covering(self, start: int, end: int) -> _Table:
        """A table that holds every interval touching [start, end)."""
        first, last = start // DAY - 2, end // DAY + 3  # no zone is more than a day away from UTC
        table = self._table
        if table.first_day <= first and last <= table.end_day:
            return table
        if table.first_day == table.end_day:
            table = self._lay_out(first, last)
        if first < table.first_day:
            table = _joined(self._lay_out(first - GROWTH_DAYS, table.first_day), table)
        if last > table.end_day:
            table = _joined(table, self._lay_out(table.end_day, last + GROWTH_DAYS))
        self._table = table
        return table

    def _lay_out(self, first_day: int, end_day: int) -> _Table:
        return _tabled(first_day, end_day, self._without_leaves(_union(self._opened(first_day, end_day))))

    def _opened(self, first_day: int, end_day: int) -> Iterator[tuple[int, int]]:
        """The rows of the days, in order of their beginning; some overlap or are empty when the clocks change."""
        epoch, zone = _EPOCH.toordinal(), self._zone
        midnight = _edge(zone, date.fromordinal(epoch + first_day), 0)
        for number in range(epoch + first_day, epoch + end_day):
            day = date.fromordinal(number)
            begin, midnight = midnight, _edge(zone, day, DAY)
            rows = self._rows.get(((number - 1) % 7, (number - 1) // 7 % 2), ())
            if midnight - begin == DAY:
                for opens, closes in rows:
                    yield begin + opens, begin + closes
            else:  # The clocks change: each edge is asked for, and a row may begin after its successor.
                yield from sorted(
                    (_edge(zone, day, opens), _edge(zone, day, closes)) for opens, closes in rows
                )

    def _without_leaves(self, opened: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        for start, end in opened:
            i = bisect_right(self._leave_ends, start)
            while i < len(self._leave_starts) and self._leave_starts[i] < end and start < end:
                if start < self._leave_starts[i]:
                    yield start, self._leave_starts[i]
                start = self._leave_ends[i]
                i += 1
            if start < end:
                yield start, end


@lru_cache(maxsize=256)
def working_time(schedule: Schedule) -> WorkingTime:
    """The laid out schedule, shared by all who ask for the same one."""
    return WorkingTime(schedule)


@dataclass(frozen=True, slots=True)
class CalendarHistory:
    """The versions of one calendar in order, each in force from its instant until the next one's.

    The first is in force since ever. A minute is counted by the version in force while it passed (rule D10.16).
    """

    versions: tuple[tuple[datetime, WorkingTime], ...]

    def as_of(self, instant: datetime) -> CalendarHistory:
        """The history without the versions saved after `instant`."""
        if self.versions[-1][0] <= instant:
            return self
        known = tuple(version for version in self.versions if version[0] <= instant)
        return CalendarHistory(known or self.versions[:1])

    def between(self, start: datetime, end: datetime) -> int:
        """Working seconds in [start, end), each by its own version."""
        return sum(hours.between(since, until) for hours, since, until in self._pieces(start, end))

    def add(self, instant: datetime, seconds: int) -> datetime | None:
        """The first instant at which `seconds` have been counted; what lies ahead is laid out by the last version."""
        last = self.versions[-1][0]
        for hours, since, until in self._pieces(instant, max(instant, last)):
            counted = hours.between(since, until)
            if counted >= seconds:
                return hours.add(since, seconds)
            seconds -= counted
        return self.versions[-1][1].add(max(instant, last), seconds)

    def _pieces(self, start: datetime, end: datetime) -> Iterator[tuple[WorkingTime, datetime, datetime]]:
        if len(self.versions) == 1:
            yield self.versions[0][1], start, end
            return
        ends = [since for since, _ in self.versions[1:]]
        for i, (since, hours) in enumerate(self.versions):
            first = start if i == 0 else max(start, since)
            last = min(end, ends[i]) if i < len(ends) else end
            if first < last:
                yield hours, first, last


def _stamp(instant: datetime) -> int:
    return (instant - _EPOCH) // _SECOND


def _edge(zone: tzinfo, day: date, seconds: int) -> int:
    """The instant of a wall time: in the missing hour by the offset before it, in the doubled hour the second one.

    Both are the later of the two readings of the wall time (rule D10.19).
    """
    local = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(seconds=seconds)
    return int(max(local.timestamp(), local.replace(fold=1).timestamp()))


def _rezone(instant: datetime, here: tzinfo, there: tzinfo) -> datetime:
    """The instant at which `there` shows the wall time that `here` shows at `instant`."""
    local = instant.replace(tzinfo=timezone.utc).astimezone(here)
    return _EPOCH + timedelta(
        seconds=_edge(there, local.date(), local.hour * 3600 + local.minute * 60 + local.second)
    )


def _union(intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Merge overlapping and adjacent intervals; they come in order of their beginning."""
    merged: list[tuple[int, int]] = []
    for start, end in intervals:
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = merged[-1][0], end
        elif start < end:
            merged.append((start, end))
    return merged
