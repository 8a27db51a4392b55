"""Windows, anniversaries, day counts: Rules D9.21, D9.40, D9.44 to D9.46."""

from datetime import date
from fractions import Fraction
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.psa_contracts.logic.periods import (
    CALENDAR_ANCHOR,
    Interval,
    Window,
    anchor_of_common_end,
    due_on,
    windows,
)


def take(anchor: date, interval: Interval, first: date, count: int) -> list[tuple[date, date]]:
    return [(one.start, one.end) for one in islice(windows(anchor, interval, first), count)]


def test_anniversary_windows_are_never_chained_from_the_clamped_day():
    """D9.44."""
    assert take(date(2026, 1, 31), Interval.MONTH, date(2026, 1, 31), 3) == [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2026, 2, 28), date(2026, 3, 31)),
        (date(2026, 3, 31), date(2026, 4, 30)),
    ]


CALENDAR = [
    ("month", Interval.MONTH, date(2026, 3, 16), date(2026, 3, 1), date(2026, 4, 1)),
    ("quarter", Interval.QUARTER, date(2026, 2, 10), date(2026, 1, 1), date(2026, 4, 1)),
    ("year", Interval.YEAR, date(2026, 7, 1), date(2026, 1, 1), date(2027, 1, 1)),
    ("before the anchor", Interval.QUARTER, date(1999, 12, 31), date(1999, 10, 1), date(2000, 1, 1)),
]


@pytest.mark.parametrize(
    ("name", "interval", "day", "start", "end"), CALENDAR, ids=[row[0] for row in CALENDAR]
)
def test_calendar_window_that_holds_a_day(name, interval, day, start, end):
    assert take(CALENDAR_ANCHOR, interval, day, 1) == [(start, end)]


def test_quarter_counts_its_actual_days():
    """D9.40: 900.00 a quarter from 10 Feb 2026 is 50/90."""
    quarter = next(windows(CALENDAR_ANCHOR, Interval.QUARTER, date(2026, 2, 10)))
    used = quarter.clip(date(2026, 2, 10), None)
    assert (used.days, quarter.days) == (50, 90)
    assert Fraction(900 * used.days, quarter.days) == 500


def test_common_end_lays_the_full_period_that_ends_there():
    """D9.45: 1,200.00 a year from 10 March, common end 30 June 2026, is 113/365."""
    period = next(windows(anchor_of_common_end(date(2026, 6, 30)), Interval.YEAR, date(2026, 3, 10)))
    assert period == Window(date(2025, 7, 1), date(2026, 7, 1))
    assert (period.clip(date(2026, 3, 10), None).days, period.days) == (113, 365)


def test_a_charge_ending_20_march_has_20_days_in_march():
    """D9.21."""
    march = Window(date(2026, 3, 1), date(2026, 4, 1))
    assert march.clip(date(2026, 1, 1), date(2026, 3, 20)).days == 20
    assert march.clip(date(2026, 4, 1), None) is None
    assert march.last_day == date(2026, 3, 31)


def test_what_a_cut_off_of_31_march_takes():
    """D9.46: Q1 in arrears, April in advance."""
    quarter = Window(date(2026, 1, 1), date(2026, 4, 1))
    april = Window(date(2026, 4, 1), date(2026, 5, 1))
    assert due_on(quarter, in_advance=False) == date(2026, 3, 31)
    assert due_on(april, in_advance=True) == date(2026, 3, 31)


@given(
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.sampled_from(Interval),
    st.dates(date(2015, 1, 1), date(2035, 12, 31)),
)
def test_windows_leave_no_gap_and_no_overlap(anchor, interval, first):
    found = list(islice(windows(anchor, interval, first), 14))
    assert found[0].start <= first < found[0].end
    assert all(one.end == other.start for one, other in zip(found, found[1:], strict=False))
