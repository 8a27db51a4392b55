from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.psa_crm.exceptions import AppendOnlyError

from .common import DAY, PsaAlertsCase, at

PROCESS = "odoo.addons.psa_alerts.models.psa_alert_event_process"


@tagged("post_install", "-at_install")
class TestAlertEvent(PsaAlertsCase):
    """Stored messages: what was written stays, what fails can be replayed, what is poison stops nobody."""

    def _pending(self, **values):
        self._say("10:00", process=False, **values)
        return self.events.search([], limit=1)

    def test_what_came_in_is_never_written_again(self):
        event = self._pending()
        for name, value in (
            ("body", "x"),
            ("received_at", at("9:00")),
            ("delivery_id", "x"),
            ("source_id", 1),
        ):
            with self.subTest(name), self.assertRaises(AppendOnlyError):
                event.sudo()[name] = value
        with self.assertRaises(AppendOnlyError):
            event.sudo().unlink()

    def test_the_result_is_booked_with_its_reason(self):
        alert = self._say("10:00", severity="Blurple", occurred_at="2026-03-02T09:59:00+00:00")
        event = alert.event_ids
        self.assertRecordValues(
            event,
            [
                {
                    "state": "done",
                    "kind": "problem",
                    "severity": "high",
                    "correlation_key": "key|disk",
                    "occurred_at": at("9:59"),
                    "received_at": at("10:00"),
                    "processed_at": at("10:00"),
                    "action": "create",
                    "decision": "first message of this condition",
                    "rule": "D10.38",
                    "problem": False,
                }
            ],
        )
        self.assertIn("severity 'Blurple' is not known", event.warnings)

    def test_a_message_that_says_nothing_fails_with_the_reason(self):
        self._deliver({"severity": "high"})
        self._process()
        event = self.events.search([], limit=1)
        self.assertEqual(event.state, "failed")
        self.assertEqual(event.problem, "an object names neither key nor device nor title")

    def test_a_poisonous_event_stops_no_other(self):
        prepare = type(self.alerts)._prepare_ticket_values

        def fail_on_poison(alert):
            if alert.name == "poison":
                raise UserError("The queue is full of snakes.")
            return prepare(alert)

        self.patch(type(self.alerts), "_prepare_ticket_values", fail_on_poison)
        self._say("10:00", process=False, key="a")
        poison = self._pending(key="b", title="poison")
        self._say("10:00", process=False, key="c")
        with mute_logger(PROCESS):
            self._process()
        self.assertEqual(poison.state, "failed")
        self.assertIn("full of snakes", poison.problem)
        self.assertFalse(self._alert("b"))
        self.assertTrue(self._alert("a").ticket_id and self._alert("c").ticket_id)

    def test_replay_processes_a_failed_event_by_the_settings_of_today(self):
        broken = patch.object(type(self.alerts), "_prepare_ticket_values", lambda alert: {"no_such_field": 1})
        with broken, mute_logger(PROCESS):
            self._say("10:00")
        event = self.events.search([], limit=1)
        self.assertEqual(event.state, "failed")
        self.env["ir.cron.trigger"].search([]).unlink()
        event.with_user(self.alert_manager).action_replay()
        self.assertEqual(event.state, "pending")
        self.assertTrue(self.env["ir.cron.trigger"].search_count([]))
        self._process("11:00")
        self.assertEqual((event.state, event.problem), ("done", False))
        self.assertEqual(self._alert().ticket_id.psa_started_at, at("10:00"))

    def test_replay_leaves_alone_what_did_not_fail(self):
        event = self._say("10:00").event_ids
        event.with_user(self.alert_manager).action_replay()
        self.assertEqual(event.state, "done")

    def test_a_technician_replays_nothing(self):
        self._deliver({"severity": "high"})
        self._process()
        with self.assertRaises(AccessError):
            self.events.search([], limit=1).with_user(self.technician).action_replay()

    def test_each_element_of_a_message_has_a_row_of_its_own(self):
        self._deliver(
            [
                {"id": "e1", "key": "a", "title": "A", "customer": "harbor-dental"},
                {"severity": "low"},
                {"id": "e3", "key": "c", "title": "C", "customer": "harbor-dental"},
            ]
        )
        self._process()
        message = self.events.search([("parent_id", "=", False)], limit=1)
        self.assertEqual((message.state, message.kind), ("done", "group"))
        self.assertEqual(message.decision, "3 elements, 0 of them delivered before")
        self.assertEqual(message.child_ids.sorted("element").mapped("state"), ["done", "failed", "done"])
        self.assertEqual(self._alert("a").event_ids.delivery_id, "id:e1")

    def test_an_element_delivered_before_counts_once_alone_or_in_a_list(self):
        self._say("10:00", id="e1", key="a")
        self._deliver(
            [{"id": "e1", "key": "a", "title": "A"}, {"id": "e2", "key": "b", "title": "B"}], "10:05"
        )
        self._deliver([{"id": "e2", "key": "b", "title": "B"}], "10:10")
        self._process("10:10")
        self.assertEqual(self._alert("a").occurrence_count, 1)
        self.assertEqual(self._alert("b").occurrence_count, 1)
        messages = self.events.search([("kind", "=", "group")], order="id")
        self.assertEqual(messages.mapped("state"), ["done", "duplicate"])

    def test_a_failed_element_is_replayed_alone(self):
        self._deliver([{"key": "a", "title": "A"}, {"severity": "low"}])
        self._process()
        failed = self.events.search([("state", "=", "failed")])
        failed.with_user(self.alert_manager).action_replay()
        self._process("10:10")
        self.assertEqual((failed.state, failed.element), ("failed", 2))
        self.assertEqual(self._alert("a").occurrence_count, 1)

    def test_messages_are_taken_in_the_order_of_their_receipt_also_beside_groups(self):
        self._deliver([{"key": "disk", "title": "D"}, {"key": "other", "title": "O"}], "10:00")
        self._say("10:01", "resolved", process=False)
        self._process("10:01")
        self.assertEqual(self._alert().state, "resolved")

    def test_bodies_are_let_go_after_their_time_and_rows_stay(self):
        self._say("10:00")
        pending = self._pending(key="later")
        event = self._alert().event_ids
        with freeze_time(DAY + timedelta(days=400)):
            self.events._gc_bodies()
        self.assertTrue(event.body)
        with freeze_time(DAY + timedelta(days=402)):
            self.assertEqual(self.events._gc_bodies(), (1, False))
        self.assertFalse(event.body)
        self.assertTrue(pending.body)
        self.assertEqual(event.decision, "first message of this condition")

    def test_the_retention_is_a_setting(self):
        self._say("10:00")
        settings = self.env["res.config.settings"].create({"psa_alert_body_days": 10})
        settings.execute()
        with freeze_time(DAY + timedelta(days=12)):
            self.events._gc_bodies()
        self.assertFalse(self._alert().event_ids.body)

    def test_a_conflict_with_somebody_else_leaves_the_event_pending(self):
        event = self._pending()
        calls = []

        def conflict(events):
            calls.append(1)
            raise SerializationFailure("could not serialize access")

        self.patch(type(self.events), "_process_together", conflict)
        with self.assertRaises(SerializationFailure):
            self.events._process_batch()
        self.assertEqual((event.state, calls), ("pending", [1]))
