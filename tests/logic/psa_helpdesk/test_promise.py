"""psa_helpdesk/logic/promise.py: what a customer is told about the clocks of a ticket."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.psa_helpdesk.logic.promise import (
    Clock,
    Code,
    Day,
    Promise,
    leading_promise,
    read_promise,
    read_promises,
)

BOSTON = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 2, 15, 0)  # Monday, 10:00 in Boston
DUE = datetime(2026, 11, 2, 19, 30)  # 14:30 there


def local(*parts):
    return datetime(*parts, tzinfo=BOSTON)


class Case(NamedTuple):
    name: str
    clock: Clock
    expected: Promise | None


CASES = [
    Case(
        "answer by 14:30",
        Clock("response", "running", DUE),
        Promise("response", Code.DUE, local(2026, 11, 2, 14, 30), Day.TODAY),
    ),
    Case(
        "at risk is our worry, not the customer's",
        Clock("response", "at_risk", DUE),
        Promise("response", Code.DUE, local(2026, 11, 2, 14, 30), Day.TODAY),
    ),
    Case(
        "tomorrow here though the day after in UTC",
        Clock("resolution", "running", datetime(2026, 11, 4, 4, 0)),
        Promise("resolution", Code.DUE, local(2026, 11, 3, 23, 0), Day.TOMORROW),
    ),
    Case(
        "within a week",
        Clock("plan", "running", datetime(2026, 11, 6, 15, 0)),
        Promise("plan", Code.DUE, local(2026, 11, 6, 10, 0), Day.NEAR),
    ),
    Case(
        "a week away",
        Clock("plan", "running", datetime(2026, 11, 9, 15, 0)),
        Promise("plan", Code.DUE, local(2026, 11, 9, 10, 0), Day.FAR),
    ),
    Case(
        "overdue",
        Clock("response", "overdue", datetime(2026, 11, 2, 14, 0)),
        Promise("response", Code.LATE, local(2026, 11, 2, 9, 0), Day.TODAY),
    ),
    Case(
        "passed, though the sweep has not seen it yet",
        Clock("response", "running", datetime(2026, 11, 2, 14, 59, 59)),
        Promise("response", Code.LATE, local(2026, 11, 2, 9, 59, 59), Day.TODAY),
    ),
    Case(
        "due this very second is still in time",
        Clock("response", "running", NOW),
        Promise("response", Code.DUE, local(2026, 11, 2, 10, 0), Day.TODAY),
    ),
    Case("waiting for the customer", Clock("resolution", "paused", DUE), Promise("resolution", Code.WAITING)),
    Case("kept", Clock("response", "met", DUE), Promise("response", Code.KEPT)),
    Case(
        "broken, and for when it was promised",
        Clock("response", "missed", datetime(2026, 11, 1, 15, 0)),
        Promise("response", Code.BROKEN, local(2026, 11, 1, 10, 0), Day.FAR),
    ),
    Case("not counted", Clock("response", "not_counted", DUE), None),
    Case("no working time", Clock("response", "no_hours"), None),
    Case("running without a deadline", Clock("response", "running"), None),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_clock(case):
    assert read_promise(case.clock, NOW, BOSTON) == case.expected


def leading(*clocks):
    promise = leading_promise(read_promises(clocks, NOW, BOSTON))
    return promise and (promise.kind, promise.code)


@pytest.mark.parametrize(
    ("name", "clocks", "expected"),
    [
        ("nothing promised", (), None),
        (
            "the earliest open one",
            (Clock("resolution", "running", DUE), Clock("response", "running", NOW)),
            ("response", Code.DUE),
        ),
        (
            "a past one before a coming one",
            (Clock("response", "overdue", datetime(2026, 11, 2, 9, 0)), Clock("resolution", "running", DUE)),
            ("response", Code.LATE),
        ),
        (
            "paused ones are left out",
            (Clock("plan", "paused", NOW), Clock("resolution", "running", DUE)),
            ("resolution", Code.DUE),
        ),
        (
            "only paused ones are left",
            (Clock("response", "met", NOW), Clock("resolution", "paused", DUE)),
            ("resolution", Code.WAITING),
        ),
        (
            "answered in time, solved late",
            (Clock("response", "met", NOW), Clock("resolution", "missed", NOW)),
            ("resolution", Code.BROKEN),
        ),
        (
            "answered late is not hidden by solved in time",
            (Clock("response", "missed", NOW), Clock("resolution", "met", NOW)),
            ("response", Code.BROKEN),
        ),
        (
            "all kept: the last one",
            (Clock("resolution", "met", NOW), Clock("response", "met", NOW)),
            ("resolution", Code.KEPT),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_one_that_counts(name, clocks, expected):
    assert leading(*clocks) == expected


def test_told_in_the_order_of_the_work():
    clocks = [Clock(kind, "met", DUE) for kind in ("resolution", "response", "plan")]
    assert [promise.kind for promise in read_promises(clocks, NOW, BOSTON)] == [
        "response",
        "plan",
        "resolution",
    ]


clocks = st.builds(
    Clock,
    kind=st.sampled_from(["response", "plan", "resolution"]),
    state=st.sampled_from(
        ["running", "at_risk", "overdue", "paused", "no_hours", "met", "missed", "not_counted"]
    ),
    due_at=st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
)


@given(st.lists(clocks, max_size=6), st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_an_open_promise_is_never_hidden(several, now):
    promises = read_promises(several, now, BOSTON)
    chosen = leading_promise(promises)
    still_open = [promise for promise in promises if promise.code in (Code.DUE, Code.LATE)]
    if still_open:
        assert chosen.at == min(promise.at for promise in still_open)
    elif promises:
        assert chosen in promises
    else:
        assert chosen is None
