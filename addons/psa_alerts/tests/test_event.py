from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.psa_crm.exceptions import AppendOnlyError

from ..logic import parsers
from ..logic.parsers import Unreadable
from ..models import psa_alert_event_read
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

    def _poison(self):
        """Let tickets of alerts named "poison" fail, until the returned patch is stopped."""
        prepare = type(self.alerts)._prepare_ticket_values

        def fail_on_poison(alert):
            if alert.name == "poison":
                raise UserError("The queue is full of snakes.")
            return prepare(alert)

        patcher = patch.object(type(self.alerts), "_prepare_ticket_values", fail_on_poison)
        patcher.start()
        self.addCleanup(patcher.stop)
        return patcher

    def test_a_poisonous_element_stops_no_neighbour_and_is_replayed_alone(self):
        poison = self._poison()
        self._deliver(
            [
                {"key": "a", "title": "A", "customer": "harbor-dental"},
                {"key": "b", "title": "poison", "customer": "harbor-dental"},
                {"key": "c", "title": "C", "customer": "harbor-dental"},
            ]
        )
        with mute_logger(PROCESS):
            self._process()
        message = self.events.search([("parent_id", "=", False)], limit=1)
        self.assertEqual(message.state, "done")
        elements = message.child_ids.sorted("element")
        self.assertEqual(elements.mapped("state"), ["done", "failed", "done"])
        self.assertTrue(self._alert("a").ticket_id and self._alert("c").ticket_id)
        self.assertFalse(self._alert("b"))
        poison.stop()
        elements[1].with_user(self.alert_manager).action_replay()
        self._process("10:10")
        self.assertEqual(elements.mapped("state"), ["done"] * 3)
        self.assertTrue(self._alert("b").ticket_id)
        self.assertEqual(self._alert("a").occurrence_count, 1)

    def test_a_message_of_many_elements_is_processed_in_pieces_and_in_order(self):
        elements = [{"key": f"k{number}", "title": "T"} for number in range(119)]
        self._deliver([*elements, {"key": "disk", "title": "D"}])
        self._say("10:01", "resolved", process=False)
        with freeze_time(at("10:02")):
            self.assertEqual([self.events._process_batch(50) for _batch in range(4)], [50, 50, 21, 0])
        self.assertEqual(self._alert().state, "resolved")
        self.assertEqual(self.alerts.search_count([("source_id", "=", self.source.id)]), 120)

    def test_a_batch_reads_no_more_text_than_it_may(self):
        self.patch(psa_alert_event_read, "BATCH_BYTES", 300)
        for number in range(4):
            self._say("10:00", process=False, key=f"k{number}", text="x" * 100)
        self.assertEqual([self.events._process_batch() for _batch in range(5)], [1, 1, 1, 1, 0])

    def test_what_kills_the_worker_is_taken_alone_and_failed_in_the_end(self):
        deadly = self._pending(key="a")
        other = self._pending(key="b")
        with self._without_commits():
            limits = [self.events._begin_batch() for _death in range(6)]
        self.assertEqual(limits, [500, 62, 7, 1, 1, 500])
        self.assertEqual((deadly.state, other.state), ("failed", "pending"))
        self.assertIn("died several times", deadly.problem)
        deadly.with_user(self.alert_manager).action_replay()
        self.assertEqual((deadly.state, deadly.tries), ("pending", 0))

    def test_a_run_that_others_were_in_the_way_of_is_no_death(self):
        event = self._pending()
        with self._without_commits():
            with patch.object(type(self.events), "_process_batch_with_patience", lambda _events, _limit: 0):
                self.events._cron_process()
            self.assertEqual((event.state, event.tries), ("pending", 0))
            self.events._cron_process()
        self.assertEqual(event.state, "done")

    def _without_commits(self):
        return patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_done, **_left: 60.0)

    def test_nothing_overtakes_what_somebody_else_holds(self):
        first, second, third = (self._pending(key=key) for key in "abc")
        lock = type(self.events).try_lock_for_update
        held = first

        def lock_others(events, **options):
            return lock(events - held, **options)

        with patch.object(type(self.events), "try_lock_for_update", lock_others):
            self.assertEqual(self.events._process_batch(), 0)
            held = second
            self.assertEqual(self.events._process_batch(), 1)
        self.assertEqual((first | second | third).mapped("state"), ["done", "pending", "pending"])

    def test_what_the_door_repaired_is_said_beside_what_the_parser_guessed(self):
        self._deliver('{"title": "Müller", "customer": "harbor-dental"}'.encode("latin-1"))
        self._process()
        warnings = self.events.search([], limit=1).warnings.split("\n")
        self.assertEqual(warnings, ["encoding repaired", "derived key"])

    def test_an_element_is_read_as_one_whatever_the_source_says_later(self):
        elements = [
            {
                "status": "firing",
                "fingerprint": name,
                "labels": {"alertname": name, "client": "harbor-dental"},
            }
            for name in ("a", "poison")
        ]
        for element in elements:
            element["annotations"] = {"summary": element["fingerprint"]}
        poison = self._poison()
        self._deliver({"alerts": elements}, token=self.prometheus_token)
        with mute_logger(PROCESS):
            self._process()
        failed = self.events.search([("state", "=", "failed")])
        poison.stop()
        self.prometheus.group_by = "group"
        failed.with_user(self.alert_manager).action_replay()
        self._process("10:10")
        self.assertEqual((failed.state, failed.alert_id.name), ("done", "poison"))

    def test_an_element_that_is_not_there_any_more_fails_alone(self):
        self._deliver([{"key": "a", "title": "A"}, {"severity": "low"}])
        self._process()
        failed = self.events.search([("state", "=", "failed")])
        failed.with_user(self.alert_manager).action_replay()
        with patch.object(parsers, "parse", lambda *_arguments: [Unreadable("nothing")]):
            self._process("10:10")
        self.assertIn("no element 2", failed.problem)

    def test_a_replayed_problem_that_is_over_meanwhile_makes_no_ticket(self):
        poison = self._poison()
        with mute_logger(PROCESS):
            self._say("10:00", title="poison")
        self._say("11:00", "resolved")
        poison.stop()
        event = self.events.search([("state", "=", "failed")])
        event.with_user(self.alert_manager).action_replay()
        self._process("15:00")
        self.assertEqual((event.state, event.action), ("done", "store_resolved"))
        self.assertEqual((self._alert().state, self._alert().ticket_id.id), ("resolved", False))

    def test_a_replayed_problem_opens_no_ticket_that_was_closed_after_it(self):
        poison = self._poison()
        with mute_logger(PROCESS):
            self._say("10:00", title="poison")
        poison.stop()
        alert = self._say("10:30")
        with freeze_time(at("11:00")):
            alert.ticket_id.with_user(self.technician).action_close()
        event = self.events.search([("state", "=", "failed")])
        event.with_user(self.alert_manager).action_replay()
        self._process("11:30")
        self.assertEqual(
            (alert.state, alert.occurrence_count, alert.last_seen_at), ("resolved", 2, at("10:30"))
        )
        self.assertFalse(alert.ticket_id.psa_is_open)

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

        def conflict(_events, _statements):
            calls.append(1)
            raise SerializationFailure("could not serialize access")

        self.patch(type(self.events), "_act", conflict)
        with self.assertRaises(SerializationFailure):
            self.events._process_batch()
        self.assertEqual((event.state, calls), ("pending", [1]))
