"""Which of a ticket's service calls a paper about the ticket is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .call_stages import CANCELLED, OPEN


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """A service call; both moments naive UTC."""

    id: int
    stage: str
    start: datetime
    stop: datetime


def next_or_last(calls: Iterable[PlannedCall], now: datetime) -> int | None:
    """Return the id of the open call that ends next, else of the one that began last; cancelled ones never count."""
    known = sorted(
        (call for call in calls if call.stage != CANCELLED), key=lambda call: (call.start, call.id)
    )
    coming = [call for call in known if call.stage in OPEN and call.stop >= now]
    chosen = coming[:1] or known[-1:]
    return chosen[0].id if chosen else None
