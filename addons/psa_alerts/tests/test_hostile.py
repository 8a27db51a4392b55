import json
import random

from odoo.tests import tagged

from .common import PsaAlertsCase, at

GROUP = {"status": "firing", "version": "4", "groupKey": "{}:{}"}


@tagged("post_install", "-at_install")
class TestHostileInput(PsaAlertsCase):
    """What monitoring systems and strangers really send: nothing falls over, nothing is lost, nothing is guessed."""

    def _element(self, fingerprint="f1", status="firing", **labels):
        return {
            "status": status,
            "fingerprint": fingerprint,
            "labels": {"alertname": "NodeDown", "client": "cobalt-freight", "severity": "critical", **labels},
            "startsAt": "2026-03-02T09:00:00Z",
            "endsAt": "2026-03-02T09:30:00Z" if status == "resolved" else "0001-01-01T00:00:00Z",
        }

    def _group(self, *elements, clock="10:00", **values):
        answer = self._deliver(
            {**GROUP, "alerts": list(elements), **values}, clock, token=self.prometheus_token
        )
        self._process(clock)
        return answer

    def _of_prometheus(self):
        return self.alerts.search([("source_id", "=", self.prometheus.id)], order="id")

    def test_a_group_with_mixed_states_and_left_out_alerts(self):
        self._group(self._element("f1"), self._element("f2"), clock="9:00")
        self._group(
            self._element("f1", "resolved"), self._element("f2"), self._element("f3"),
            clock="9:31", truncatedAlerts=12,
        )  # fmt: skip
        alerts = self._of_prometheus()
        self.assertEqual(alerts.mapped("state"), ["resolved", "open", "open"])
        self.assertEqual(alerts.mapped("occurrence_count"), [1, 2, 1])
        self.assertIn("left out 12 alerts", alerts[2].event_ids.warnings)
        self.assertIn("left out 12 alerts", alerts[2].ticket_id.description)
        self.assertEqual(alerts.ticket_id.mapped("psa_is_open"), [False, True, True])

    def test_by_group_key_it_is_one_alert_until_all_is_over(self):
        self.prometheus.group_by = "group"
        self._group(self._element("f1"), self._element("f2"), clock="9:00")
        self._group(self._element("f1", "resolved"), self._element("f2"), clock="9:10")
        alert = self._of_prometheus()
        self.assertEqual((len(alert), alert.state, alert.occurrence_count), (1, "open", 2))
        self._group(self._element("f1", "resolved"), self._element("f2", "resolved"), clock="9:31")
        self.assertEqual(alert.state, "resolved")

    def test_a_cut_group_that_lists_no_firing_alert_closes_nothing(self):
        self.prometheus.group_by = "group"
        labels = {"commonLabels": {"client": "cobalt-freight"}}
        self._group(self._element("f1"), self._element("f2"), clock="9:00", **labels)
        self._group(self._element("f1", "resolved"), clock="9:10", truncatedAlerts=12, **labels)
        alert = self._of_prometheus()
        self.assertEqual((alert.state, alert.ticket_id.psa_is_open), ("open", True))
        self.assertIn("left out 12 alerts", self.events.search([], limit=1).warnings)

    def test_identical_repeats_of_alertmanager_hours_apart_count_and_quick_ones_do_not(self):
        self._group(self._element(), clock="10:00:00")
        self.assertEqual(self._group(self._element(), clock="10:00:05").text, "duplicate")
        self._group(self._element(), clock="14:00:00")
        self.assertEqual(self._of_prometheus().occurrence_count, 2)

    def test_n04_what_is_no_object_is_named_and_its_neighbours_live(self):
        self._deliver([3, None, "x", {"key": "a", "title": "A", "customer": "harbor-dental"}, []])
        self._process()
        self.assertTrue(self._alert("a").ticket_id)
        self.assertEqual(self.events.search_count([("state", "=", "failed")]), 4)

    def test_n12_control_characters_never_reach_the_database(self):
        self._deliver(
            b'{"key": "disk", "title": "a\\u0000b\\u0007c\\ud800d", "customer": "harbor-dental", "text": "\x00"}'
        )
        self._process()
        self.assertEqual(self._alert().name, "abcd")
        self.assertTrue(self._alert().ticket_id)

    def test_n13_a_look_alike_finds_no_other_customers_asset(self):
        tricked = self._say("10:00", customer=None, device="H\u200bDT-DC01")
        self.assertEqual(tricked.asset_id, self.harbor_server)
        fake = self._say("10:00", key="fake", customer=None, device="НDT-DC01")  # Cyrillic letter
        self.assertTrue(fake.is_in_triage)

    def test_n09_to_n11_texts_of_all_encodings_arrive(self):
        text = json.dumps({"key": "k", "title": "Müller", "customer": "harbor-dental"}, ensure_ascii=False)
        for number, (raw, charset) in enumerate(
            [
                (text.encode(), ""),
                (b"\xff\xfe" + text.encode("utf-16-le"), ""),
                (text.encode("latin-1"), "latin-1"),
            ]
        ):
            self._deliver(raw, f"10:0{number}", charset=charset)
        self._process()
        self.assertEqual((self._alert("k").name, self._alert("k").occurrence_count), ("Müller", 3))

    def test_n22_n24_odd_severities_and_states_are_kept_and_never_lower_than_the_default(self):
        for number, severity in enumerate([None, "", "Blurple", 7, {}, [], 0, False, "Kritisch"]):
            alert = self._say("10:00", key=f"k{number}", severity=severity)
            self.assertEqual(alert.severity, "high")

    def test_n29_a_recovery_of_something_never_seen_is_only_logged(self):
        self._say("10:00", "resolved")
        self.assertFalse(self._alert())
        self.assertEqual(self.events.search([], limit=1).state, "done")

    def test_n41_the_senders_clock_starts_nothing(self):
        for number, moment in enumerate(
            ["2026-03-02T13:00:00Z", "1970-01-01T00:00:00Z", "2026-03-02T09:00:00"]
        ):
            alert = self._say("10:00:07", key=f"k{number}", occurred_at=moment)
            self.assertEqual(alert.ticket_id.psa_started_at, at("10:00:07"))

    def test_long_texts_are_cut_and_make_a_ticket(self):
        alert = self._say("10:00", title="t" * 5000, text="x" * 50_000)
        self.assertEqual((len(alert.ticket_id.name), len(alert.body)), (250, 6000))
        self._say("10:00", key="k" * 5000)
        self._say("10:01", key="k" * 5000)
        long = self.alerts.search([("correlation_key", "=like", "key|kkk%")])
        self.assertEqual((len(long), long.occurrence_count), (1, 2))

    def test_whatever_is_sent_every_message_has_a_row_with_an_end(self):
        draw = random.Random(7)  # noqa: S311  (no secret: junk that is the same in every run)
        junk = [None, True, 0, -1, 1.5, "", "x", "\u202e", [], {}, [{}], {"a": {"b": []}}, "resolved", 10**30]
        names = (
            "id",
            "key",
            "state",
            "severity",
            "title",
            "text",
            "customer",
            "device",
            "occurred_at",
            "url",
        )
        labels = ("status", "labels", "annotations", "fingerprint", "startsAt", "endsAt", "generatorURL")
        accepted = 0
        for number in range(120):
            generic = [
                {name: draw.choice(junk) for name in draw.sample(names, draw.randint(0, 8))}
                for _one in range(draw.randint(0, 3))
            ]
            elements = [{name: draw.choice(junk) for name in draw.sample(labels, 4)} for _one in range(2)]
            clock = f"10:{number // 60:02d}:{number % 60:02d}"
            accepted += self._deliver(generic, clock).text == "accepted"
            accepted += (
                self._deliver({"alerts": elements}, clock, token=self.prometheus_token).text == "accepted"
            )
        self._process("11:00")
        messages = self.events.search([("parent_id", "=", False)])
        self.assertEqual(len(messages), accepted)
        self.assertFalse(self.events.search([("state", "=", "pending")]))
        self.assertTrue(all(event.problem for event in messages if event.state == "failed"))
