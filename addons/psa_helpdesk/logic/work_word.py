"""Where a piece of work stands, in one of six words that never overlap.

The four that a service manager asks for are Due, Done, Overdue and At risk; what is left is Waiting or Later. Screens,
filters and figures use this one reading, so that the figures add up to all open work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Word(Enum):
    """Where it stands."""

    OVERDUE = "overdue"
    AT_RISK = "at_risk"
    DUE = "due"
    WAITING = "waiting"
    LATER = "later"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Day:
    """The reader's day [start, end), in naive UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Work:
    """What counts of a ticket or task. Moments are naive UTC; None where there is none.

    `is_overdue` and `is_at_risk` are said by the clocks of a ticket, or by the deadline of a task.
    """

    is_open: bool
    is_overdue: bool = False
    is_at_risk: bool = False
    is_waiting: bool = False
    due_at: datetime | None = None
    closed_at: datetime | None = None


def read_word(work: Work, day: Day) -> Word | None:
    """The word for `work` on `day`; None for what was closed on another day.

    A deadline that has passed counts also while the work waits; a running one does not.
    """
    if not work.is_open:
        is_today = work.closed_at is not None and day.start <= work.closed_at < day.end
        return Word.DONE if is_today else None
    if work.is_overdue:
        return Word.OVERDUE
    if work.is_at_risk:
        return Word.AT_RISK
    if work.is_waiting:
        return Word.WAITING
    return Word.DUE if work.due_at is not None and work.due_at < day.end else Word.LATER
