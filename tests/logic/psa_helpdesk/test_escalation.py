"""Warnings, escalations and the next moment to look (rules D10.2, D10.22, D10.23, D10.26, D10.27)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sla_examples import OFFICE, P1, P2, P3, at, calendar, later, read, story, targets

from odoo.addons.psa_helpdesk.logic.escalation import Step, agenda

WARNINGS = tuple(Step(percent, "warning") for percent in (50, 75, 90, 100))
ESCALATIONS = tuple(Step(percent, "escalation") for percent in (70, 90, 110))


def look(events, now, ladder=WARNINGS, done=(), kind="resolution"):
    return agenda(read(events, now, kind), ladder, done, at(now))


def taken(found):
    return [(taken.step.percent, taken.overtaken) for taken in found.steps]


RAISED = story(
    ("Mon 09:00", "started", P3),
    ("Mon 12:20", "paused"),
    ("Mon 13:00", "retargeted", P1),
    ("Mon 15:00", "resumed"),
)
LOOKS = [
    # name, ledger, now, done, steps taken (percent, overtaken), next look
    ("nothing yet: the first warning comes next", story(("Mon 09:00", "started", P1)), "Mon 09:00", (), [], "Mon 11:00"),
    ("at its second", story(("Mon 09:00", "started", P1)), "Mon 11:00", (), [(50, False)], "Mon 12:00"),
    ("a second before", story(("Mon 09:00", "started", P1)), "Mon 10:59:59", (), [], "Mon 11:00"),
    ("done is done", story(("Mon 09:00", "started", P1)), "Mon 11:30", WARNINGS[:1], [], "Mon 12:00"),
    ("nothing during the pause", RAISED, "Mon 14:59", (), [], None),
    ("passed during the pause acts on resuming, once", RAISED, "Mon 15:00", (), [(50, True), (75, False)], "Mon 15:16"),
    ("then the next", RAISED, "Mon 15:16", WARNINGS[:2], [(90, False)], "Mon 15:40"),
    ("after an outage only the highest acts", story(("Mon 09:00", "started", P1)), "Mon 16:00", WARNINGS[:1],
     [(75, True), (90, True), (100, False)], None),
    ("at the due the last warning acts, the breach needs a second more", story(("Mon 09:00", "started", P1)),
     "Mon 13:00", WARNINGS[:3], [(100, False)], "Mon 13:00:01"),
    ("reached, so nothing", story(("Mon 09:00", "started", P1), ("Mon 12:30", "resolved")), "Mon 16:00", (), [], None),
    ("cancelled, so nothing", story(("Mon 09:00", "started", P1), ("Mon 12:30", "cancelled")), "Mon 16:00", (), [], None),
    ("used up and paused in the same second: the breach is still to be seen",
     story(("Mon 09:00", "started", P1), ("Mon 13:00", "paused")), "Mon 13:00", WARNINGS, [], "Mon 13:00:01"),
    ("lower rungs added later are overtaken by what was done", story(("Mon 09:00", "started", P1)), "Mon 12:40",
     WARNINGS[2:3], [(50, True), (75, True)], "Mon 13:00"),
    ("breached, then lowered: the later due is looked at, too",
     story(("Mon 09:00", "started", P1), ("Mon 14:00", "retargeted", P3)), "Tue 13:30", WARNINGS, [], "Tue 17:00:01"),
    ("no working time ahead is looked at again tomorrow",
     story(("Mon 09:00", "started", targets(P1, calendar("0 09:00-09:00")))), "Mon 09:00", (), [], "Tue 09:00"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("events", "now", "done", "steps", "next_at"), [x[1:] for x in LOOKS], ids=[x[0] for x in LOOKS]
)
def test_look(events, now, done, steps, next_at):
    found = look(events, now, done=done)
    assert taken(found) == steps
    assert found.next_at == (next_at and at(next_at))


def test_d10_27_each_step_knows_when_it_was_due():
    found = look(story(("Mon 09:00", "started", P1)), "Mon 16:00")
    assert [step.due_at for step in found.steps] == [
        at(f"Mon {t}") for t in ("11:00", "12:00", "12:36", "13:00")
    ]


def test_a_share_reached_under_an_older_promise_is_due_when_the_clock_runs_under_the_new_one():
    found = look(RAISED, "Mon 15:00")
    assert [step.due_at for step in found.steps] == [at("Mon 15:00"), at("Mon 15:00")]


def test_a_share_reached_before_a_later_pause_keeps_its_moment():
    ledger = story(("Mon 09:00", "started", P1), ("Mon 12:10", "paused"), ("Mon 15:00", "resumed"))
    assert [step.due_at for step in look(ledger, "Mon 15:00").steps] == [at("Mon 11:00"), at("Mon 12:00")]


def test_d10_23_every_escalation_that_was_passed_acts_in_order():
    found = look(story(("Mon 09:00", "started", P1)), "Mon 16:00", ladder=(*ESCALATIONS, *WARNINGS[3:]))
    assert [(step.step.percent, step.step.mode, step.overtaken) for step in found.steps] == [
        (70, "escalation", False), (90, "escalation", False), (100, "warning", False), (110, "escalation", False),
    ]  # fmt: skip


def test_escalations_go_on_after_the_breach():
    found = look(story(("Mon 09:00", "started", P1)), "Mon 13:05", ladder=ESCALATIONS, done=ESCALATIONS[:2])
    assert found.next_at == at("Mon 13:24")


def test_the_state_changes_are_looked_at_without_any_ladder():
    ledger = story(("Mon 09:00", "started", P1))
    assert look(ledger, "Mon 09:00", ladder=()).next_at == at("Mon 12:00")  # at risk
    assert look(ledger, "Mon 12:00", ladder=()).next_at == at("Mon 13:00:01")  # overdue
    assert look(ledger, "Mon 13:00:01", ladder=()).next_at is None


def test_a_warning_that_acted_does_not_act_again_after_lowering():
    ledger = story(("Mon 09:00", "started", P1), ("Mon 12:40", "retargeted", P3))
    found = look(ledger, "Mon 12:40", done=WARNINGS[:3])
    assert taken(found) == []
    assert found.next_at == at("Tue 13:00")  # 75 % of the longer target: at risk; its warning has acted


@settings(max_examples=40, deadline=None)
@given(
    looks=st.lists(st.integers(0, 3 * 1440), min_size=1, max_size=8).map(sorted),
    pause=st.tuples(st.integers(0, 1440), st.integers(0, 1440)).map(sorted),
)
def test_however_late_and_often_one_looks_each_step_is_taken_once_and_in_order(looks, pause):
    start = at("Mon 09:00")
    promise = targets(P2, OFFICE)
    ledger = story(
        (start, "started", promise),
        (later(start, pause[0] * 60), "paused"),
        (later(start, pause[1] * 60), "resumed"),
    )
    done = []
    for minute in looks:
        now = later(start, minute * 60)
        found = agenda(read(ledger, now), (*WARNINGS, *ESCALATIONS), done, now)
        assert found.next_at is None or found.next_at > now
        assert all(step.due_at <= now for step in found.steps)
        done += [step.step for step in found.steps]
    assert len(done) == len(set(done))
