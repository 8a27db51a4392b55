"""The four severities and the moments of their ladders."""

from datetime import datetime

import pytest

from odoo.addons.psa_helpdesk.logic.severity_preset import LADDER, SEVERITIES, ladder_of, rung_due
from odoo.addons.psa_helpdesk.logic.working_time import AlwaysOpen, Schedule, WeekRow, working_time

HOUR = 60
OFFICE = working_time(
    Schedule("Europe/Berlin", tuple(WeekRow(day, 9 * 3600, 17 * 3600) for day in range(5)), ())
)


def test_one_severity_for_each_priority_and_only_the_first_is_round_the_clock():
    assert [(one.code, one.priority, one.is_always) for one in SEVERITIES] == [
        ("S1", "3", True), ("S2", "2", False), ("S3", "1", False), ("S4", "0", False),
    ]  # fmt: skip


def test_a_worse_severity_promises_and_escalates_sooner():
    for worse, better in zip(SEVERITIES, SEVERITIES[1:], strict=False):
        assert worse.response < better.response < better.resolution
        assert worse.resolution < better.resolution
        assert next(ladder_of(worse)).hours <= next(ladder_of(better)).hours


def test_the_ladders_after_the_guideline():
    assert {one.code: [rung.hours for rung in ladder_of(one)] for one in SEVERITIES} == {
        "S1": [1, 4, 24, 48], "S2": [4, 24, 48], "S3": [72, 96], "S4": [96],
    }  # fmt: skip
    assert sum(len(list(ladder_of(one))) for one in SEVERITIES) == len(LADDER)


@pytest.mark.parametrize(
    ("since", "hours", "calendar", "due"),
    [
        ("2026-03-04 09:00", 1, AlwaysOpen(), "2026-03-04 10:00"),
        ("2026-03-04 09:00", 4, AlwaysOpen(), "2026-03-04 13:00"),
        ("2026-03-28 23:30", 4, AlwaysOpen(), "2026-03-29 03:30"),  # the clocks change: elapsed time does not
        ("2026-02-27 14:00", 4, OFFICE, "2026-03-02 10:00"),  # Friday 15:00 to Monday 11:00
        ("2026-02-27 16:00", 4, OFFICE, "2026-03-02 12:00"),  # set at the closing
        ("2026-03-27 14:00", 4, OFFICE, "2026-03-30 09:00"),  # Friday 15:00 to Monday 11:00, in summer time
        (
            "2026-03-02 08:00",
            72,
            OFFICE,
            "2026-03-12 16:00",
        ),  # nine days of eight hours, until the last closing
    ],
)
def test_when_a_rung_acts(since, hours, calendar, due):
    found = rung_due(datetime.fromisoformat(since), hours * HOUR, calendar)
    assert found == datetime.fromisoformat(due)


def test_without_working_time_ahead_it_never_acts():
    shut = working_time(Schedule("UTC", (), ()))
    assert rung_due(datetime(2026, 3, 2), HOUR, shut) is None
