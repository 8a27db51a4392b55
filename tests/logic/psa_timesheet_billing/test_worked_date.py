"""Rule D9.12: the day an entry belongs to."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from odoo.addons.psa_helpdesk.logic.zones import first_known
from odoo.addons.psa_timesheet_billing.logic.duration import minutes_between
from odoo.addons.psa_timesheet_billing.logic.worked_date import moved_to, worked_date


@pytest.mark.parametrize(
    ("start", "zone", "expected"),
    [
        pytest.param(
            datetime(2026, 3, 27, 22, 0), "Europe/Berlin", date(2026, 3, 27), id="Friday 23:00 in Berlin"
        ),
        pytest.param(
            datetime(2026, 3, 27, 23, 0), "Europe/Berlin", date(2026, 3, 28), id="midnight in Berlin"
        ),
        pytest.param(
            datetime(2026, 4, 1, 2, 0), "America/New_York", date(2026, 3, 31), id="evening in New York"
        ),
        pytest.param(datetime(2026, 4, 1, 2, 0), "UTC", date(2026, 4, 1), id="the same instant in UTC"),
    ],
)
def test_the_local_date_of_the_start_counts(start, zone, expected):
    assert worked_date(start, zone) == expected


@pytest.mark.parametrize(
    ("zone", "start", "end", "minutes"),
    [
        pytest.param(
            "America/New_York", (2026, 3, 8, 1, 30), (2026, 3, 8, 3, 30), 60, id="an hour is skipped"
        ),
        pytest.param(
            "Europe/Amsterdam", (2026, 10, 25, 1, 30), (2026, 10, 25, 3, 30), 180, id="an hour is doubled"
        ),
    ],
)
def test_duration_is_elapsed_time_when_the_clock_is_moved(zone, start, end, minutes):
    """Rule D9.13; start and end are on the wall clock, the entry stores UTC."""
    utc = [
        datetime(*moment, tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
        for moment in (start, end)
    ]
    assert minutes_between(*utc) == minutes
    assert worked_date(utc[0], zone) == date(*start[:3])
    assert utc[1] - utc[0] == timedelta(minutes=minutes)


def test_the_first_known_zone_is_taken():
    assert first_known(None, "", "Nowhere/Land", "Europe/Berlin", "UTC") == "Europe/Berlin"
    assert first_known(None, False) == "UTC"


def test_an_entry_dragged_over_a_clock_change_keeps_its_wall_clock():
    start = datetime(2026, 3, 28, 8, 0)  # 09:00 in Berlin, winter
    assert moved_to(start, "Europe/Berlin", date(2026, 3, 30)) == datetime(2026, 3, 30, 7, 0)
