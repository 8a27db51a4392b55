"""Which day is asked for, and how much is missing."""

from datetime import date

import pytest

from odoo.addons.psa_timesheet_billing.logic.day_balance import Balance, find_missing

MONDAY = date(2026, 3, 9)


def day(number, expected, entered):
    return Balance(date(2026, 3, number), expected, entered)


@pytest.mark.parametrize(
    ("balances", "found"),
    [
        pytest.param([], None, id="nothing known"),
        pytest.param([day(9, 480, 0)], None, id="today is not over"),
        pytest.param([day(8, 0, 0), day(7, 0, 0), day(6, 480, 400)], (6, 80), id="Friday on a Monday"),
        pytest.param([day(6, 480, 480), day(5, 480, 0)], None, id="only the last working day is asked for"),
        pytest.param([day(5, 480, 480), day(6, 480, 0)], (6, 480), id="in any order"),
        pytest.param([day(6, 480, 500)], None, id="more than expected"),
        pytest.param([day(6, 0, 60)], None, id="worked on a day off"),
    ],
)
def test_missing_time(balances, found):
    missing = find_missing(balances, MONDAY)
    assert (missing and (missing.day.day, missing.missing)) == found
