"""Working time against the worked examples (rules D10.2, D10.4, D10.19, D10.20, D10.26) and a slow reference."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sla_examples import ALWAYS, BERLIN, NEW_YORK, NIGHTS, OFFICE, at, calendar, later, rows

from odoo.addons.psa_helpdesk.logic.working_time import (
    CalendarHistory,
    Schedule,
    Span,
    WeekRow,
    WorkingTime,
    leave_end,
    working_time,
)

HOLIDAY = ("2026-05-01 00:00", "2026-05-02 00:00")
ALL_HOURS = calendar("0-6 00:00-24:00", HOLIDAY)
EARLY = calendar("6 01:00-02:30")

DUES = [
    # name, hours, from, minutes, due
    ("ends with the closing, not with the next opening", OFFICE, "Fri- 09:00", 480, "Fri- 17:00"),
    ("from outside hours counts from the next opening", OFFICE, "Fri- 17:00", 60, "Mon 10:00"),
    ("to the second", OFFICE, "Mon 09:00:30", 20, "Mon 09:20:30"),
    ("24x7 knows no leave", ALWAYS, "2026-04-30 20:00", 1440, "2026-05-01 20:00"),
    ("a calendar of all hours has leaves", ALL_HOURS, "2026-04-30 20:00", 1440, "2026-05-02 20:00"),
    ("night shift into summer time", NIGHTS, "2026-03-28 22:00", 480, "2026-03-29 23:00"),
    ("night shift into winter time", NIGHTS, "2026-10-24 22:00", 480, "2026-10-25 05:00"),
    ("exactly on a closing where the host moves on", NIGHTS, "2026-03-29 06:16", 480, "2026-03-30 06:00"),
    ("nothing asked, nothing waited for", OFFICE, "Fri- 20:00", 0, "Fri- 20:00"),
    ("two years ahead", OFFICE, "Mon 09:00", 480 * 522, "2028-02-29 17:00"),
]


@pytest.mark.parametrize(
    ("hours", "start", "minutes", "due"), [d[1:] for d in DUES], ids=[d[0] for d in DUES]
)
def test_due(hours, start, minutes, due):
    assert hours.add(at(start), minutes * 60) == at(due)
    assert hours.between(at(start), at(due)) == minutes * 60


COUNTS = [
    # name, hours, from, to, seconds
    ("seven hours in the night to summer time", NIGHTS, "2026-03-28 22:00", "2026-03-29 12:00", 7 * 3600),
    ("nine hours in the night to winter time", NIGHTS, "2026-10-24 22:00", "2026-10-25 12:00", 9 * 3600),
    ("an edge in the missing hour", EARLY, "2026-03-29 00:00", "2026-03-29 12:00", 90 * 60),
    ("that row ends at 03:30 summer time", EARLY, "2026-03-29 03:29", "2026-03-29 12:00", 60),
    ("an edge in the doubled hour", EARLY, "2026-10-25 00:00", "2026-10-25 12:00", 150 * 60),
    ("a row that ends 24:00 leaves no gap", NIGHTS, "Mon 23:59:59", "Tue 00:00:01", 2),
    ("adjacent rows", calendar("0 09:00-12:00, 0 12:00-17:00"), "Mon 11:59", "Mon 12:01", 120),
    ("outside hours", OFFICE, "Fri- 17:00", "Mon 09:00", 0),
    ("closed end", OFFICE, "Fri- 16:59:59", "Fri- 17:00", 1),
    ("backwards", OFFICE, "Tue 09:00", "Mon 09:00", 0),
    ("elapsed over the change of clocks", ALWAYS, "2026-03-28 22:00", "2026-03-29 22:00", 23 * 3600),
]


@pytest.mark.parametrize(
    ("hours", "start", "end", "seconds"), [c[1:] for c in COUNTS], ids=[c[0] for c in COUNTS]
)
def test_counted(hours, start, end, seconds):
    assert hours.between(at(start), at(end)) == seconds


def test_a_leave_to_the_last_second_ends_at_the_full_minute():
    assert leave_end(datetime(2026, 5, 1, 21, 59, 59)) == datetime(2026, 5, 1, 22)
    assert leave_end(datetime(2026, 5, 1, 21, 59, 58)) == datetime(2026, 5, 1, 21, 59, 58)


def test_rows_of_alternate_weeks():
    even = working_time(Schedule("UTC", (WeekRow(0, 9 * 3600, 10 * 3600, week=0),)))
    odd = working_time(Schedule("UTC", (WeekRow(0, 9 * 3600, 10 * 3600, week=1),)))
    monday = datetime(2026, 3, 2)
    parity = (monday.toordinal() - 1) // 7 % 2
    this, other = (odd, even) if parity else (even, odd)
    assert this.between(monday, monday + timedelta(days=7)) == 3600
    assert other.between(monday, monday + timedelta(days=7)) == 0


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [("2026-12-24 10:00", 180, "2026-12-24 13:00"), ("2026-12-24 10:00", 480, "2026-12-28 14:00")],
    ids=["until the leave begins in the customer's zone", "and on after the weekend"],
)
def test_leaves_move_with_the_wall_clock_into_the_customers_zone(start, minutes, due):
    leave = Span(at("2026-12-24 13:00"), at("2026-12-26 00:00"))
    hours = working_time(Schedule(BERLIN, rows("0-4 09:00-17:00"), (leave,)).moved_to(NEW_YORK))
    assert hours.add(at(start, NEW_YORK), minutes * 60) == at(due, NEW_YORK)


def test_moving_to_the_own_zone_changes_nothing():
    schedule = Schedule(BERLIN, rows("0 09:00-17:00"))
    assert schedule.moved_to(BERLIN) is schedule


@pytest.mark.parametrize(
    "hours",
    [calendar("0 09:00-09:00"), calendar("0-4 09:00-17:00", ("2026-03-01 00:00", "2027-12-31 00:00"))],
    ids=["a week without hours", "a leave of 22 months"],
)
def test_no_due_where_400_days_hold_no_working_minute(hours):
    assert hours.add(at("Mon 09:00"), 60) is None
    assert hours.add(at("Mon 09:00"), 0) == at("Mon 09:00")


def test_a_calendar_without_any_row_has_no_due():
    assert WorkingTime(Schedule(BERLIN, ())).add(at("Mon 09:00"), 60) is None


def test_a_leave_shorter_than_the_horizon_only_delays():
    hours = calendar("0-4 09:00-17:00", ("2026-03-01 00:00", "2027-03-01 00:00"))
    assert hours.add(at("Mon 09:00"), 3600) == at("2027-03-01 10:00")


def test_a_due_beyond_a_working_life_is_none():
    assert calendar("0 09:00-09:01").add(at("Mon 09:00"), 3600 * 100) is None


@pytest.mark.parametrize(
    ("hours", "start", "seconds"),
    [
        ("a leave of 27 months", "2026-03-02 09:00", 60),
        ("a leave of 27 months", "2026-02-27 16:00", 7200),
        ("an hour a week", "2026-03-02 09:00", 3600 * 1100),
    ],
)
def test_the_answer_does_not_depend_on_what_others_have_asked(hours, start, seconds):
    def fresh():
        if hours == "an hour a week":
            return WorkingTime(Schedule(BERLIN, rows("0 09:00-10:00")))
        leave = Span(at("2026-03-01 00:00"), at("2028-06-01 00:00"))
        return WorkingTime(Schedule(BERLIN, rows("0-4 09:00-17:00"), (leave,)))

    grown = fresh()
    grown.between(at("2020-01-01 00:00"), at("2060-01-01 00:00"))
    assert fresh().add(at(start), seconds) is None
    assert grown.add(at(start), seconds) is None


def test_before_and_after_a_long_leave_the_hours_count():
    leave = Span(at("2026-03-01 00:00"), at("2028-06-01 00:00"))
    hours = WorkingTime(Schedule(BERLIN, rows("0-4 09:00-17:00"), (leave,)))
    assert hours.add(at("2026-02-27 16:00"), 3600) == at("2026-02-27 17:00")
    assert hours.add(at("2028-05-01 09:00"), 3600) == at("2028-06-01 10:00")  # the rest of the leave is short
    assert hours.add(at("2028-06-01 09:00"), 3600) == at("2028-06-01 10:00")


def test_an_unknown_time_zone_counts_in_utc():
    hours = WorkingTime(Schedule("No/Where", rows("0-4 09:00-17:00")))
    assert hours.add(datetime(2026, 3, 2, 9), 3600) == datetime(2026, 3, 2, 10)
    assert Schedule(BERLIN, ()).moved_to("No/Where").zone == "No/Where"


def test_history_counts_each_minute_by_the_version_in_force():
    closed = calendar("0-4 09:00-17:00", ("Wed 00:00", "Thu 00:00"))
    history = CalendarHistory(((datetime.min, OFFICE), (at("Tue 12:00"), closed)))
    assert history.add(at("Mon 15:00"), 960 * 60) == at("Thu 15:00")
    assert history.as_of(at("Tue 11:00")).add(at("Mon 15:00"), 960 * 60) == at("Wed 15:00")
    assert history.between(at("Mon 15:00"), at("Tue 12:00")) == 300 * 60
    assert history.add(at("Mon 15:00"), 300 * 60) == at("Tue 12:00")


def test_history_of_a_leave_in_the_past_changes_nothing():
    closed = calendar("0-4 09:00-17:00", ("Tue 00:00", "Wed 00:00"))
    history = CalendarHistory(((at("Mon 00:00"), OFFICE), (at("Wed 10:00"), closed)))
    assert history.between(at("Mon 09:00"), at("Wed 17:00")) == 3 * 8 * 3600
    assert history.as_of(at("2020-01-01 00:00")).versions == ((at("Mon 00:00"), OFFICE),)


# An independent reference: ask the wall clock of every minute whether a row holds it.

zones = st.sampled_from([BERLIN, NEW_YORK, "Australia/Lord_Howe", "UTC"])
week_rows = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 47), st.integers(1, 48)).map(
        lambda r: WeekRow(r[0], r[1] * 1800, min(86_400, (r[1] + r[2]) * 1800))
    ),
    min_size=1,
    max_size=6,
)
# The weekends in which clocks change, seen from Monday to Monday
weeks = st.sampled_from(
    [datetime(2026, 3, 5), datetime(2026, 3, 26), datetime(2026, 10, 1), datetime(2026, 10, 22)]
)
minutes = st.integers(0, 7 * 1440)


def slow_minutes(schedule, start, end):
    """Every worked minute in [start, end), found by looking at each."""
    zone = ZoneInfo(schedule.zone)
    for i in range((end - start) // timedelta(minutes=1)):
        moment = start + timedelta(minutes=i)
        if any(leave.start <= moment < leave.end for leave in schedule.leaves):
            continue
        local = moment.replace(tzinfo=timezone.utc).astimezone(zone)
        second = local.hour * 3600 + local.minute * 60
        if any(row.weekday == local.weekday() and row.opens <= second < row.closes for row in schedule.rows):
            yield moment


def has_edge_in_change(schedule, start):
    """Whether an edge falls into a missing or doubled hour, where asking the wall clock is no reference."""
    zone = ZoneInfo(schedule.zone)
    for day in range(-1, 9):
        for row in schedule.rows:
            for edge in (row.opens, row.closes):
                midnight = (start + timedelta(days=day)).replace(hour=0, minute=0, tzinfo=zone)
                local = midnight + timedelta(seconds=edge)
                if local.utcoffset() != local.replace(fold=1).utcoffset():
                    return True
    return False


@settings(max_examples=25, deadline=None)
@given(zone=zones, rows_=week_rows, week=weeks, a=minutes, b=minutes, leave=st.tuples(minutes, minutes))
def test_between_and_add_agree_with_a_walk_through_every_minute(zone, rows_, week, a, b, leave):
    leaves = (
        (Span(later(week, min(leave) * 60), later(week, max(leave) * 60)),) if leave[0] != leave[1] else ()
    )
    schedule = Schedule(zone, tuple(rows_), leaves)
    if has_edge_in_change(schedule, week):
        return
    start, end = later(week, min(a, b) * 60), later(week, max(a, b) * 60)
    worked = list(slow_minutes(schedule, start, end))
    hours = WorkingTime(schedule)
    assert hours.between(start, end) == 60 * len(worked)
    if worked:
        assert hours.add(start, 60 * len(worked)) == later(worked[-1], 60)
        assert hours.add(start, 1) == later(worked[0], 1)


@settings(max_examples=40, deadline=None)
@given(
    week=weeks,
    a=minutes,
    seconds=st.integers(1, 400_000),
    hours=st.sampled_from([OFFICE, NIGHTS, EARLY, ALWAYS]),
)
def test_add_is_the_first_instant_that_counts_so_much(week, a, seconds, hours):
    start = later(week, a * 60)
    due = hours.add(start, seconds)
    assert hours.between(start, due) == seconds
    assert hours.between(start, later(due, -1)) == seconds - 1
