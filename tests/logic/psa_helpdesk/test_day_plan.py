"""What stands where on the screen of the day, and in which order."""

from datetime import datetime

import pytest

from odoo.addons.psa_helpdesk.logic.day_plan import Item, Kind, Section, Step, merge, next_step, plan
from odoo.addons.psa_helpdesk.logic.work_word import Day, Word

TODAY = Day(datetime(2026, 3, 2, 5), datetime(2026, 3, 3, 5))  # New York's second of March
UNTIL = datetime(2026, 3, 9, 5)


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute)


def call(key, start, stage="planned", *tickets):
    return Item(Kind.CALL, key, start_at=start, stage=stage, tickets=frozenset(tickets))


def ticket(key, word=Word.LATER, due=None, priority=0, is_timed=False):
    return Item(Kind.TICKET, key, word=word, due_at=due, priority=priority, is_timed=is_timed)


def task(key, word=Word.LATER, due=None, priority=0):
    return Item(Kind.TASK, key, word=word, due_at=due, priority=priority)


@pytest.mark.parametrize(
    ("item", "section"),
    [
        pytest.param(call(1, at(2, 14)), Section.NEXT, id="planned for today"),
        pytest.param(call(1, at(2, 14), "confirmed"), Section.NEXT, id="confirmed for today"),
        pytest.param(call(1, at(1, 14)), Section.NEXT, id="left over from yesterday"),
        pytest.param(call(1, at(2, 14), "on_the_way"), Section.NOW, id="on the way"),
        pytest.param(call(1, at(4, 14), "on_site"), Section.NOW, id="there, whatever the plan said"),
        pytest.param(call(1, at(3, 4, 59)), Section.NEXT, id="last minute of the day"),
        pytest.param(call(1, TODAY.end), Section.LATER, id="first second of tomorrow"),
        pytest.param(call(1, UNTIL), None, id="after the days shown"),
        pytest.param(call(1, at(2, 14), "done"), None, id="done"),
        pytest.param(call(1, at(2, 14), "absent"), None, id="nobody was there"),
        pytest.param(call(1, at(2, 14), "cancelled"), None, id="cancelled"),
        pytest.param(ticket(1, Word.OVERDUE, at(1, 9)), Section.TODAY, id="overdue"),
        pytest.param(ticket(1, Word.AT_RISK, at(4, 9)), Section.TODAY, id="at risk, due later"),
        pytest.param(ticket(1, Word.DUE, at(2, 17)), Section.TODAY, id="due today"),
        pytest.param(ticket(1), Section.TODAY, id="no deadline"),
        pytest.param(ticket(1, due=at(5, 9)), Section.LATER, id="due this week"),
        pytest.param(ticket(1, due=UNTIL), None, id="due after the days shown"),
        pytest.param(ticket(1, Word.WAITING, at(2, 9)), None, id="waits for the customer"),
        pytest.param(ticket(1, Word.WAITING, is_timed=True), Section.NOW, id="timer runs"),
        pytest.param(ticket(1, Word.DONE), None, id="closed today"),
        pytest.param(ticket(1, None), None, id="closed before"),
        pytest.param(task(1, Word.DUE, at(2, 17)), Section.TODAY, id="task due today"),
        pytest.param(task(1, due=at(6, 9)), Section.LATER, id="task due this week"),
    ],
)
def test_where_it_stands(item, section):
    planned = plan([item], TODAY, UNTIL)
    assert [where for where, found in planned.sections.items() if found] == ([section] if section else [])
    assert planned.left_out == int(section is None and item.kind is not Kind.CALL)


@pytest.mark.parametrize(
    ("items", "section", "order"),
    [
        pytest.param(
            [call(1, at(2, 15)), call(2, at(2, 9)), call(3, at(1, 9))], Section.NEXT, [3, 2, 1], id="by time"
        ),
        pytest.param(
            [call(1, at(2, 9), "on_site"), ticket(2, is_timed=True)], Section.NOW, [2, 1], id="timer first"
        ),
        pytest.param(
            [
                ticket(1), ticket(2, Word.DUE, at(2, 17)), ticket(3, Word.AT_RISK, at(4, 9)),
                ticket(4, Word.OVERDUE, at(2, 9)), ticket(5, Word.OVERDUE, at(1, 9)),
            ],
            Section.TODAY, [5, 4, 3, 2, 1], id="late, at risk, due, rest",
        ),
        pytest.param(
            [ticket(1, priority=0), ticket(2, priority=3), task(3, priority=3), ticket(4, priority=3)],
            Section.TODAY, [2, 4, 3, 1], id="priority, tickets before tasks, oldest first",
        ),
        pytest.param(
            [task(1, Word.DUE, at(2, 16)), ticket(2, Word.DUE, at(2, 17)), ticket(3, Word.DUE, at(2, 15))],
            Section.TODAY, [3, 1, 2], id="tasks among tickets by deadline",
        ),
        pytest.param(
            [ticket(1, due=at(5, 9)), call(2, at(4, 9)), task(3, due=at(6, 9))],
            Section.LATER, [2, 1, 3], id="later by moment, whatever it is",
        ),
    ],
)  # fmt: skip
def test_in_which_order(items, section, order):
    assert [item.key for item in plan(items, TODAY, UNTIL).sections[section]] == order


@pytest.mark.parametrize(
    ("items", "shown"),
    [
        pytest.param([call(1, at(2, 9), "planned", 7), ticket(7)], [(Kind.CALL, 1)], id="worked on there"),
        pytest.param(
            [call(1, at(2, 9), "planned", 7), ticket(7, is_timed=True)],
            [(Kind.TICKET, 7), (Kind.CALL, 1)], id="timer runs before the call",
        ),
        pytest.param(
            [call(1, at(2, 9), "on_site", 7), ticket(7, is_timed=True)], [(Kind.CALL, 1)], id="timer runs there"
        ),
        pytest.param([call(1, at(4, 9), "planned", 7), ticket(7)], [(Kind.TICKET, 7)], id="call of another day"),
        pytest.param([call(1, at(2, 9), "done", 7), ticket(7)], [(Kind.TICKET, 7)], id="call is over"),
        pytest.param(
            [task(4), ticket(5, Word.DUE, at(2, 9)), call(3, at(2, 16)), call(2, at(2, 8), "on_the_way")],
            [(Kind.CALL, 2), (Kind.CALL, 3), (Kind.TICKET, 5), (Kind.TASK, 4)], id="calls, tickets, tasks in one",
        ),
    ],
)  # fmt: skip
def test_the_day_as_one_list_shows_nothing_twice(items, shown):
    assert [(item.kind, item.key) for item in merge(plan(items, TODAY, UNTIL))] == shown


def test_what_is_worked_on_in_a_call_is_not_left_out():
    planned = plan(
        [call(1, at(2, 9), "planned", 7), ticket(7, Word.WAITING), ticket(8, Word.WAITING)], TODAY, UNTIL
    )
    assert planned.left_out == 1


@pytest.mark.parametrize(
    ("stage", "is_travelled", "step"),
    [
        ("planned", True, Step.LEAVE),
        ("confirmed", True, Step.LEAVE),
        ("confirmed", False, Step.ARRIVE),
        ("on_the_way", True, Step.ARRIVE),
        ("on_site", True, Step.FINISH),
        ("on_site", False, Step.FINISH),
        ("done", True, None),
        ("absent", True, None),
        ("cancelled", True, None),
    ],
)
def test_what_is_next_for_a_call(stage, is_travelled, step):
    assert next_step(stage, is_travelled) is step
