"""psa_alerts/logic/correlation.py: rules D10.36 to D10.43 with their worked examples, and 48 and 49 where they decide.

`Story` plays messages of one condition one after another, as a batch does, with a ticket that can be touched.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.psa_alerts.logic.correlation import (
    Alert,
    Decision,
    KeptRecovery,
    Known,
    Settings,
    Ticket,
    advance,
    decide,
)
from odoo.addons.psa_alerts.logic.event import KINDS, Event

DAY = datetime(2026, 3, 2)
SHIPPED = Settings()


def at(clock: str) -> datetime:
    hours, minutes, *seconds = (int(part) for part in clock.split(":"))
    return DAY + timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)


def event(kind="problem", severity="high", own=None, incident=""):
    return Event(
        kind,
        "key",
        "Disk full",
        severity=severity if kind in ("problem", "update") else None,
        occurred_at=at(own) if own else None,
        incident=incident,
    )


@dataclass
class Story:
    settings: Settings = SHIPPED
    triage: str = ""
    suppress: str = ""
    alert: Alert | None = None
    kept: list[KeptRecovery] = field(default_factory=list)
    untouched: bool = True
    decisions: list[Decision] = field(default_factory=list)

    def receives(self, clock, kind="problem", **values) -> Decision:
        message, received = event(kind, **values), at(clock)
        known = Known(self.alert, tuple(self.kept), self.triage, self.suppress)
        decision = decide(message, received, known, self.settings)
        self.decisions.append(decision)
        self.alert = advance(self.alert, message, received, decision)
        if decision.action == "keep":
            self.kept.append(KeptRecovery(received, message.occurred_at))
        if decision.action == "resolve" and self.untouched and self.alert.ticket:
            self.ticket(is_open=False, closed_at=received)
        return decision

    def ticket(self, **values) -> None:
        self.alert = replace(self.alert, ticket=replace(self.alert.ticket, **values))

    def staff_closes(self, clock) -> None:
        self.ticket(is_open=False, closed_at=at(clock))
        self.alert = replace(self.alert, state="resolved")

    @property
    def actions(self) -> list[str]:
        return [decision.action for decision in self.decisions]

    @property
    def notes(self) -> list[str]:
        return [decision.note for decision in self.decisions if decision.note]


# --- 36 counters


def test_36_only_accepted_problem_messages_count():
    story = Story()
    for clock, kind in [("10:00", "problem"), ("10:01", "ack"), ("10:02", "update"), ("10:03", "heartbeat"),
                        ("10:04", "problem"), ("10:05", "resolved"), ("10:06", "resolved")]:  # fmt: skip
        story.receives(clock, kind)
    assert story.alert.count == 3
    assert story.actions == ["create", "acknowledge", "append", "log", "append", "resolve", "keep"]


# --- 37 notes for repeats


def test_37_every_minute_from_eight_to_four():
    story = Story()
    for minute in range(480):
        story.receives(f"{8 + minute // 60}:{minute % 60}")
    noted = [count for count, decision in enumerate(story.decisions, 1) if decision.note]
    assert story.alert.count == 480
    assert noted == [2, 10, 70, 100, 160, 220, 280, 340, 400, 460]


def test_37_the_first_hour_counts_from_the_start_of_the_ticket():
    story = Story()
    story.receives("8:00")
    story.receives("8:01")
    assert [story.receives(f"{clock}").note for clock in ("8:30", "9:00:59", "9:01:00")] == [
        None,
        None,
        "repeat",
    ]


# --- 38 problem again


def test_38_inside_the_window_the_ticket_reopens_with_its_last_second():
    story = Story()
    story.receives("10:00")
    story.receives("10:20", "resolved")
    decision = story.receives("11:20:00")
    assert (decision.action, decision.note, story.alert.count) == ("reopen", "reopened", 2)
    assert story.alert.ticket == Ticket(is_open=True, closed_at=None, started_at=at("10:00"))
    assert "1:00 h after closing" in decision.why


def test_38_a_second_later_it_is_a_new_linked_ticket():
    story = Story()
    story.receives("10:00")
    story.receives("10:20", "resolved")
    decision = story.receives("11:20:01")
    assert (decision.action, decision.follows_old, story.alert.count) == ("create", True, 1)


def test_38_the_ticket_still_open_takes_it_back_whatever_the_time():
    story = Story(untouched=False)
    story.receives("10:00")
    story.receives("10:20", "resolved")
    decision = story.receives("23:00")
    assert (decision.action, decision.note, story.alert.count) == ("resume", "reopened", 2)
    assert story.alert.state == "open"


def test_38_zero_minutes_means_never():
    story = Story(settings=Settings(reopen_minutes=0))
    story.receives("10:00")
    story.receives("10:20", "resolved")
    assert story.receives("10:20").action == "create"


def test_38_after_staff_closed_the_ticket_a_repeat_is_a_problem_again():
    story = Story()
    story.receives("10:00")
    story.staff_closes("10:30")
    assert story.receives("10:31").action == "reopen"
    story.staff_closes("10:40")
    assert story.receives("11:41").action == "create"


def test_38_a_cancelled_ticket_is_left_alone():
    story = Story()
    story.receives("10:00")
    story.staff_closes("10:30")
    story.ticket(is_cancelled=True)
    decision = story.receives("10:31")
    assert (decision.action, decision.follows_old) == ("create", False)


def test_38_reopening_wins_over_severity_and_raises_with_it():
    story = Story()
    story.receives("10:00", severity="medium")
    story.receives("10:20", "resolved")
    decision = story.receives("10:25", severity="critical")
    assert (decision.note, decision.raises_to) == ("reopened", "critical")


# --- 40 recovery


def test_40_a_recovery_resolves_with_one_note_and_keeps_the_severity():
    story = Story()
    story.receives("10:00", severity="critical")
    decision = story.receives("10:20", "resolved")
    assert (decision.action, decision.note) == ("resolve", "recovered")
    assert (story.alert.state, story.alert.severity) == ("resolved", "critical")


def test_40_with_its_ticket_closed_only_the_log_says_so():
    story = Story()
    story.receives("10:00")
    story.ticket(is_open=False, closed_at=at("10:10"))
    decision = story.receives("10:20", "resolved")
    assert (decision.action, decision.note) == ("resolve", None)


def test_40_a_second_recovery_does_nothing():
    story = Story()
    story.receives("10:00")
    story.receives("10:20", "resolved")
    decision = story.receives("10:21", "resolved")
    assert (decision.action, decision.note) == ("keep", None)


# --- 41 recovery before its problem


def test_41_a_problem_that_was_over_before_it_arrived_makes_no_ticket():
    story = Story()
    assert story.receives("10:05", "resolved", own="10:04").action == "keep"
    decision = story.receives("10:06", own="10:00")
    assert decision.action == "store_resolved"
    assert (story.alert.state, story.alert.count, story.alert.ticket) == ("resolved", 1, None)


def test_41_a_problem_later_than_the_recovery_is_a_new_one():
    story = Story()
    story.receives("10:05", "resolved", own="10:04")
    assert story.receives("10:06", own="10:05:30").action == "create"


@pytest.mark.parametrize(
    ("recovery", "problem", "received", "action"),
    [
        ("10:04", "10:04", "10:06", "store_resolved"),
        ("10:04", "10:00", "11:05:00", "store_resolved"),
        ("10:04", "10:00", "11:05:01", "create"),
        (None, "10:00", "10:06", "create"),
        ("10:04", None, "10:06", "create"),
    ],
    ids=[
        "same second",
        "last second kept",
        "kept no longer",
        "recovery without time",
        "problem without time",
    ],
)
def test_41_times_decide_only_where_both_have_one(recovery, problem, received, action):
    story = Story()
    story.receives("10:05", "resolved", own=recovery)
    assert story.receives(received, own=problem).action == action


# --- 42 late recovery


def test_42_a_recovery_older_than_the_newest_problem_resolves_nothing():
    story = Story()
    story.receives("10:00", own="10:00")
    story.receives("10:07", own="10:07")
    decision = story.receives("10:08", "resolved", own="10:05")
    assert (decision.action, decision.note, decision.on_earlier) == ("late", "recovered_late", True)
    assert (story.alert.state, story.alert.count) == ("open", 2)


@pytest.mark.parametrize(
    ("own", "incident", "action"),
    [(None, "", "resolve"), ("10:07", "", "resolve"), ("10:05", "i2", "resolve"), ("10:09", "i1", "late")],
    ids=["no own time", "same second", "incident beats an earlier time", "incident beats a later time"],
)
def test_42_what_counts_as_late(own, incident, action):
    story = Story()
    story.receives("10:00", own="10:00", incident="i1")
    story.receives("10:07", own="10:07", incident="i2")
    assert story.receives("10:08", "resolved", own=own, incident=incident).action == action


# --- 43 severity


def test_43_the_alert_shows_the_last_and_remembers_the_highest():
    story = Story()
    story.receives("10:00", severity="medium")
    raised = [
        story.receives(clock, severity=severity).raises_to
        for clock, severity in [("10:01", "critical"), ("10:02", "low"), ("10:03", "critical")]
    ]
    assert raised == ["critical", None, None]
    assert story.notes == ["severity"] * 3
    assert (story.alert.severity, story.alert.highest, story.alert.count) == ("critical", "critical", 4)


# --- 48 triage, suppressed


def test_48_an_unknown_customer_waits_counted_and_without_ticket():
    story = Story(triage="customer 'x' is not mapped")
    decision = story.receives("10:00")
    assert (decision.action, story.alert.ticket) == ("triage", None)
    assert "not mapped" in decision.why
    assert story.receives("12:00").note is None
    assert story.alert.count == 2
    assert story.receives("12:10", "resolved").note is None


def test_suppressed_alerts_are_counted_without_ticket_and_recover():
    story = Story(suppress="asset is archived")
    assert story.receives("10:00").action == "suppress"
    story.receives("10:01")
    assert (story.alert.state, story.alert.count) == ("suppressed", 2)
    story.receives("10:02", "resolved")
    assert story.alert.state == "resolved"


def test_a_condition_that_had_no_ticket_starts_anew():
    story = Story(suppress="asset is archived")
    story.receives("10:00")
    story.receives("10:02", "resolved")
    story.suppress = ""
    assert story.receives("10:05").action == "create"


# --- 49 other kinds


def test_49_acknowledgement_is_noted_once_and_lasts_over_repeats():
    story = Story()
    story.receives("10:00")
    assert story.receives("10:01", "ack").note == "acknowledged"
    assert story.receives("10:02", "ack").action == "log"
    story.receives("10:03")
    assert story.alert.state == "acknowledged"


def test_49_acknowledgement_of_nothing_is_only_stored():
    assert Story().receives("10:01", "ack").action == "log"


def test_49_an_update_makes_a_lost_first_message_good():
    story = Story()
    assert story.receives("10:00", "update").action == "create"
    assert story.receives("10:01", "update").action == "append"


@pytest.mark.parametrize("kind", ["heartbeat", "handshake", "ignore"])
def test_49_the_rest_is_stored_and_nothing_else(kind):
    story = Story()
    assert story.receives("10:00", kind).action == "log"
    assert story.alert is None


# --- read late: a failed message is replayed after younger ones


def test_a_replayed_problem_that_is_over_meanwhile_makes_no_ticket():
    story = Story()
    assert story.receives("11:00", "resolved").action == "keep"
    decision = story.receives("10:00")
    assert (decision.action, story.alert.state, story.alert.ticket) == ("store_resolved", "resolved", None)
    assert "received 11:00:00" in decision.why


@pytest.mark.parametrize(
    ("problem", "recovery", "action"),
    [("10:00", "10:30", "store_resolved"), ("10:00", "9:30", "create"), (None, "9:30", "store_resolved")],
    ids=["its recovery", "a recovery of something earlier", "no time of its own"],
)
def test_own_times_say_whose_recovery_it_was(problem, recovery, action):
    story = Story()
    story.receives("11:00", "resolved", own=recovery)
    assert story.receives("10:00", own=problem).action == action


def test_a_replayed_problem_opens_no_ticket_that_was_closed_after_it():
    story = Story()
    story.receives("10:30")
    story.staff_closes("11:00")
    decision = story.receives("10:00", severity="critical")
    assert (decision.action, decision.note, decision.raises_to) == ("append", None, None)
    assert (story.alert.state, story.alert.count, story.alert.ticket.is_open) == ("resolved", 2, False)
    assert story.alert.last_seen_at == at("10:30")
    assert story.receives("11:30").action == "reopen"


def test_a_replayed_problem_older_than_the_recovery_is_only_counted():
    story = Story(untouched=False)
    story.receives("10:30")
    story.receives("11:00", "resolved")
    assert story.receives("10:45").action == "append"
    assert story.alert.state == "resolved"


def test_a_replayed_recovery_ends_no_younger_problem():
    story = Story()
    story.receives("14:00")
    decision = story.receives("10:00", "resolved")
    assert (decision.action, decision.on_earlier, story.alert.state) == ("late", True, "open")


def test_a_replayed_repeat_changes_neither_the_last_severity_nor_the_last_time():
    story = Story()
    story.receives("14:00", severity="medium")
    decision = story.receives("10:00", severity="low")
    assert (decision.action, decision.note) == ("append", None)
    assert (story.alert.severity, story.alert.last_seen_at) == ("medium", at("14:00"))
    decision = story.receives("11:00", severity="critical")
    assert (decision.note, decision.raises_to) == ("severity", "critical")
    assert (story.alert.severity, story.alert.highest) == ("medium", "critical")


# --- a ticket that went away without a word


def test_a_live_alert_whose_ticket_is_gone_is_a_problem_again():
    story = Story()
    story.receives("10:00")
    story.ticket(is_open=False, is_cancelled=True)  # archived
    assert story.receives("10:10").action == "create"
    story.ticket(is_open=False)  # closed, nobody knows when: its stage became a closing one
    decision = story.receives("10:20")
    assert (decision.action, decision.follows_old) == ("create", True)


# --- properties

messages = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from(["critical", "medium", "info"]),
        st.none() | st.integers(0, 300),
        st.booleans(),
    ),
    max_size=30,
)


@given(messages)
def test_any_order_of_messages_keeps_the_books(played):
    """One note at most a message, the count is that of the problem messages since the alert began, highest holds."""
    story = Story()
    for minute, (kind, severity, own, untouched) in enumerate(played):
        story.untouched = untouched
        before = story.alert
        decision = story.receives(
            f"{8 + minute // 6}:{minute * 10 % 60}",
            kind,
            severity=severity,
            own=None if own is None else f"{8 + own // 60}:{own % 60}",
        )
        assert decision.why
        after = story.alert
        if kind in ("problem", "update"):
            fresh = decision.action in ("create", "store_resolved")
            assert after.count == (1 if fresh else before.count + 1)
            assert after.severity == severity
        elif before is not None:
            assert (after.count, after.severity, after.highest) == (
                before.count,
                before.severity,
                before.highest,
            )
        if decision.action == "create":
            assert before is None or not before.is_live
