"""How long was worked, in whole minutes (Rule D9.1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

MINUTES_AN_HOUR = 60


def minutes_between(start: datetime, end: datetime) -> int:
    """Minutes from `start` to `end`, both naive UTC.

    Both are cut to the whole minute before they are subtracted; a span longer than 0 s counts at least one minute.
    Raises ValueError where the end lies before the start.
    """
    if end < start:
        raise ValueError("the end lies before the start")
    if end == start:
        return 0
    span = end.replace(second=0, microsecond=0) - start.replace(second=0, microsecond=0)
    return max(1, span // timedelta(minutes=1))


def minutes_from_hours(hours: float | Decimal | str) -> int:
    """Minutes of a number of hours somebody typed: x 60, half up (0.83 h is 50 min, 0.33 h is 20 min).

    A float is read as the digits a person sees (`str`), not as its binary neighbour. Raises ValueError below 0.
    """
    typed = Decimal(str(hours))
    if typed < 0:
        raise ValueError("time worked cannot be negative")
    return int((typed * MINUTES_AN_HOUR).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def hours_from_minutes(minutes: int) -> float:
    """The host's hours of exact minutes: 50 min is 0.8333..., never 0.83."""
    return minutes / MINUTES_AN_HOUR


def clock(minutes: int | Fraction) -> str:
    """Minutes as people read them: 80 is "1:20", -5 is "-0:05"; a fraction is shown to the nearest minute."""
    whole = int(abs(Fraction(minutes)) + Fraction(1, 2))
    sign = "-" if minutes < 0 and whole else ""
    return f"{sign}{whole // MINUTES_AN_HOUR}:{whole % MINUTES_AN_HOUR:02d}"
