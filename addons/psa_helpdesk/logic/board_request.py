"""What the dispatch board sends, read from what a browser sent: nothing of it is trusted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo.addons.psa_crm.logic.outside import OutsideProblem, read_id, read_moment, read_number, read_text

MOST_DAYS = 8
# A call longer than a week is many calls.
LONGEST_MINUTES = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Spread:
    """What the board shows, naive UTC; `stop` lies after `start`."""

    start: datetime
    stop: datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a block was dropped: from when to when, naive UTC, and why although something speaks against it."""

    start: datetime
    stop: datetime
    reason: str


def read_spread(start: object, stop: object) -> Spread:
    """Read what is to be shown; more than the board can show at once is cut.

    :raises OutsideProblem: where one of them is no moment, or the end is not after the beginning
    """
    first, last = read_moment(start, "start"), read_moment(stop, "stop")
    if last <= first:
        raise OutsideProblem("stop")
    return Spread(first, min(last, first + timedelta(days=MOST_DAYS)))


def read_slot(start: object, minutes: object, reason: object) -> Slot:
    """Read where a block was dropped.

    :raises OutsideProblem: for the first value that is wrong
    """
    first = read_moment(start, "start")
    return Slot(first, first + timedelta(minutes=read_minutes(minutes)), read_text(reason, "reason"))


def read_minutes(minutes: object) -> int:
    """Read how long a call is.

    :raises OutsideProblem: where it is no whole number of minutes, or more than a week
    """
    return read_number(minutes, "minutes", 1, LONGEST_MINUTES)


def read_ids(*ids: object) -> tuple[int, ...]:
    """Read which ticket and which people are meant.

    :raises OutsideProblem: where one is no id
    """
    return tuple(read_id(one) for one in ids)
