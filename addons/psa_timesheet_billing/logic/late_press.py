"""What a phone without a line noted about its timer, and sends when the line is back: nothing of it is trusted.

A phone says how long ago a button was pressed, by its own clock at both ends, so that a clock that is wrong does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

# Who has no line for longer enters the time by hand.
OLDEST = timedelta(days=7)
MOST = 50


class Deed(Enum):
    """The button that was pressed."""

    START = "start"
    STOP = "stop"


class LateProblem(Enum):
    """Why a press is not taken."""

    FORM = "form"
    TOO_OLD = "too_old"


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed at `at` (naive UTC); a start names its ticket."""

    deed: Deed
    at: datetime
    ticket: int = 0


def read_press(values: object, now: datetime) -> Press | LateProblem:
    """Read one press; a time to come is taken for now."""
    if not isinstance(values, Mapping):
        return LateProblem.FORM
    age, ticket, deed = values.get("age"), values.get("ticket_id"), values.get("deed")
    if deed not in ("start", "stop") or isinstance(age, bool) or not isinstance(age, int | float):
        return LateProblem.FORM
    if deed == "start" and (isinstance(ticket, bool) or not isinstance(ticket, int) or ticket <= 0):
        return LateProblem.FORM
    if not age <= OLDEST.total_seconds():  # "not a number" is not smaller, too
        return LateProblem.TOO_OLD
    at = now - timedelta(seconds=max(0, int(age)))
    return Press(Deed(deed), at, ticket if deed == "start" and isinstance(ticket, int) else 0)
