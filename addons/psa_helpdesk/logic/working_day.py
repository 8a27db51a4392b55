"""How long somebody works between two moments: the working hours without leave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from .booking_conflicts import Span


def working_minutes(work: Iterable[Span], leaves: Iterable[Span], start: datetime, stop: datetime) -> int:
    """Whole minutes of `work` within [start, stop) that no leave takes; spans may overlap each other."""
    within = _union(work, start, stop)
    off = _union(leaves, start, stop)
    taken = sum(
        (
            max(timedelta(), min(span.stop, leave.stop) - max(span.start, leave.start))
            for span in within
            for leave in off
        ),
        timedelta(),
    )
    return (sum((span.stop - span.start for span in within), timedelta()) - taken) // timedelta(minutes=1)


def _union(spans: Iterable[Span], start: datetime, stop: datetime) -> list[Span]:
    """The parts of `spans` within [start, stop), in order and without overlaps."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        first, last = max(span.start, start), min(span.stop, stop)
        if first >= last:
            continue
        if found and first <= found[-1].stop:
            found[-1] = Span(found[-1].start, max(last, found[-1].stop))
        else:
            found.append(Span(first, last))
    return found
