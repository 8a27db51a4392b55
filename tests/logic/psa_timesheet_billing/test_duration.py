"""Rule D9.1: minutes worked."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.psa_timesheet_billing.logic import duration


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        pytest.param("09:00:40", "09:05:10", 5, id="both ends are cut to the minute"),
        pytest.param("09:00:05", "09:00:50", 1, id="less than a minute counts one"),
        pytest.param("09:00:59", "09:01:00", 1, id="one second over the minute"),
        pytest.param("09:00:00", "09:00:00", 0, id="no time"),
        pytest.param("09:00:00", "13:25:00", 265, id="a morning"),
    ],
)
def test_minutes_between_start_and_stop(start, end, minutes):
    day = "2026-03-10 "
    assert (
        duration.minutes_between(datetime.fromisoformat(day + start), datetime.fromisoformat(day + end))
        == minutes
    )


def test_a_stop_before_the_start_is_refused():
    with pytest.raises(ValueError, match="before"):
        duration.minutes_between(datetime(2026, 3, 10, 9), datetime(2026, 3, 10, 8, 59, 59))


@pytest.mark.parametrize(
    ("hours", "minutes"),
    [
        pytest.param(0.83, 50, id="0.83 h"),
        pytest.param(0.33, 20, id="0.33 h"),
        pytest.param(50 / 60, 50, id="the host's own 50 minutes"),
        pytest.param(Decimal("0.025"), 2, id="half a minute goes up"),
        pytest.param("1.5", 90, id="text"),
        pytest.param(0, 0, id="none"),
    ],
)
def test_minutes_of_typed_hours(hours, minutes):
    assert duration.minutes_from_hours(hours) == minutes


def test_typed_time_below_zero_is_refused():
    with pytest.raises(ValueError, match="negative"):
        duration.minutes_from_hours(-0.5)


@given(st.integers(0, 100_000))
def test_minutes_survive_the_way_through_the_hosts_hours(minutes):
    assert duration.minutes_from_hours(duration.hours_from_minutes(minutes)) == minutes


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(80, "1:20"), (5, "0:05"), (0, "0:00"), (-5, "-0:05"), (Fraction(80, 3), "0:27"), (600, "10:00")],
)
def test_minutes_are_written_as_a_clock(minutes, text):
    assert duration.clock(minutes) == text
