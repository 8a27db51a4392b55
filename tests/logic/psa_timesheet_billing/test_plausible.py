"""What nobody can have worked."""

from datetime import date

import pytest

from odoo.addons.psa_timesheet_billing.logic.plausible import LONGEST_MINUTES, Slip, find_slip

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("minutes", "day", "slip"),
    [
        pytest.param(50, TODAY, None, id="usual"),
        pytest.param(50, None, None, id="no day said yet"),
        pytest.param(LONGEST_MINUTES, TODAY, None, id="a month in one line"),
        pytest.param(LONGEST_MINUTES + 1, TODAY, Slip.TOO_LONG, id="a minute more"),
        pytest.param(-LONGEST_MINUTES - 1, TODAY, Slip.TOO_LONG, id="a correction of the host as well"),
        pytest.param(50, date(2000, 1, 1), None, id="first day"),
        pytest.param(50, date(1999, 12, 31), Slip.TOO_EARLY, id="day before the first"),
        pytest.param(50, date(2027, 3, 11), None, id="366 days ahead"),
        pytest.param(50, date(2027, 3, 12), Slip.TOO_LATE, id="a day further"),
        pytest.param(50, date.max, Slip.TOO_LATE, id="end of days"),
        pytest.param(50, date.min, Slip.TOO_EARLY, id="beginning of days"),
    ],
)
def test_slips(minutes, day, slip):
    assert find_slip(minutes, day, TODAY) is slip
