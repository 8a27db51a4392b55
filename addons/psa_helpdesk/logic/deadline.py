"""What a ticket shows of its clocks: one deadline, one state (rule D10.21)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .clock_track import Kind, State

_ENDED: tuple[State, ...] = ("met", "missed", "not_counted")
OWN: Literal["own"] = "own"  # the due date that people gave the ticket, see own_due.py
Shown = Kind | Literal["own"]
_KIND_ORDER: dict[Shown, int] = {"response": 0, "plan": 1, "resolution": 2, OWN: 3}


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts of one clock: `remaining` in seconds as of its last reading. The ticket's own due date never pauses."""

    kind: Shown
    state: State
    due_at: datetime | None
    remaining: int = 0


@dataclass(frozen=True, slots=True)
class Deadline:
    """What the ticket shows. `kind` is None when no target is open."""

    state: State | None
    kind: Shown | None
    due_at: datetime | None


def deadline(standings: Iterable[Standing]) -> Deadline:
    """The earliest due of the unmet targets, past ones included, paused ones excluded.

    With none: the paused clock with the least time left; with no open clock: missed if any was missed, met if any was
    met, else nothing, because a ticket without a target is not "met".
    """
    ordered = sorted(standings, key=lambda standing: _KIND_ORDER[standing.kind])
    unmet = [standing for standing in ordered if standing.state not in _ENDED]
    dated = [(standing.due_at, i) for i, standing in enumerate(unmet) if standing.due_at is not None]
    if dated:
        first = unmet[min(dated)[1]]
        return Deadline(first.state, first.kind, first.due_at)
    paused = [standing for standing in unmet if standing.state == "paused"]
    if paused:
        least = min(paused, key=lambda standing: standing.remaining)
        return Deadline("paused", least.kind, None)
    if unmet:
        return Deadline(None, None, None)  # no working time ahead (rule D10.26)
    ended = {standing.state for standing in ordered}
    result: State | None = "missed" if "missed" in ended else "met" if "met" in ended else None
    return Deadline(result, None, None)
