"""Who is told next while nobody acknowledges.

Source: Rule D10.35. The steps are told one after the other, twice; then the service manager; then silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Rung:
    """One place of the ladder: `step` counts from 0, and is None for the service manager."""

    index: int
    round: int
    step: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """A rung that was told or skipped.

    Attributes:
        delivered_at: when the notice reached the person; None while it is on its way, or held back by quiet hours.
        is_skipped: nobody stood there; it cost no time.
    """

    index: int
    delivered_at: datetime | None
    is_skipped: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the ladder found.

    Attributes:
        skip: the empty rungs passed over now.
        tell: the rung to be told now.
        next_at: when to look again; None means on delivery, or never.
        is_over: everybody was told.
    """

    skip: tuple[Rung, ...] = ()
    tell: Rung | None = None
    next_at: datetime | None = None
    is_over: bool = False
    why: str = ""


def rungs(steps: int) -> list[Rung]:
    """Return all places in turn: the steps, the steps once more, the service manager."""
    places: list[int | None] = [*(list(range(steps)) * ROUNDS), None]
    return [Rung(index, min(index // max(steps, 1) + 1, ROUNDS), step) for index, step in enumerate(places)]


def look(
    minutes: Sequence[int],
    present: Mapping[int, bool],
    told: Sequence[Told],
    started_at: datetime,
    now: datetime,
) -> Look:
    """Say what is to be done at `now`.

    :param minutes: of each step, how long it has to acknowledge
    :param present: {step: whether somebody stands there now}
    :param told: what was done so far, in turn
    """
    places = rungs(len(minutes))
    done = {rung.index for rung in told}
    left = [rung for rung in places if rung.index not in done]
    if not left:
        return Look(is_over=True, why="everybody was told")
    due = _due(places, minutes, told, started_at)
    if due is None:
        return Look(why="the last notice is on its way")
    if now < due:
        return Look(next_at=due, why="the one told last has time to acknowledge")
    skipped: list[Rung] = []
    for rung in left:
        if rung.step is None or present.get(rung.step, False):
            return Look(tuple(skipped), rung, why="nobody acknowledged" if told else "the ladder begins")
        skipped.append(rung)
    raise AssertionError("the service manager is always left")


def _due(
    places: Sequence[Rung], minutes: Sequence[int], told: Sequence[Told], started_at: datetime
) -> datetime | None:
    """Return when the next rung is due; None while the last notice has not arrived."""
    reached = [rung for rung in told if not rung.is_skipped]
    if not reached:
        return started_at
    last = reached[-1]
    step = places[last.index].step
    if last.delivered_at is None or step is None:
        return None
    return last.delivered_at + timedelta(minutes=minutes[step])
