"""The due date that people give a ticket: it counts where no promise says when the work must be done (rule D10.30)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from .clock_track import State

OwnState = Literal["running", "at_risk", "overdue"]

# No policy says when a date is in danger: it is in the last hours before it, of tickets and of tasks.
AT_RISK = timedelta(hours=4)
# States of a resolution clock that leave the ticket without a due, because there is nothing to count.
_WITHOUT_DUE: tuple[State, ...] = ("no_hours", "not_counted")


def is_promised(resolution: Iterable[State]) -> bool:
    """Say whether a promise speaks about the resolution, in the states of its clocks; a paused one does, too."""
    return any(state not in _WITHOUT_DUE for state in resolution)


def own_due_state(due_at: datetime, now: datetime) -> OwnState:
    """How a date stands at `now`, both naive UTC. Done at the due itself is in time; waiting does not move it."""
    if due_at < now:
        return "overdue"
    return "at_risk" if due_at < now + AT_RISK else "running"
