from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PsaAlertsCase, at


@tagged("post_install", "-at_install")
class TestAlertSource(PsaAlertsCase):
    def _rotate(self, clock):
        with freeze_time(at(clock)):
            return self.source._rotate_secret()

    def _status(self, token, clock):
        return self._deliver({"title": "x", "id": f"{token[:4]}{clock}"}, clock, token=token).status

    def test_the_secret_is_kept_nowhere(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM psa_alert_secret WHERE source_id = %s", [self.source.id])
        stored = str(self.env.cr.fetchall())
        self.assertIn(self.token[:12], stored)
        self.assertNotIn(self.token[12:], stored)

    def test_the_same_secret_twice_has_two_hashes(self):
        secrets = self.env["psa.alert.secret"]
        self.assertNotEqual(secrets._hash(self.token, "salt one"), secrets._hash(self.token, "salt two"))

    def test_nobody_reads_salt_or_hash(self):
        secret = self.source.secret_ids.with_user(self.alert_manager)
        self.assertEqual(secret.prefix, self.token[:12])
        for field in ("salt", "digest"):
            with self.subTest(field=field), self.assertRaises(AccessError):
                secret.read([field])

    def test_the_address_is_shown_once_and_not_stored(self):
        action = self.source.with_user(self.alert_manager).action_new_address()
        token = action["context"]["psa_token"]
        dialog = self.env["psa.alert.address"].with_user(self.alert_manager)
        shown = dialog.with_context(**action["context"]).create({})
        self.assertTrue(shown.address.endswith(f"/psa/alerts/v1/{token}"))
        self.assertIn(token, shown.example)
        self.assertFalse(dialog.browse(shown.id).address)
        self.env.cr.execute("SELECT * FROM psa_alert_address")
        self.assertNotIn(token[12:], str(self.env.cr.fetchall()))
        self.assertEqual(self._status(token, fields.Datetime.now().strftime("%H:%M")), 202)

    def test_the_dialog_with_an_address_is_seen_by_whoever_opened_it_alone(self):
        action = self.source.with_user(self.alert_manager).action_new_address()
        dialogs = self.env["psa.alert.address"]
        shown = dialogs.with_user(self.alert_manager).with_context(**action["context"]).create({})
        with self.assertRaises(AccessError):
            shown.with_user(self.manager).read(["source_id"])
        japan = self.env["res.company"].create({"name": "Brightwater Test Japan"})
        foreign = self.env["psa.alert.source"].create({"name": "Tokyo", "company_id": japan.id})
        with self.assertRaises(AccessError):
            dialogs.with_user(self.alert_manager).create({"source_id": foreign.id})

    def test_a_technician_makes_no_address(self):
        with self.assertRaises(AccessError):
            self.source.with_user(self.technician).action_new_address()

    def test_two_secrets_overlap_and_never_three(self):
        self.source.overlap_hours = 2
        first, second, third = self.token, self._rotate("8:00"), None
        self.assertEqual([self._status(token, "9:59") for token in (first, second)], [202, 202])
        self.assertEqual([self._status(token, "10:00") for token in (first, second)], [401, 202])
        third = self._rotate("11:00")
        self.assertEqual([self._status(token, "11:30") for token in (first, second, third)], [401, 202, 202])
        fourth = self._rotate("11:40")
        self.assertEqual([self._status(token, "11:41") for token in (second, third, fourth)], [401, 202, 202])

    def test_without_overlap_the_old_address_ends_at_once(self):
        self.source.overlap_hours = 0
        new = self._rotate("8:00")
        self.assertEqual([self._status(token, "8:00") for token in (self.token, new)], [401, 202])

    def test_a_revoked_address_is_refused(self):
        with freeze_time(at("9:00")):
            self.source.secret_ids.with_user(self.alert_manager).action_revoke()
        self.assertEqual(self._status(self.token, "9:00"), 401)

    def test_a_technician_revokes_nothing(self):
        with self.assertRaises(AccessError):
            self.source.secret_ids.with_user(self.technician).action_revoke()

    def test_what_the_door_knows_is_forgotten_once_more_when_a_change_is_committed(self):
        """A request in between would cache what was, and its own process hears of no change but its own."""
        with patch.object(self.env.cr, "postcommit") as postcommit:
            self.source.secret_ids.with_user(self.alert_manager).action_revoke()
            self.env.flush_all()
        postcommit.add.assert_any_call(self.env.registry.clear_cache)

    def test_an_archived_source_is_refused_and_works_again_later(self):
        self.source.active = False
        self.assertEqual(self._status(self.token, "9:00"), 401)
        self.source.active = True
        self.assertEqual(self._status(self.token, "9:01"), 202)

    def test_settings_hold_from_the_next_message(self):
        self.source.max_body_kb = 1
        self.assertEqual(self._deliver({"title": "x", "text": "y" * 2000}).status, 413)
        self.source.max_body_kb = 10
        self.assertEqual(self._deliver({"title": "x", "text": "y" * 2000}).status, 202)

    def test_what_cannot_be_set(self):
        with self.assertRaisesRegex(ValidationError, "1 to 8192 kB"):
            self.source.max_body_kb = 100_000
        for name, value in (("reopen_minutes", -1), ("rate_limit", 0), ("overlap_hours", -1)):
            with self.subTest(name), mute_logger("odoo.sql_db"), self.assertRaises(Exception):  # noqa: B017
                with self.env.cr.savepoint():
                    self.source[name] = value
                    self.env.flush_all()

    def test_a_source_that_has_sent_is_archived_not_deleted(self):
        self._say("10:00")
        with self.assertRaisesRegex(ValidationError, "Archive it"):
            self.source.unlink()
        self._make_source("Never used").unlink()

    def test_silence_is_said_in_words(self):
        source = self.source.with_user(self.alert_manager)
        self.assertEqual((source.heard_text, source.is_silent), ("Never", True))
        self._say("10:00")
        with freeze_time(at("10:02")):
            source.invalidate_recordset()
            self.assertEqual((source.heard_text, source.is_silent), ("2 minutes ago", False))
            self.assertNotIn(source, source.search([("is_silent", "=", True)]))
        with freeze_time(at("34:01")):
            source.invalidate_recordset()
            self.assertEqual((source.heard_text, source.is_silent), ("1 day ago", True))
            self.assertIn(source, source.search([("is_silent", "=", True)]))

    def test_a_test_goes_the_way_of_a_message_and_leaves_nothing_open(self):
        for source, action in ((self.source, "triage"), (self.prometheus, "triage")):
            with self.subTest(source=source.name), freeze_time(at("10:00")):
                shown = source.with_user(self.alert_manager).action_send_test()
                event = self.events.browse(shown["res_id"])
                self.assertEqual((event.state, event.source_id), ("pending", source))
                self._process()
                self.assertEqual((event.state, event.action), ("done", action))
                self.assertEqual(event.alert_id.state, "resolved")
                again = source.with_user(self.alert_manager).action_send_test()
                self.assertNotEqual(again["res_id"], event.id)
        self.prometheus.write({"group_by": "group", "partner_id": self.cobalt.id})
        event = self.events.browse(self.prometheus.action_send_test()["res_id"])
        self._process()
        self.assertEqual((event.action, event.alert_id.state), ("create", "resolved"))
        self.assertFalse(event.alert_id.ticket_id.psa_is_open)

    def test_a_test_needs_a_working_address_and_the_right_to_keep_sources(self):
        with self.assertRaises(AccessError):
            self.source.with_user(self.technician).action_send_test()
        fresh = self._make_source("Backup depot")
        with self.assertRaisesRegex(UserError, "Make an address first"):
            fresh.action_send_test()
        self.source.rate_limit = 1
        with self.assertRaisesRegex(UserError, "too many messages"):
            self.source.action_send_test()

    def test_the_source_counts_what_it_sent(self):
        with freeze_time(at("10:00")):
            self._say("9:00")
            self._say("9:10", customer="nobody", key="x")
            self._deliver(b"<html>", "9:20")
            self._deliver({"severity": "high"}, "9:30")
            self._process("9:30")
            source = self.source.with_user(self.alert_manager)
            source.invalidate_recordset()
            self.assertRecordValues(
                source,
                [
                    {
                        "event_today_count": 3,
                        "failed_count": 1,
                        "refused_count": 1,
                        "open_alert_count": 2,
                        "triage_count": 1,
                        "last_seen_at": at("9:30"),
                    }
                ],
            )

    def test_numbers_open_their_records(self):
        self._say("9:00")
        source = self.source.with_user(self.alert_manager)
        self.assertEqual(self.alerts.search(source.action_open_alerts()["domain"]), self._alert())
        self.assertEqual(len(self.events.search(source.action_open_events()["domain"])), 1)

    def test_the_example_names_the_format_of_the_system(self):
        self.assertIn("send_resolved: true", self.prometheus.example)
        self.assertIn('"state": "problem"', self.source.example)

    def test_labels_of_a_source_are_its_settings(self):
        self.prometheus.customer_labels = " tenant ,, client "
        settings = self.prometheus._get_settings()
        self.assertEqual(settings.customer_labels, ("tenant", "client"))
        self.assertEqual(settings.device_labels, ("instance", "host"))

    def test_last_seen_never_goes_back(self):
        self._say("10:00")
        self.events._store(
            self.source._get_gate(self.token[:12]), "late", '{"title": "x"}', at("9:00"), {}, ()
        )
        self._process("10:05")
        self.assertEqual(self.source.last_seen_at, at("10:00"))
        self.assertLess(self.source.last_seen_at, at("10:00") + timedelta(seconds=1))
