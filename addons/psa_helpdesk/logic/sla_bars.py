"""Two bars for each clock: what was promised and what became of it, with its pauses (screens: SLA history).

A reading of a clock -> stretches of time; nothing is reckoned here that the reading does not say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .clock_track import Reading

Kind = Literal["worked", "late", "waited"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the reality, from `start` until before `end`."""

    kind: Kind
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Bars:
    """The promise runs from `start` until `promised`, None where no working time leads there."""

    start: datetime
    promised: datetime | None
    reality: tuple[Stretch, ...]

    @property
    def end(self) -> datetime:
        """The last instant that is drawn."""
        ends = [stretch.end for stretch in self.reality]
        return max([self.start, *ends, *([self.promised] if self.promised else [])])


def bars(reading: Reading, now: datetime) -> Bars:
    """The bars of one clock at `now`.

    Promised is the instant at which the target would have been used up without any pause. Late is what ran after the
    target was missed.
    """
    promised = reading.target.hours.as_of(now).add(reading.started_at, reading.target.seconds)
    stretches = tuple(
        part
        for kind, start, end in _stretches(reading, now)
        for part in _split(kind, start, end, reading.breached_at)
    )
    return Bars(reading.started_at, promised, stretches)


def _stretches(reading: Reading, now: datetime) -> Iterator[tuple[Kind, datetime, datetime]]:
    """Where the clock ran, and between these where it stood."""
    last = reading.started_at
    runs = [(run.start, run.end) for run in reading.path.runs]
    if reading.path.since is not None:
        runs.append((reading.path.since, now))
    for start, end in runs:
        if last < start:
            yield "waited", last, start
        if max(start, last) < end:
            yield "worked", max(start, last), end
        last = max(last, end)
    if reading.is_open and last < now:
        yield "waited", last, now


def _split(kind: Kind, start: datetime, end: datetime, missed: datetime | None) -> Iterable[Stretch]:
    if kind == "waited" or missed is None or missed >= end:
        return [Stretch(kind, start, end)]
    if missed <= start:
        return [Stretch("late", start, end)]
    return [Stretch("worked", start, missed), Stretch("late", missed, end)]
