"""When a source counts as silent or as not answering, and what is told of it: to the second, and never twice."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from odoo.addons.psa_alerts.logic.hearing import (
    Hearing,
    News,
    Outage,
    find_outage,
    is_silent,
    judge,
    next_look,
    patience,
)

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def at(text):
    return datetime.fromisoformat(f"2026-03-{text}")


WATCHED = at("01 00:00:00")
PUSHES = Hearing(WATCHED, message_at=at("02 10:00:00"), silence=DAY)
ASKED = Hearing(WATCHED, silence=DAY, is_asked=True, answered_at=at("02 10:00:00"))


def test_it_is_silent_from_the_second_on_at_which_its_time_is_up():
    due = at("03 10:00:00")
    assert next_look(PUSHES) == due
    assert judge(PUSHES, due - SECOND) is None
    assert (judge(PUSHES, due), find_outage(PUSHES, due)) == (News.BEGAN, Outage.SILENT)


def test_what_was_told_is_not_told_again():
    told = replace(PUSHES, outage=Outage.SILENT, outage_at=at("03 10:00:40"))
    assert judge(told, at("20 00:00:00")) is None
    assert next_look(told) is None


def test_it_is_heard_again_though_the_message_is_older_than_the_notice():
    """A message that waited to be processed while the notice was written."""
    told = replace(PUSHES, outage=Outage.SILENT, outage_at=at("03 10:00:40"), message_at=at("03 10:00:30"))
    assert next_look(told) <= at("03 10:01:00")
    assert judge(told, at("03 10:01:00")) is News.OVER


def test_another_silence_before_anybody_looked_is_told_once_as_well():
    """The scheduled actions stood still for two days."""
    told = replace(PUSHES, outage=Outage.SILENT, outage_at=at("03 10:00:00"), message_at=at("03 12:00:00"))
    now = at("05 12:00:00")
    assert judge(told, now) is News.BEGAN
    again = replace(told, outage_at=now)
    assert (judge(again, now + SECOND), next_look(again)) == (None, None)


@pytest.mark.parametrize(
    "hearing",
    [
        Hearing(WATCHED, silence=DAY),
        Hearing(WATCHED, silence=DAY, is_asked=True, failing_since=at("02 10:00:00")),
        replace(PUSHES, silence=None),
        Hearing(WATCHED, silence=DAY, is_asked=False, answered_at=at("02 10:00:00")),
    ],
    ids=["never heard", "never answered", "may be silent for ever", "is not asked any more"],
)
def test_nobody_is_told_of_a_source_that_is_not_expected_to_speak(hearing):
    assert next_look(hearing) is None
    assert find_outage(hearing, at("30 00:00:00")) is None


@pytest.mark.parametrize(
    ("hours", "seconds", "expected"), [(24, -1, False), (24, 0, True), (0, 10**6, False)]
)
def test_silence_of_its_own_messages(hours, seconds, expected):
    now = at("03 10:00:00") + seconds * SECOND
    assert is_silent(at("02 10:00:00"), hours, now) is expected


def test_an_answer_is_a_sign_of_life():
    hearing = replace(PUSHES, is_asked=True, answered_at=at("03 09:55:00"))
    assert next_look(hearing) == at("04 09:55:00")
    assert find_outage(replace(hearing, is_asked=False), at("03 10:00:00")) is Outage.SILENT


def test_it_does_not_answer_once_patience_is_over():
    failing = replace(ASKED, failing_since=at("02 10:05:00"), patience=patience(5))
    due = at("02 10:20:00")
    assert next_look(failing) == due
    assert find_outage(failing, due - SECOND) is None
    assert find_outage(failing, due) is Outage.UNANSWERED
    told = replace(failing, outage=Outage.UNANSWERED, outage_at=due)
    assert (judge(told, at("09 00:00:00")), next_look(told)) == (None, None)
    back = replace(told, failing_since=None, answered_at=at("09 00:00:00"))
    assert next_look(back) <= at("09 00:00:00")
    assert judge(back, at("09 00:00:00")) is News.OVER


@pytest.mark.parametrize(
    ("minutes", "expected"), [(1, 15), (5, 15), (6, 18), (60, 180), (2**31 - 1, 7 * 24 * 60)]
)
def test_patience_is_three_turns_a_quarter_of_an_hour_at_least_and_a_week_at_most(minutes, expected):
    assert patience(minutes) == timedelta(minutes=expected)


def test_what_lay_before_a_switch_is_held_against_nobody():
    assert next_look(replace(PUSHES, watched_at=at("20 00:00:00"))) == at("21 00:00:00")
    failing = replace(ASKED, failing_since=at("02 10:05:00"), watched_at=at("20 00:00:00"))
    assert next_look(failing) == at("20 00:15:00")


def test_one_outage_that_becomes_the_other_is_one_outage():
    told = replace(
        PUSHES, is_asked=True, answered_at=at("02 10:00:00"), failing_since=at("03 09:50:00"),
        outage=Outage.SILENT, outage_at=at("03 10:00:00"), message_at=at("03 10:02:00"),
    )  # fmt: skip
    assert judge(told, at("03 10:05:00")) is News.CHANGED
    assert next_look(replace(told, outage=Outage.UNANSWERED, outage_at=at("03 10:05:00"))) is None


def test_the_look_that_is_booked_is_never_too_late():
    """Second by second a judge at each moment finds what a judge at the booked moment finds."""
    hearing = replace(PUSHES, silence=timedelta(seconds=40), is_asked=True, answered_at=at("02 10:00:10"))
    for failing in (None, at("02 10:00:15")):
        case = replace(hearing, failing_since=failing, patience=timedelta(seconds=20))
        found = [
            moment
            for moment in (at("02 10:00:00") + number * SECOND for number in range(90))
            if judge(case, moment)
        ]
        assert next_look(case) == found[0]
