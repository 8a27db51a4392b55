"""The day an entry belongs to (Rule D9.12).

It alone decides block, version of the rate, validity of the contract, scope day and run, for the whole entry.
"""

from __future__ import annotations

from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo


def worked_date(start: datetime, zone: str) -> date:
    """The local date of `start` (naive UTC) in the time zone named `zone`."""
    return start.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone)).date()


def moved_to(start: datetime, zone: str, day: date) -> datetime:
    """The same wall clock on another `day`, as naive UTC: what dragging an entry in a calendar means."""
    local = start.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone))
    moved = datetime.combine(day, local.time(), tzinfo=ZoneInfo(zone))
    return moved.astimezone(timezone.utc).replace(tzinfo=None)
