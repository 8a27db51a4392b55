"""When something recurs: month ends, changed clocks, missed runs."""

from datetime import date, datetime, time, timedelta
from itertools import islice

import pytest

from odoo.addons.psa_helpdesk.logic.recurrence import Series, first_after, occurrence, occurrences, plan

BERLIN = "Europe/Berlin"


def days(series, number):
    return [found.day.isoformat() for found in islice(occurrences(series), number)]


@pytest.mark.parametrize(
    ("first", "unit", "every", "expected"),
    [
        ("2026-01-31", "month", 1, ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
        ("2027-11-30", "month", 3, ["2027-11-30", "2028-02-29", "2028-05-30", "2028-08-30", "2028-11-30"]),
        ("2024-02-29", "year", 1, ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
        ("2026-12-31", "month", 2, ["2026-12-31", "2027-02-28", "2027-04-30", "2027-06-30", "2027-08-31"]),
        ("2026-02-27", "day", 1, ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03"]),
        ("2026-12-24", "week", 2, ["2026-12-24", "2027-01-07", "2027-01-21", "2027-02-04", "2027-02-18"]),
    ],
)
def test_days_are_counted_from_the_first_one(first, unit, every, expected):
    assert days(Series(date.fromisoformat(first), unit, every), 5) == expected


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        ("2026-03-28", "02:30", "2026-03-28 01:30"),
        ("2026-03-29", "02:30", "2026-03-29 01:30"),  # missing: by the standard offset
        ("2026-03-30", "02:30", "2026-03-30 00:30"),
        ("2026-10-24", "02:30", "2026-10-24 00:30"),
        ("2026-10-25", "02:30", "2026-10-25 01:30"),  # doubled: the second one
        ("2026-10-26", "02:30", "2026-10-26 01:30"),
        ("2026-03-29", "08:00", "2026-03-29 06:00"),
        ("2026-10-25", "08:00", "2026-10-25 07:00"),
    ],
)
def test_the_clock_on_the_wall(day, at, utc):
    series = Series(date.fromisoformat(day), "day", at=time.fromisoformat(at), zone=BERLIN)
    assert occurrence(series, 0).at == datetime.fromisoformat(utc)


def test_the_wall_time_is_kept_over_a_year():
    series = Series(date(2026, 1, 1), "day", at=time(8), zone=BERLIN)
    assert {found.at.hour for found in islice(occurrences(series), 365)} == {6, 7}


def test_nothing_occurs_after_the_last_day():
    series = Series(date(2026, 1, 31), "month", last=date(2026, 3, 30))
    assert days(series, 9) == ["2026-01-31", "2026-02-28"]
    assert occurrence(series, 2) is None


def test_the_end_of_time_is_an_end():
    assert occurrence(Series(date(2026, 1, 1), "year", 99999), 1) is None
    assert occurrence(Series(date(2026, 1, 1), "week", 999999), 1) is None


DAILY = Series(date(2026, 3, 2), "day", at=time(8))


@pytest.mark.parametrize(
    ("number", "now", "catch_up", "due", "skipped", "following"),
    [
        (0, "2026-03-02 07:59:59", "all", [], 0, 0),
        (0, "2026-03-02 08:00:00", "all", [0], 0, 1),
        (1, "2026-03-02 09:00:00", "all", [], 0, 1),
        (0, "2026-03-05 08:00:00", "all", [0, 1, 2, 3], 0, 4),
        (2, "2026-03-05 08:00:00", "all", [2, 3], 0, 4),
        (0, "2026-03-05 08:00:00", "latest", [3], 3, 4),
        (3, "2026-03-05 08:00:00", "latest", [3], 0, 4),
    ],
)
def test_what_is_due(number, now, catch_up, due, skipped, following):
    found = plan(DAILY, number, datetime.fromisoformat(now), catch_up)
    assert [one.number for one in found.due] == due
    assert (found.skipped, found.next_number) == (skipped, following)
    assert found.next_at == occurrence(DAILY, following).at


def test_a_long_absence_is_made_up_in_batches_without_loss():
    now, number, made = datetime(2026, 6, 30, 12), 0, []
    while True:
        found = plan(DAILY, number, now, limit=7)
        if not found.due:
            break
        assert len(found.due) <= 7
        made += [one.day for one in found.due]
        number = found.next_number
    assert made == [date(2026, 3, 2) + timedelta(days=n) for n in range(121)]


def test_a_series_that_ended_has_no_next():
    found = plan(Series(date(2026, 3, 2), "day", last=date(2026, 3, 3)), 0, datetime(2026, 4, 1))
    assert ([one.number for one in found.due], found.next_number, found.next_at) == ([0, 1], None, None)


def test_first_after_a_moment():
    assert first_after(DAILY, datetime(2026, 3, 4, 8)) == 3
    assert first_after(DAILY, datetime(2026, 3, 4, 7, 59)) == 2
    assert first_after(DAILY, datetime(2026, 1, 1)) == 0
    assert first_after(Series(date(2026, 3, 2), "day", last=date(2026, 3, 3)), datetime(2026, 4, 1)) is None
