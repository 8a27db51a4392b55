"""psa_alerts/logic/reconcile.py: what a source lists against what arrived (row 2.4)."""

from datetime import datetime, timedelta

import pytest

from odoo.addons.psa_alerts.logic.body import read_json
from odoo.addons.psa_alerts.logic.parsers import MessageProblem, SourceSettings, parse
from odoo.addons.psa_alerts.logic.reconcile import (
    Arrived,
    delivery_key,
    is_missed,
    read_listing,
    recovery_body,
)

SETTINGS = SourceSettings()
BEGAN = datetime(2026, 3, 2, 10, 0)


def alertmanager_row(state="active", fingerprint="52b31244573d4185", receivers=("psa",), **values):
    return {
        "labels": {"alertname": "InstanceDown", "severity": "critical", "instance": "web1:9100"},
        "annotations": {"summary": "web1 is down"},
        "startsAt": "2026-03-02T10:00:00.524Z",
        "endsAt": "2026-03-02T10:09:00.000Z",
        "updatedAt": "2026-03-02T10:05:00.000Z",
        "fingerprint": fingerprint,
        "receivers": [{"name": name} for name in receivers],
        "status": {"state": state, "silencedBy": [], "inhibitedBy": []},
        "generatorURL": "http://prometheus/graph",
        **values,
    }


def only(listing):
    [entry] = listing.entries
    return entry


def test_an_entry_is_read_like_the_webhook_of_the_same_alert():
    row = alertmanager_row()
    webhook = {
        "version": "4",
        "status": "firing",
        "alerts": [{**row, "status": "firing", "endsAt": "0001-01-01T00:00:00Z"}],
    }
    [expected] = parse("alertmanager", webhook, SETTINGS)
    entry = only(read_listing("alertmanager", [row], SETTINGS))
    assert entry.event == expected
    assert parse("alertmanager", read_json(entry.body.decode()).root, SETTINGS) == [expected]
    assert (entry.state, entry.key) == ("fires", "52b31244573d4185")


@pytest.mark.parametrize(
    ("state", "expected"), [("active", "fires"), ("suppressed", "quiet"), ("unprocessed", "quiet")]
)
def test_what_is_silenced_lasts_and_is_not_reported(state, expected):
    assert only(read_listing("alertmanager", [alertmanager_row(state)], SETTINGS)).state == expected


def test_of_several_receivers_one_is_ours():
    rows = [
        alertmanager_row(fingerprint="a", receivers=("psa", "chat")),
        alertmanager_row(fingerprint="b", receivers=("chat",)),
    ]
    assert [one.key for one in read_listing("alertmanager", rows, SETTINGS, "psa").entries] == ["a"]
    assert len(read_listing("alertmanager", rows, SETTINGS).entries) == 2


@pytest.mark.parametrize("row", [None, 7, {}, {"labels": {}}, {"labels": [], "fingerprint": "a"}])
def test_an_unreadable_entry_harms_no_other_and_is_counted(row):
    listing = read_listing("alertmanager", [row, alertmanager_row()], SETTINGS)
    assert (len(listing.entries), listing.unreadable) == (1, 1)


@pytest.mark.parametrize(
    ("system", "root"),
    [
        ("alertmanager", {"status": "error"}),
        ("alertmanager", {}),
        ("generic", {}),
        ("generic", [{}] * 5001),
        ("alertmanager", "down"),
    ],
)
def test_what_is_no_list_is_refused(system, root):
    with pytest.raises(MessageProblem):
        read_listing(system, root, SETTINGS)


@pytest.mark.parametrize("system", ["alertmanager", "generic"])
def test_an_empty_list_is_an_answer(system):
    assert read_listing(system, [], SETTINGS).entries == ()


@pytest.mark.parametrize(
    ("state", "expected"),
    [("problem", "fires"), (None, "fires"), ("update", "fires"), ("ack", "quiet"), ("resolved", "over")],
)
def test_the_states_of_any_system(state, expected):
    row = {"key": "disk", "title": "Disk full", "state": state}
    assert only(read_listing("generic", [row], SETTINGS)).state == expected


def test_of_one_condition_the_entry_that_lasts_counts():
    over = {"key": "disk", "title": "Disk full", "state": "resolved"}
    for rows in ([over, {**over, "state": "problem"}], [{**over, "state": "problem"}, over]):
        assert only(read_listing("generic", rows, SETTINGS)).state == "fires"


def test_a_heartbeat_is_no_condition():
    assert read_listing("generic", [{"key": "x", "state": "heartbeat"}], SETTINGS).entries == ()


def generic_entry(state="problem", **values):
    return only(read_listing("generic", [{"key": "disk", "state": state, **values}], SETTINGS))


@pytest.mark.parametrize(
    ("arrived", "missed"),
    [
        (None, True),
        (Arrived(is_live=True), False),
        (Arrived(is_live=True, problem_at=BEGAN - timedelta(days=1)), False),
        # Somebody closed it while it fires: the same occurrence is not taken twice.
        (Arrived(is_live=False, problem_at=BEGAN), False),
        (Arrived(is_live=False, problem_at=BEGAN, ended_by_source=True), False),
        (Arrived(is_live=False, problem_at=BEGAN - timedelta(seconds=1)), True),
        # Without a time to compare.
        (Arrived(is_live=False), False),
        (Arrived(is_live=False, ended_by_source=True), True),
    ],
)
def test_what_was_missed(arrived, missed):
    assert is_missed(generic_entry(occurred_at="2026-03-02T10:00:00Z"), arrived) is missed


@pytest.mark.parametrize("state", ["ack", "resolved"])
def test_only_what_fires_can_be_missed(state):
    assert not is_missed(generic_entry(state), None)


def test_an_occurrence_is_delivered_once():
    first, later = (
        generic_entry(occurred_at=f"2026-03-02T10:00:0{second}Z", text=text)
        for second, text in ((0, "a"), (1, "b"))
    )
    same = generic_entry(occurred_at="2026-03-02T10:00:00Z", text="another text")
    assert delivery_key(first) == delivery_key(same) != delivery_key(later)
    assert delivery_key(generic_entry()) == ""
    assert delivery_key(generic_entry(id="4711", occurred_at="2026-03-02T10:00:00Z")) == ""


@pytest.mark.parametrize("name", ["disk", "a|b", "a\\b", "a\\|b"])
def test_the_end_of_a_condition_has_its_key(name):
    [problem] = parse("generic", {"key": name, "title": "x"}, SETTINGS)
    body = recovery_body("generic", problem.correlation_key)
    [recovery] = parse("generic", read_json(body.decode()).root, SETTINGS)
    assert (recovery.kind, recovery.correlation_key, recovery.occurred_at) == (
        "resolved",
        problem.correlation_key,
        None,
    )


def test_the_end_of_an_alertmanager_condition():
    body = recovery_body("alertmanager", "52b31244573d4185")
    [recovery] = parse("alertmanager", read_json(body.decode()).root, SETTINGS)
    assert (recovery.kind, recovery.correlation_key) == ("resolved", "52b31244573d4185")


@pytest.mark.parametrize(("system", "key"), [("alertmanager", "labels|a=b"), ("generic", "derived|pc|disk")])
def test_a_key_that_cannot_be_said_is_not_ended(system, key):
    assert recovery_body(system, key) is None
