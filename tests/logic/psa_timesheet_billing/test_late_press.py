"""Timer buttons pressed without a line, told later."""

from datetime import datetime

import pytest

from odoo.addons.psa_timesheet_billing.logic.late_press import Deed, LateProblem, Press, read_press

NOW = datetime(2026, 3, 10, 12)
WEEK = 7 * 24 * 3600


@pytest.mark.parametrize(
    ("values", "press"),
    [
        ({"deed": "start", "age": 3600, "ticket_id": 7}, Press(Deed.START, datetime(2026, 3, 10, 11), 7)),
        ({"deed": "stop", "age": 90.7}, Press(Deed.STOP, datetime(2026, 3, 10, 11, 58, 30))),
        ({"deed": "stop", "age": 0, "ticket_id": "x"}, Press(Deed.STOP, NOW)),
        ({"deed": "stop", "age": -500}, Press(Deed.STOP, NOW)),
        ({"deed": "stop", "age": WEEK}, Press(Deed.STOP, datetime(2026, 3, 3, 12))),
        ({"deed": "stop", "age": WEEK + 1}, LateProblem.TOO_OLD),
        ({"deed": "stop", "age": 1e300}, LateProblem.TOO_OLD),
        ({"deed": "stop", "age": float("nan")}, LateProblem.TOO_OLD),
        ({"deed": "stop", "age": "60"}, LateProblem.FORM),
        ({"deed": "stop", "age": True}, LateProblem.FORM),
        ({"deed": "stop"}, LateProblem.FORM),
        ({"deed": "unlink", "age": 5}, LateProblem.FORM),
        ({"deed": ["stop"], "age": 5}, LateProblem.FORM),
        ({"deed": "start", "age": 5}, LateProblem.FORM),
        ({"deed": "start", "age": 5, "ticket_id": True}, LateProblem.FORM),
        ({"deed": "start", "age": 5, "ticket_id": -1}, LateProblem.FORM),
        ({"deed": "start", "age": 5, "ticket_id": "7"}, LateProblem.FORM),
        ("stop", LateProblem.FORM),
        (None, LateProblem.FORM),
    ],
)
def test_what_a_phone_says(values, press):
    assert read_press(values, NOW) == press
