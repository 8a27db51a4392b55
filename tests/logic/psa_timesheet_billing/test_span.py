"""Start, end, minutes and day of an entry are kept in step: span.py."""

from datetime import date, datetime

import pytest

from odoo.addons.psa_timesheet_billing.logic.span import Change, Span, settle

ZONE = "Europe/Berlin"
DAY = date(2026, 3, 10)


def at(hour, minute=0, second=0, day=10):
    return datetime(2026, 3, day, hour, minute, second)


STARTED = Span(at(8), at(9), 60, DAY)
TYPED = Span(None, None, 45, DAY)


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        pytest.param(
            Span(), Change(times=True, start=at(8, 0, 40), end=at(8, 5, 10)),
            Span(at(8, 0, 40), at(8, 5, 10), 5, DAY), id="start and end say how long and on which day",
        ),
        pytest.param(Span(), Change(minutes=50, day=DAY), Span(None, None, 50, DAY), id="typed minutes"),
        pytest.param(STARTED, Change(minutes=90), Span(at(8), at(9, 30), 90, DAY), id="longer: the end moves"),
        pytest.param(
            STARTED, Change(times=True, start=at(8), end=at(8, 20)), Span(at(8), at(8, 20), 20, DAY), id="a new end"
        ),
        pytest.param(
            TYPED, Change(times=True, start=at(8)), Span(at(8), at(8, 45), 45, DAY), id="a start alone gives the end"
        ),
        pytest.param(STARTED, Change(times=True), Span(None, None, 60, DAY), id="without a start, the minutes stay"),
        pytest.param(
            STARTED, Change(day=date(2026, 3, 12)), Span(at(8, day=12), at(9, day=12), 60, date(2026, 3, 12)), id="dragged"
        ),
        pytest.param(TYPED, Change(day=date(2026, 3, 12)), Span(None, None, 45, date(2026, 3, 12)), id="typed, other day"),
        pytest.param(STARTED, Change(), STARTED, id="nothing said"),
        pytest.param(
            Span(at(8, 0, 40), at(8, 5, 10), 5, DAY), Change(minutes=5), Span(at(8, 0, 40), at(8, 5, 10), 5, DAY),
            id="the same minutes leave the seconds alone",
        ),
        pytest.param(
            Span(), Change(times=True, start=at(23, 30), end=at(23, 50), day=DAY),
            Span(at(23, 30), at(23, 50), 20, date(2026, 3, 11)), id="half past midnight in Berlin is the next day",
        ),
    ],
)  # fmt: skip
def test_settle(before, change, after):
    assert settle(before, change, ZONE) == after


def test_an_end_before_the_start_is_refused():
    with pytest.raises(ValueError, match="before"):
        settle(Span(), Change(times=True, start=at(9), end=at(8)), ZONE)
