"""The best times: who fits before who is near, and nobody is proposed a time that something speaks against."""

from datetime import datetime

import pytest

from odoo.addons.psa_helpdesk.logic.booking_conflicts import Busy, Day, Leave, Span
from odoo.addons.psa_helpdesk.logic.free_slots import Candidate, Wish, free_starts, propose, round_up


def at(text, day=2):
    hour, minute = text.split(":")
    return datetime(2026, 3, day, int(hour), int(minute))


WORK = (Span(at("09:00"), at("12:00")),)
WISH = Wish(60, 0, at("08:00"), at("18:00"))


def starts(day, wish=WISH):
    return [f"{start:%H:%M}" for start in free_starts(day, wish)]


@pytest.mark.parametrize(
    ("name", "day", "wish", "expected"),
    [
        ("all morning", Day(work=WORK), WISH, ["09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30", "10:45", "11:00"]),
        ("after a call", Day((Busy(at("09:00"), at("10:30")),), work=WORK), WISH, ["10:30", "10:45", "11:00"]),
        ("after a call and the way", Day((Busy(at("09:00"), at("10:15")),), work=WORK),
         Wish(60, 30, at("08:00"), at("18:00")), ["10:45", "11:00"]),
        ("not on leave", Day(leaves=(Leave(at("09:00"), at("10:50")),), work=WORK), WISH, ["11:00"]),
        ("not before the earliest", Day(work=WORK), Wish(60, 0, at("10:31"), at("18:00")), ["10:45", "11:00"]),
        ("not after the latest", Day(work=WORK), Wish(60, 0, at("08:00"), at("10:15")), ["09:00", "09:15"]),
        ("longer than the work", Day(work=WORK), Wish(240, 0, at("08:00"), at("18:00")), []),
        ("no work", Day(), WISH, []),
    ],
)  # fmt: skip
def test_free_starts(name, day, wish, expected):
    assert starts(day, wish) == expected


def found(*candidates, wish=WISH):
    return [(slot.technician, f"{slot.start:%H:%M}") for slot in propose(candidates, wish)]


FREE = Day(work=WORK)


def test_skill_comes_before_time_and_way():
    late = Day((Busy(at("09:00"), at("11:00")),), work=WORK)
    assert found(Candidate(1, 0, FREE, 0.1), Candidate(2, 2, late, 80.0)) == [
        (2, "11:00"),
        (1, "09:00"),
        (1, "10:00"),
    ]


def test_sooner_is_better_among_equals():
    late = Day((Busy(at("09:00"), at("10:00")),), work=WORK)
    assert found(Candidate(1, 1, late), Candidate(2, 1, FREE))[0] == (2, "09:00")


def test_a_long_way_weighs_as_much_as_waiting():
    """40 km more are 80 minutes: the one who is free an hour later but next door is better."""
    later = Day((Busy(at("09:00"), at("10:00")),), work=WORK)
    assert found(Candidate(1, 1, FREE, 40.0), Candidate(2, 1, later, 0.0))[0] == (2, "10:00")
    assert found(Candidate(1, 1, FREE, 20.0), Candidate(2, 1, later, 0.0))[0] == (1, "09:00")


def test_three_proposals_and_not_all_of_one():
    assert found(Candidate(1, 1, FREE), Candidate(2, 1, FREE)) == [(1, "09:00"), (2, "09:00"), (1, "10:00")]


def test_nobody_is_free():
    assert found(Candidate(1, 1, Day())) == []


@pytest.mark.parametrize(
    ("given", "expected"), [("09:00", "09:00"), ("09:01", "09:15"), ("09:15", "09:15"), ("23:50", "00:00")]
)
def test_round_up(given, expected):
    assert f"{round_up(at(given)):%H:%M}" == expected
