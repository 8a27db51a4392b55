"""What we promised a customer about a ticket, read from its clocks: what to say, not yet the words.

Rule D10.21: the deadline of a ticket is the earliest one of its unmet targets, past ones included, paused ones
excluded. What has ended is told only when nothing is open any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone, tzinfo
from enum import Enum

RUNNING = frozenset({"running", "at_risk", "overdue"})
KINDS = ("response", "plan", "resolution")
"""In the order in which a customer thinks of them."""


class Code(Enum):
    """What is to be said about one target."""

    DUE = "due"
    LATE = "late"
    WAITING = "waiting"
    KEPT = "kept"
    BROKEN = "broken"


class Day(Enum):
    """How a moment is named by somebody who reads it now."""

    TODAY = "today"
    TOMORROW = "tomorrow"
    NEAR = "near"
    FAR = "far"


@dataclass(frozen=True, slots=True)
class Clock:
    """One target of a ticket: `kind` response, plan or resolution, `state` as stored, `due_at` naive UTC."""

    kind: str
    state: str
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """What to say about one target. `at` is in the reader's zone; None where no moment belongs to it."""

    kind: str
    code: Code
    at: datetime | None = None
    day: Day = Day.FAR


def read_promise(clock: Clock, now: datetime, zone: tzinfo) -> Promise | None:
    """Tell what one clock means for the customer; None where it promises nothing.

    :param now: naive UTC
    :param zone: of the reader
    """
    code = _get_code(clock, now)
    if code is None:
        return None
    at = _localise(clock.due_at, zone) if clock.due_at and code in _WITH_MOMENT else None
    return Promise(clock.kind, code, at, _name_day(at, _localise(now, zone)) if at else Day.FAR)


def read_promises(clocks: Iterable[Clock], now: datetime, zone: tzinfo) -> list[Promise]:
    """All promises of one ticket: first response, plan, resolution."""
    ordered = sorted(clocks, key=lambda clock: KINDS.index(clock.kind))
    return [promise for clock in ordered if (promise := read_promise(clock, now, zone))]


def leading_promise(promises: Iterable[Promise]) -> Promise | None:
    """The one promise that counts now: the earliest open one, else a paused one, else the result of the last one."""
    known = list(promises)
    still_open = [one for one in known if one.code in _OPEN and one.at]
    if still_open:
        return min(still_open, key=lambda one: one.at or datetime.max)
    for code in (Code.WAITING, Code.BROKEN, Code.KEPT):
        of_code = [one for one in known if one.code is code]
        if of_code:
            return of_code[-1]
    return None


_OPEN = frozenset({Code.DUE, Code.LATE})
_WITH_MOMENT = frozenset({Code.DUE, Code.LATE, Code.BROKEN})


def _get_code(clock: Clock, now: datetime) -> Code | None:
    if clock.state in RUNNING and clock.due_at:
        return Code.LATE if clock.state == "overdue" or clock.due_at < now else Code.DUE
    return {"paused": Code.WAITING, "met": Code.KEPT, "missed": Code.BROKEN}.get(clock.state)


def _localise(moment: datetime, zone: tzinfo) -> datetime:
    return moment.replace(tzinfo=timezone.utc).astimezone(zone)


def _name_day(moment: datetime, now: datetime) -> Day:
    days = (moment.date() - now.date()).days
    if days == 0:
        return Day.TODAY
    if days == 1:
        return Day.TOMORROW
    return Day.NEAR if 1 < days < 7 else Day.FAR
