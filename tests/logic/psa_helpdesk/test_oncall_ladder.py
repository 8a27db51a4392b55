"""The ladder of rule D10.35, with its worked example."""

from datetime import datetime, timedelta

import pytest

from odoo.addons.psa_helpdesk.logic.oncall_ladder import Told, look, rungs

START = datetime(2026, 3, 3, 2, 0)


def at(clock):
    hour, minute = map(int, clock.split(":"))
    return START.replace(hour=hour, minute=minute)


def run(minutes, present, *, until="06:00", delay=timedelta(0), missed=()):
    """Look at each minute as the sweep does, delivering after `delay`; return what was told: "02:00 1"."""
    told, story, now = [], [], START
    while now <= at(until):
        if f"{now:%H:%M}" not in missed:
            found = look(minutes, {step: step in present for step in range(len(minutes))}, told, START, now)
            told += [Told(rung.index, None, is_skipped=True) for rung in found.skip]
            if found.tell:
                told.append(Told(found.tell.index, now + delay))
                who = "manager" if found.tell.step is None else found.tell.step + 1
                story.append(f"{now:%H:%M} {who}")
        now += timedelta(minutes=1)
    return story


LADDERS = [
    (
        "the worked example",
        {"minutes": [10, 10, 10], "present": {0, 1, 2}},
        ["02:00 1", "02:10 2", "02:20 3", "02:30 1", "02:40 2", "02:50 3", "03:00 manager"],
    ),
    (
        "an empty slot is skipped at once",
        {"minutes": [10, 10, 10], "present": {0, 2}},
        ["02:00 1", "02:10 3", "02:20 1", "02:30 3", "02:40 manager"],
    ),
    ("an empty first slot", {"minutes": [10, 10], "present": {1}}, ["02:00 2", "02:10 2", "02:20 manager"]),
    ("nobody on call", {"minutes": [10, 10], "present": set()}, ["02:00 manager"]),
    ("no steps at all", {"minutes": [], "present": set()}, ["02:00 manager"]),
    (
        "minutes of their own",
        {"minutes": [5, 20], "present": {0, 1}},
        ["02:00 1", "02:05 2", "02:25 1", "02:30 2", "02:50 manager"],
    ),
    (
        "minutes run from delivery",
        {"minutes": [10], "present": {0}, "delay": timedelta(minutes=3)},
        ["02:00 1", "02:13 1", "02:26 manager"],
    ),
    (
        "a sweep that stood still tells one at a time",
        {
            "minutes": [10, 10],
            "present": {0, 1},
            "missed": {f"02:{minute:02}" for minute in range(1, 45)},
        },
        ["02:00 1", "02:45 2", "02:55 1", "03:05 2", "03:15 manager"],
    ),
]


@pytest.mark.parametrize(("name", "given", "story"), LADDERS, ids=[row[0] for row in LADDERS])
def test_ladder(name, given, story):
    assert run(**given) == story


def test_it_waits_for_a_notice_that_is_held_back():
    found = look([10, 10], {0: True, 1: True}, [Told(0, None)], START, at("05:00"))
    assert (found.tell, found.next_at, found.is_over) == (None, None, False)
    assert found.why


def test_it_says_when_to_look_again():
    found = look([10, 10], {0: True, 1: True}, [Told(0, at("02:01"))], START, at("02:10"))
    assert (found.tell, found.next_at) == (None, at("02:11"))


def test_after_the_manager_there_is_silence():
    everybody = [Told(rung.index, START) for rung in rungs(2)]
    assert look([10, 10], {0: True, 1: True}, everybody, START, at("23:00")).is_over


def test_rounds_are_counted():
    assert [(rung.round, rung.step) for rung in rungs(2)] == [(1, 0), (1, 1), (2, 0), (2, 1), (2, None)]
