"""What a person cannot have worked: a slip of the keyboard that would be billed, or that the database cannot hold."""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum

# The longest month: who types the hours of a month in one line may.
LONGEST_MINUTES = 31 * 24 * 60
FIRST_DAY = date(2000, 1, 1)
# Work may be planned as time entries; nobody plans further than the next year.
FURTHEST = timedelta(days=366)


class Slip(Enum):
    """Why a time entry is refused."""

    TOO_LONG = "too_long"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"


def find_slip(minutes: int, day: date | None, today: date) -> Slip | None:
    """What is wrong with `minutes` (worked, or to be billed) on `day`; None where nothing is, or no day is said."""
    if abs(minutes) > LONGEST_MINUTES:
        return Slip.TOO_LONG
    if day is not None and day < FIRST_DAY:
        return Slip.TOO_EARLY
    if day is not None and day > today + FURTHEST:
        return Slip.TOO_LATE
    return None
