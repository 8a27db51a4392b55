"""psa_alerts/logic/parsers: alertmanager, generic and what they share (common)."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.psa_alerts.logic.body import read_json
from odoo.addons.psa_alerts.logic.event import KINDS, Event, Ref
from odoo.addons.psa_alerts.logic.parsers import (
    MAX_ELEMENTS,
    MessageProblem,
    SourceSettings,
    Unreadable,
    delivery_id,
    parse,
)
from odoo.addons.psa_alerts.logic.parsers.common import key_of, read_time, safe_url

SAMPLES = Path(__file__).parent / "samples"
PLAIN = SourceSettings()
BY_GROUP = SourceSettings(group_by="group")


def sample(name):
    return read_json((SAMPLES / f"{name}.json").read_text()).root


def facts(event):
    return event.kind, event.correlation_key, event.severity, event.client.id, event.device.id


# --- Alertmanager


def test_alertmanager_problem():
    (event,) = parse("alertmanager", sample("alertmanager_problem"), PLAIN)
    assert event == Event(
        kind="problem",
        correlation_key="8c1d5e2fa0b34477",
        title="COB-WEB1 does not answer",
        severity="critical",
        raw_severity="critical",
        body="No scrape of COB-WEB1 has worked for two minutes.\n"
        "runbook_url: https://wiki.brightwater.example/node-down",
        device=Ref("COB-WEB1:9100", "COB-WEB1"),
        client=Ref("cobalt-freight", "cobalt-freight"),
        condition="NodeDown",
        occurred_at=datetime(2026, 11, 18, 20, 4, 31),
        url="https://prometheus.brightwater.example/graph?g0.expr=up+%3D%3D+0",
        tags=(("client", "cobalt-freight"), ("instance", "COB-WEB1:9100"), ("job", "node")),
    )


def test_a_recovery_has_the_key_of_its_problem_its_own_time_and_no_severity():
    (problem,) = parse("alertmanager", sample("alertmanager_problem"), PLAIN)
    (recovery,) = parse("alertmanager", sample("alertmanager_recovered"), PLAIN)
    assert recovery.kind == "resolved"
    assert recovery.correlation_key == problem.correlation_key
    assert recovery.occurred_at == datetime(2026, 11, 18, 20, 31, 1)
    assert recovery.severity is None


def test_n36_elements_of_a_mixed_group_go_by_their_own_status():
    events = parse("alertmanager", sample("alertmanager_mixed_group"), PLAIN)
    assert [facts(event) for event in events] == [
        ("problem", "21aa43bb65cc87dd", "critical", "cobalt-freight", "COB-WEB2:9100"),
        ("resolved", "8c1d5e2fa0b34477", None, "cobalt-freight", "COB-WEB1:9100"),
        ("problem", "77ee55dd33cc11bb", "critical", "cobalt-freight", "COB-WEB3:9100"),
    ]
    assert all("Alertmanager left out 12 alerts of this group" in event.warnings for event in events)


def test_the_recorded_messages_of_a_real_alertmanager():
    """Two messages recorded from Alertmanager 0.25 (no notification_reason, no routeLabels), renamed for us.

    Customer, machine and texts are those of our examples; the fingerprint is still that of the recorded labels.
    """
    recorded = json.loads((SAMPLES / "alertmanager_recorded.json").read_text())
    (problem,), (recovery,) = (parse("alertmanager", message["body"], PLAIN) for message in recorded)
    assert facts(problem) == ("problem", "52b31244573d4185", "critical", "cobalt-freight", "COB-WEB1:9100")
    assert facts(recovery) == ("resolved", "52b31244573d4185", None, "cobalt-freight", "COB-WEB1:9100")
    assert problem.title == "COB-WEB1:9100 is down"
    assert problem.occurred_at < recovery.occurred_at
    assert problem.warnings == recovery.warnings == ()
    assert delivery_id("alertmanager", recorded[0]["body"]) == ""


def test_the_whole_group_as_one_condition():
    root = sample("alertmanager_mixed_group")
    (event,) = parse("alertmanager", root, BY_GROUP)
    assert event.kind == "problem"
    assert event.title == "NodeDown: 2 of 3 firing, 12 not listed"
    assert event.severity == "critical"
    assert "resolved: COB-WEB1 does not answer" in event.body
    (recovery,) = parse("alertmanager", sample("alertmanager_recovered"), BY_GROUP)
    assert (recovery.kind, recovery.severity) == ("resolved", None)
    assert recovery.correlation_key == event.correlation_key
    assert recovery.title == "NodeDown: all resolved"


def test_a_cut_group_without_a_firing_element_says_nothing_of_those_left_out():
    root = sample("alertmanager_recovered") | {"truncatedAlerts": 12}
    (event,) = parse("alertmanager", root, BY_GROUP)
    assert (event.kind, event.title) == ("ignore", "NodeDown: 0 of 1 firing, 12 not listed")
    (mixed,) = parse("alertmanager", sample("alertmanager_mixed_group"), BY_GROUP)
    assert (mixed.kind, mixed.title) == ("problem", "NodeDown: 2 of 3 firing, 12 not listed")
    assert mixed.body.endswith("Alertmanager left out 12 alerts of this group")
    assert parse("alertmanager", root | {"truncatedAlerts": True}, BY_GROUP)[0].kind == "resolved"


def test_more_labels_than_are_kept_lose_neither_customer_nor_device_nor_severity():
    labels = {f"a{number:02d}": "x" for number in range(55)}
    labels |= {
        "client": "cobalt-freight",
        "instance": "COB-WEB1:9100",
        "severity": "critical",
        "alertname": "Down",
    }
    (event,) = parse("alertmanager", {"alerts": [{"status": "firing", "labels": labels}]}, PLAIN)
    assert (event.client.id, event.device.name, event.severity) == ("cobalt-freight", "COB-WEB1", "critical")
    assert event.title == "Down on COB-WEB1:9100"
    assert len(event.tags) <= 50
    other = {"alerts": [{"status": "firing", "labels": labels | {"zone": "b"}}]}
    assert parse("alertmanager", other, PLAIN)[0].correlation_key != event.correlation_key


@pytest.mark.parametrize("field", ["fingerprint", "groupKey"])
def test_long_keys_of_alertmanager_stay_different(field):
    def key(value):
        element = {"status": "firing", "labels": {"a": "b"}}
        if field == "fingerprint":
            return parse("alertmanager", {"alerts": [element | {field: value}]}, PLAIN)[0].correlation_key
        return parse("alertmanager", {"alerts": [element], field: value}, BY_GROUP)[0].correlation_key

    assert key("x" * 1200 + "1") != key("x" * 1200 + "2")


def test_labels_of_customer_and_device_are_settings():
    root = sample("alertmanager_problem")
    root["alerts"][0]["labels"] |= {"tenant": "harbor-dental", "host": "HDG-SQL02"}
    settings = replace(PLAIN, customer_labels=("tenant", "client"), device_labels=("host",))
    (event,) = parse("alertmanager", root, settings)
    assert (event.client.id, event.device) == ("harbor-dental", Ref("HDG-SQL02", "HDG-SQL02"))


@pytest.mark.parametrize(
    ("labels", "customer"),
    [
        ({"client": "a", "customer": "b", "tenant": "c"}, "a"),
        ({"customer": "b", "tenant": "c"}, "b"),
        ({"tenant": "c"}, "c"),
        ({"client": "", "tenant": "c"}, "c"),
        ({}, ""),
    ],
    ids=["client first", "then customer", "then tenant", "empty is missing", "none"],
)
def test_first_label_that_names_the_customer(labels, customer):
    root = {"alerts": [{"status": "firing", "labels": labels, "fingerprint": "f"}]}
    assert parse("alertmanager", root, PLAIN)[0].client.id == customer


@pytest.mark.parametrize(
    ("label", "device"),
    [
        ("COB-WEB1:9100", Ref("COB-WEB1:9100", "COB-WEB1")),
        ("COB-WEB1", Ref("COB-WEB1", "COB-WEB1")),
        ("https://shop.example/", Ref("https://shop.example/", "https://shop.example/")),
        ("[2001:db8::1]:9100", Ref("[2001:db8::1]:9100", "[2001:db8::1]")),
        ("fe80::1", Ref("fe80::1", "fe80::1")),
    ],
)
def test_the_port_of_the_exporter_is_not_part_of_the_name(label, device):
    root = {"alerts": [{"status": "firing", "labels": {"instance": label}, "fingerprint": "f"}]}
    assert parse("alertmanager", root, PLAIN)[0].device == device


def test_n17_without_fingerprint_the_key_comes_from_the_labels():
    labels = {"alertname": "Disk", "instance": "h"}
    one, other = (
        parse("alertmanager", {"alerts": [{"status": status, "labels": labels}]}, PLAIN)[0]
        for status in ("firing", "resolved")
    )
    assert one.correlation_key == other.correlation_key == "labels|alertname=Disk|instance=h"
    assert "no fingerprint, key derived from the labels" in one.warnings
    assert one.title == "Disk on h"


def test_n22_an_unknown_severity_takes_the_default_and_is_kept():
    root = {"alerts": [{"status": "firing", "labels": {"severity": "Blurple"}, "fingerprint": "f"}]}
    (event,) = parse("alertmanager", root, replace(PLAIN, default_severity="medium"))
    assert (event.severity, event.raw_severity) == ("medium", "Blurple")
    assert event.warnings == ("severity 'Blurple' is not known, the source's default serves",)


@pytest.mark.parametrize(
    ("root", "why"),
    [
        ({}, 'no list "alerts"'),
        ({"alerts": {}}, 'no list "alerts"'),
        ([], 'no list "alerts"'),
        ({"alerts": []}, 'the list "alerts" is empty'),
        ({"alerts": [1, None]}, 'the list "alerts" is empty'),
    ],
)
def test_no_alertmanager_message(root, why):
    with pytest.raises(MessageProblem, match=why):
        parse("alertmanager", root, PLAIN)


def test_unreadable_elements_do_not_harm_their_neighbours():
    events = parse("alertmanager", {"alerts": [7, {"status": "firing", "fingerprint": "f"}]}, PLAIN)
    assert [event.title for event in events] == ["Alert"]
    assert "1 elements were not readable" in events[0].warnings


# --- generic JSON


def test_generic_problem():
    root = sample("generic_problem")
    assert delivery_id("generic", root) == "bk-20261118-0312"
    assert parse("generic", root, PLAIN) == [
        Event(
            kind="problem",
            correlation_key="key|backup/HDG nightly",
            title="Backup HDG nightly failed",
            severity="high",
            raw_severity="high",
            body="Disk full on the repository.\nLast good run: 16 November",
            device=Ref("HDG-SQL02", "HDG-SQL02"),
            client=Ref("harbor-dental", "harbor-dental"),
            condition="backup/HDG nightly",
            occurred_at=datetime(2026, 11, 18, 2, 12, 44),
            url="https://backup.brightwater.example/jobs/7",
            delivery_id="bk-20261118-0312",
        )
    ]


def test_generic_list_has_an_event_and_a_delivery_id_for_each_object():
    root = sample("generic_list")
    assert delivery_id("generic", root) == ""
    events = parse("generic", root, PLAIN)
    assert [(e.delivery_id, e.kind, e.correlation_key) for e in events] == [
        ("a-1", "problem", "derived|omb-app01|cpu above 95 %"),
        ("a-2", "resolved", "derived|omb-app01|cpu above 95 %"),
        ("a-3", "ack", "key|omb-nas01/raid"),
    ]
    assert events[0].warnings == ("derived key",)
    assert [event.severity for event in events] == ["medium", None, None]


def test_n04_elements_that_are_no_objects_are_named_and_skipped():
    root = [{"title": "Disk full"}, 3, {"severity": "low"}]
    first, second, third = parse("generic", root, PLAIN)
    assert first.title == "Disk full"
    assert second == Unreadable("an element is no object")
    assert third == Unreadable("an object names neither key nor device nor title")


@pytest.mark.parametrize(
    "root", [[], [1, 2], {}, [{}]], ids=["empty", "numbers", "empty object", "list of it"]
)
def test_nothing_to_understand(root):
    with pytest.raises(MessageProblem):
        parse("generic", root, PLAIN)


@pytest.mark.parametrize(
    ("state", "kind", "warned"),
    [
        ("problem", "problem", False),
        ("Resolved", "resolved", False),
        ("ack", "ack", False),
        (None, "problem", False),
        (0, "problem", True),
        (False, "problem", True),
        ("False", "problem", True),
        ("", "problem", True),
    ],
)
def test_n24_states_are_words_of_a_table_and_falsy_is_not_missing(state, kind, warned):
    (event,) = parse("generic", {"title": "t", "key": "k", "state": state}, PLAIN)
    assert (event.kind, bool(event.warnings)) == (kind, warned)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1732412345.123, 1732412345.9),
        ("https://m.example/" + "x" * 300 + "1", "https://m.example/" + "x" * 300 + "2"),
        ("a\x07", "a"),
    ],
    ids=["moments of a second", "long links", "invisible characters"],
)
def test_different_ids_are_different_deliveries(one, other):
    roots = [{"id": value, "title": "t"} for value in (one, other)]
    assert delivery_id("generic", roots[0]) != delivery_id("generic", roots[1])
    assert len({event.delivery_id for event in parse("generic", roots, PLAIN)}) == 2


@pytest.mark.parametrize("value", [True, False, None, {}, []])
def test_what_is_no_id_counts_as_none(value):
    assert delivery_id("generic", {"id": value, "title": "t"}) == ""
    assert parse("generic", {"id": value, "title": "t"}, PLAIN)[0].delivery_id == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"key": 1234567.5}, {"key": 1234568.5}),
        ({"key": "k" * 1200 + "1"}, {"key": "k" * 1200 + "2"}),
        ({"title": "t" * 300 + "1"}, {"title": "t" * 300 + "2"}),
        ({"title": "t", "device": "d" * 300 + "1"}, {"title": "t", "device": "d" * 300 + "2"}),
    ],
    ids=["numbers", "long keys", "long titles", "long devices"],
)
def test_different_keys_are_different_conditions(one, other):
    first, second = parse("generic", [one, other], PLAIN)
    assert first.correlation_key != second.correlation_key
    assert len(first.correlation_key) <= 200


def test_a_message_of_too_many_elements_is_refused_as_a_whole():
    with pytest.raises(MessageProblem, match="5001 elements in one message"):
        parse("generic", [{"title": "t"}] * (MAX_ELEMENTS + 1), PLAIN)
    assert len(parse("generic", [{"title": "t"}] * MAX_ELEMENTS, PLAIN)) == MAX_ELEMENTS


# --- common


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-11-18T20:04:31Z", datetime(2026, 11, 18, 20, 4, 31)),
        ("2026-11-18T20:04:31.512Z", datetime(2026, 11, 18, 20, 4, 31)),
        ("2026-11-18T21:04:31.1234567+01:00", datetime(2026, 11, 18, 20, 4, 31)),
        ("2026-11-18 20:04:31+00:00", datetime(2026, 11, 18, 20, 4, 31)),
        (1795377086, datetime(2026, 11, 22, 19, 51, 26)),
        ("2026-11-18T20:04:31", None),
        ("0001-01-01T00:00:00Z", None),
        ("1970-01-01T00:00:00Z", None),
        ("soon", None),
        (True, None),
        (None, None),
        (10**30, None),
        ({}, None),
    ],
)
def test_n41_times(value, moment):
    assert read_time(value) == moment


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("https://x.example/a?b=c", "https://x.example/a?b=c"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//x.example", ""),
        ("http://[", ""),
        (None, ""),
    ],
)
def test_n14_only_web_addresses_become_links(value, url):
    assert safe_url(value) == url


def test_parts_of_a_key_keep_apart_and_long_keys_stay_different():
    assert key_of("a|b", "c") != key_of("a", "b|c")
    long, longer = key_of("x" * 300), key_of("x" * 301)
    assert len(long) == len(longer) == 200
    assert long != longer


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
elements = st.dictionaries(
    st.sampled_from(["status", "labels", "annotations", "startsAt", "fingerprint", "id", "key", "state", "title",
                     "text", "device", "customer", "severity", "occurred_at", "url"]),
    anything,
)  # fmt: skip


@given(st.lists(elements, max_size=3), st.sampled_from([PLAIN, BY_GROUP]))
def test_no_message_makes_a_parser_fall(objects, settings):
    for system, root in (("alertmanager", {"alerts": objects}), ("generic", objects)):
        try:
            events = parse(system, root, settings)
        except MessageProblem:
            continue
        for event in events:
            if isinstance(event, Event):
                assert event.kind in KINDS
                assert event.title
                assert 0 < len(event.correlation_key) <= 200
