"""The best times for a service call: who can do it, when he is free, how far away he is.

A slot begins at a quarter of an hour, inside the working hours, with the time to get there before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from .booking_conflicts import Day, Slot, find_conflicts

STEP = timedelta(minutes=15)
MINUTES_PER_KM = 2  # a kilometre more is worth as much as two minutes later
SLOTS_EACH = 2  # proposals of one technician, so that there is a choice of people


@dataclass(frozen=True, slots=True)
class Candidate:
    """A technician: `skill` is the better the higher, `km` the way to the customer, None where nobody knows."""

    technician: int
    skill: int
    day: Day
    km: float | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A time for a technician, with what speaks for it."""

    technician: int
    start: datetime
    stop: datetime
    skill: int
    km: float | None


@dataclass(frozen=True, slots=True)
class Wish:
    """How long, how many minutes of travel before it, and between which instants."""

    minutes: int
    travel: int
    earliest: datetime
    latest: datetime


def free_starts(day: Day, wish: Wish) -> Iterator[datetime]:
    """Yield the beginnings at which nothing speaks against it, in order."""
    length = timedelta(minutes=wish.minutes)
    for work in sorted(day.work, key=lambda span: span.start):
        start = round_up(max(work.start, wish.earliest))
        while start < min(work.stop, wish.latest) and start + length <= wish.latest:
            if not find_conflicts(Slot(start, start + length, wish.travel), day):
                yield start
            start += STEP


def propose(candidates: Iterable[Candidate], wish: Wish, count: int = 3) -> list[Proposal]:
    """Return the `count` best slots: skill before all, then soon and near; equal ones in the order of technicians."""
    found = [proposal for candidate in candidates for proposal in _propose_for(candidate, wish)]

    def cost(proposal: Proposal) -> tuple[int, float, int]:
        waiting = (proposal.start - wish.earliest) / timedelta(minutes=1)
        return -proposal.skill, waiting + MINUTES_PER_KM * (proposal.km or 0.0), proposal.technician

    return sorted(found, key=cost)[:count]


def round_up(instant: datetime) -> datetime:
    """Return the next quarter of an hour, the instant itself where it is one."""
    past = timedelta(minutes=instant.minute % 15, seconds=instant.second, microseconds=instant.microsecond)
    return instant + (STEP - past if past else past)


def _propose_for(candidate: Candidate, wish: Wish) -> list[Proposal]:
    """The first free slot, and the first one at least as long as the call after it."""
    length = timedelta(minutes=wish.minutes)
    found: list[Proposal] = []
    for start in free_starts(candidate.day, wish):
        if found and start < found[-1].stop:
            continue
        found.append(Proposal(candidate.technician, start, start + length, candidate.skill, candidate.km))
        if len(found) == SLOTS_EACH:
            break
    return found
