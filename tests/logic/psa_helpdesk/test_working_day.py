"""Working hours without leave, in minutes."""

from datetime import datetime

import pytest

from odoo.addons.psa_helpdesk.logic.booking_conflicts import Span
from odoo.addons.psa_helpdesk.logic.working_day import working_minutes

START, STOP = datetime(2026, 3, 2), datetime(2026, 3, 3)


def span(start, stop):
    return Span(datetime.fromisoformat(f"2026-03-{start}"), datetime.fromisoformat(f"2026-03-{stop}"))


MORNING, AFTERNOON = span("02 08:00", "02 12:00"), span("02 13:00", "02 17:00")


@pytest.mark.parametrize(
    ("work", "leaves", "minutes"),
    [
        ([], [], 0),
        ([MORNING, AFTERNOON], [], 480),
        ([AFTERNOON, MORNING, span("02 11:00", "02 14:00")], [], 540),
        ([span("01 22:00", "02 06:00"), span("02 22:00", "03 06:00")], [], 480),
        ([MORNING, AFTERNOON], [span("02 10:00", "02 15:00")], 240),
        ([MORNING, AFTERNOON], [span("01 00:00", "04 00:00")], 0),
        ([MORNING, AFTERNOON], [span("02 12:00", "02 13:00")], 480),
        ([MORNING], [span("02 09:00", "02 10:00"), span("02 09:30", "02 11:00")], 120),
        ([], [span("02 09:00", "02 10:00")], 0),
    ],
)
def test_working_minutes(work, leaves, minutes):
    assert working_minutes(work, leaves, START, STOP) == minutes
