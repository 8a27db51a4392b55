"""What a technician is to hear of a service call: only the difference between what the person knew and what holds now.

A dispatcher who drags a block three times has told one thing, the last one; a block that is dragged away and back has
told nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import Literal

SETTLE = timedelta(seconds=20)
"""So long a plan must rest before it is told."""

Word = Literal["booked", "moved", "taken_off", "cancelled"]


def find_word(knew: datetime | None, start: datetime | None, is_cancelled: bool = False) -> Word | None:
    """Return what to tell a technician, None where there is nothing new.

    :param knew: the start that the person knew of, None where the person knew nothing of the call
    :param start: the start that holds now, None where the person is not to go
    """
    if knew == start:
        return None
    if start is None:
        return "cancelled" if is_cancelled else "taken_off"
    return "moved" if knew else "booked"


def is_today(now: datetime, moments: Iterable[datetime | None], zone: tzinfo) -> bool:
    """Say whether one of these moments (naive UTC) lies in the present day of somebody in `zone`: that cannot wait."""
    today = _day(now, zone)
    return any(_day(moment, zone) == today for moment in moments if moment)


def _day(moment: datetime, zone: tzinfo) -> date:
    return moment.replace(tzinfo=timezone.utc).astimezone(zone).date()
