"""A technician's day in order: what runs now, where to go next, what is for today, and what comes later this week.

A ticket that an open service call of the same day is about is worked on there: it is not shown a second time, unless its
timer runs. What waits for somebody else, or is due after the days shown, is only counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from . import call_stages
from .work_word import Day, Word

UNDER_WAY = frozenset({call_stages.ON_THE_WAY, call_stages.ON_SITE})
# In a list ordered by urgency; what has no word for today is not in a hurry.
RANKS = {Word.OVERDUE: 0, Word.AT_RISK: 1, Word.DUE: 2}


class Section(Enum):
    """The parts of the screen, in the order in which they are read."""

    NOW = "now"
    NEXT = "next"
    TODAY = "today"
    NEARBY = "nearby"
    LATER = "later"


class Kind(Enum):
    """What can be done on a day; of equals, tickets come before tasks."""

    CALL = "call"
    TICKET = "ticket"
    TASK = "task"


class Step(Enum):
    """What a technician does next with a service call."""

    LEAVE = "leave"
    ARRIVE = "arrive"
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class Item:
    """One call, ticket or task. Moments are naive UTC.

    `stage` and `tickets` (their keys) are said of calls, `word`, `due_at` and `priority` of the other two.
    `is_timed`: somebody's timer runs on it, the reader's own.
    """

    kind: Kind
    key: int
    start_at: datetime | None = None
    stage: str = ""
    tickets: frozenset[int] = frozenset()
    word: Word | None = None
    due_at: datetime | None = None
    priority: int = 0
    is_timed: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What each section shows, in order; `left_out` is how many tickets and tasks are shown nowhere."""

    sections: Mapping[Section, tuple[Item, ...]] = field(default_factory=dict)
    left_out: int = 0


def plan(items: Iterable[Item], day: Day, until: datetime) -> Plan:
    """Put each item where it belongs.

    :param day: the reader's day
    :param until: where "later" ends
    """
    items = list(items)
    placed = {item: _place(item, day, until) for item in items}
    calls = [item for item, where in placed.items() if item.kind is Kind.CALL and where]
    done_there = {
        ticket for call in calls if placed[call] is not Section.LATER for ticket in call.tickets
    }  # what a call of another day is about may be begun today
    under_way = {ticket for call in calls if placed[call] is Section.NOW for ticket in call.tickets}
    sections: dict[Section, list[Item]] = {section: [] for section in Section}
    left_out = 0
    for item, where in placed.items():
        if item.kind is Kind.TICKET and item.key in (under_way if item.is_timed else done_there):
            continue
        if where:
            sections[where].append(item)
        elif item.kind is not Kind.CALL:
            left_out += 1
    return Plan({section: _order(section, found) for section, found in sections.items()}, left_out)


def merge(planned: Plan) -> tuple[Item, ...]:
    """One list of what is to be done on the day, in the order in which it is to be done."""
    return tuple(
        item
        for section in (Section.NOW, Section.NEXT, Section.TODAY)
        for item in planned.sections.get(section, ())
    )


def next_step(stage: str, is_travelled: bool) -> Step | None:
    """What is next for a call in `stage`; nobody sets out for work that is done from the desk."""
    if stage in call_stages.MOVABLE:
        return Step.LEAVE if is_travelled else Step.ARRIVE
    if stage == call_stages.ON_THE_WAY:
        return Step.ARRIVE
    return Step.FINISH if stage == call_stages.ON_SITE else None


def _place(item: Item, day: Day, until: datetime) -> Section | None:
    if item.kind is Kind.CALL:
        return _place_call(item, day, until)
    if item.is_timed:
        return Section.NOW
    if item.word in (Word.WAITING, Word.DONE, None):
        return None
    if item.word in RANKS or item.due_at is None:
        return Section.TODAY
    return Section.LATER if item.due_at < until else None


def _place_call(call: Item, day: Day, until: datetime) -> Section | None:
    if call.stage in UNDER_WAY:
        return Section.NOW
    if call.stage not in call_stages.MOVABLE or call.start_at is None or call.start_at >= until:
        return None
    return Section.NEXT if call.start_at < day.end else Section.LATER


def _order(section: Section, items: list[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=_by_urgency if section is Section.TODAY else _by_time))


def _by_time(item: Item) -> tuple[object, ...]:
    moment = item.start_at or item.due_at or datetime.max
    return (not item.is_timed, moment, -item.priority, list(Kind).index(item.kind), item.key)


def _by_urgency(item: Item) -> tuple[object, ...]:
    rank = RANKS.get(item.word, len(RANKS)) if item.word else len(RANKS)
    return (rank, item.due_at or datetime.max, -item.priority, list(Kind).index(item.kind), item.key)
