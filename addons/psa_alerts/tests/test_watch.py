from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PsaAlertsCase, at


@tagged("post_install", "-at_install")
class TestWatch(PsaAlertsCase):
    """Monday: who is told, and when, that a source fell silent or does not answer, and that it is back."""

    @classmethod
    def default_env_context(cls):
        return {}  # with the chatter

    @classmethod
    def setUpClass(cls):
        with freeze_time(at("8:00")):
            super().setUpClass()
        cls.queue.user_id = cls.technician_all
        cls.env["psa.alert.source"].search(
            [("id", "not in", (cls.source + cls.prometheus).ids)]
        ).active = False
        cls._quietly(cls.source, responsible_ids=[(6, 0, cls.dispatcher.ids)])

    @classmethod
    def _quietly(cls, source, **values):
        with freeze_time(at("8:00")):
            source.write(values)
            source.flush_recordset()

    def _sweep(self, clock):
        with (
            patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0),
            freeze_time(at(clock)),
        ):
            self.env["psa.alert.source"]._cron_watch(at(clock))
            self.env.flush_all()

    def _told(self, source=None):
        """[(login, subject)] of all notices about the source, in order."""
        notices = self.env["psa.notice"].search(
            [("alert_source_id", "=", (source or self.source).id)], order="id"
        )
        return [(notice.user_id, notice.subject) for notice in notices]

    def _fail(self, clock, source=None):
        (source or self.source)._note_poll_problem("The other system does not answer.", at(clock))

    def test_silence_is_told_once_to_the_second_and_once_when_it_is_over(self):
        self._say("10:00")
        self._sweep("33:59:59")
        self.assertEqual(self._told(), [])
        self._sweep("34:00:00")
        silent = [(self.dispatcher, "Backup HQ is silent")]
        self.assertEqual(self._told(), silent)
        self.assertEqual((self.source.outage, self.source.outage_at), ("silent", at("34:00")))
        for clock in ("34:01", "40:00", "90:00"):
            self._sweep(clock)
        self.assertEqual(self._told(), silent, "never again at every sweep")
        self._say("90:10", key="other")
        self._sweep("90:11")
        self.assertEqual(self._told(), [*silent, (self.dispatcher, "Backup HQ is heard again")])
        self.assertFalse(self.source.outage)
        said = " ".join(self.source.message_ids.mapped("body"))
        self.assertIn("has sent nothing since", said)
        self.assertIn("is heard again", said)
        self._sweep("114:10")
        self.assertEqual(len(self._told()), 3, "silent once more")

    def test_a_notice_leads_to_the_source_and_belongs_to_its_company(self):
        self._say("10:00")
        self._sweep("34:00")
        notice = self.env["psa.notice"].search([("alert_source_id", "=", self.source.id)])
        self.assertTrue(notice._get_link().endswith(f"/odoo/psa.alert.source/{self.source.id}"))
        self.assertIn("Open the source", notice._get_html())
        self.assertEqual(notice.company_id, self.source.company_id)
        self.assertFalse(notice.ticket_id)
        notice._send_inbox()
        message = self.env["mail.message"].search(
            [("model", "=", "psa.alert.source")], order="id desc", limit=1
        )
        self.assertEqual((message.res_id, message.subject), (self.source.id, "Backup HQ is silent"))

    def test_it_follows_the_channels_and_quiet_hours_of_each_person(self):
        self.dispatcher.tz = "UTC"
        self.env["psa.notice.preference"].search([("user_id", "=", self.dispatcher.id)]).unlink()
        self.env["psa.notice.preference"].create(
            {"user_id": self.dispatcher.id, "normal_1": "email", "quiet_from": 9, "quiet_to": 12}
        )
        self._say("10:00")
        self._sweep("34:00")
        notice = self.env["psa.notice"].search([("alert_source_id", "=", self.source.id)])
        self.assertEqual((notice.channel, notice.state, notice.due_at), ("email", "held", at("36:00")))

    def test_two_sources_do_not_hear_for_each_other(self):
        self._say("10:00")
        self._quietly(self.prometheus, last_seen_at=at("12:00"), silence_hours=2)
        self._sweep("14:00")
        self.assertEqual(self._told(), [])
        self.assertEqual(self._told(self.prometheus), [(self.technician_all, "Prometheus HQ is silent")])
        self._say("15:00", key="other")
        self._sweep("15:01")
        self.assertEqual(len(self._told(self.prometheus)), 1)
        self.assertEqual(self._told(), [])

    def test_a_source_that_is_asked_and_answers_is_not_silent(self):
        self._say("10:00")
        self._ask(self.source, answered="33:00")
        self._sweep("40:00")
        self.assertEqual(self._told(), [])
        self._sweep("57:00")
        self.assertEqual(len(self._told()), 1)

    def _ask(self, source, answered):
        self._quietly(
            source, poll_is_on=True, poll_url="https://monitoring.example.com", poll_answered_at=at(answered)
        )

    def test_not_answering_is_told_after_three_turns_with_the_reason(self):
        self._ask(self.source, answered="10:00")
        for clock in ("10:05", "10:10", "10:15"):
            self._fail(clock)
            self._sweep(clock)
        self._sweep("10:19:59")
        self.assertEqual(self._told(), [])
        for clock in ("10:20", "10:21", "48:00"):
            self._sweep(clock)
        self.assertEqual(self._told(), [(self.dispatcher, "Backup HQ does not answer")])
        notice = self.env["psa.notice"].search([("alert_source_id", "=", self.source.id)])
        self.assertIn("The other system does not answer.", notice.body)
        self.source.write(
            {"poll_answered_at": at("50:00"), "poll_failing_since": False, "poll_problem": False}
        )
        self._sweep("50:00")
        self.assertEqual(self._told()[1:], [(self.dispatcher, "Backup HQ is heard again")])

    def test_a_source_that_was_never_heard_is_not_set_up_yet(self):
        self._ask(self.prometheus, answered="9:00")
        self.prometheus.poll_answered_at = False
        self._fail("10:00", self.prometheus)
        self._sweep("900:00")
        self.assertEqual(self._told() + self._told(self.prometheus), [])

    def test_one_that_is_switched_off_tells_nobody_and_begins_anew(self):
        self._say("10:00")
        with freeze_time(at("20:00")):
            self.source.active = False
        self._sweep("90:00")
        self.assertEqual(self._told(), [])
        with freeze_time(at("100:00")):
            self.source.active = True
        self._sweep("100:01")
        self.assertEqual(self._told(), [])
        self._sweep("124:00")
        self.assertEqual(len(self._told()), 1)
        with freeze_time(at("125:00")):
            self.source.silence_hours = 0
        self._sweep("225:00")
        self.assertEqual((len(self._told()), self.source.outage), (1, False))

    def test_saving_the_form_without_a_change_begins_nothing_anew(self):
        self._say("10:00")
        with freeze_time(at("33:00")):
            self.source.with_user(self.alert_manager).write({"silence_hours": 24, "active": True})
        self._sweep("34:00")
        self.assertEqual(len(self._told()), 1)

    def test_without_anybody_named_the_lead_of_the_queue_else_the_service_managers(self):
        for lead, expected in ((self.technician_all, self.technician_all), (False, self.manager)):
            self.queue.user_id = lead
            with self.subTest(expected=expected.login):
                self.assertIn(expected, self.prometheus._get_responsible())
        self.prometheus.responsible_ids = self.technician
        self.technician.active = False
        self.assertIn(self.manager, self.prometheus._get_responsible(), "who left is told nothing")

    @mute_logger("odoo.addons.psa_alerts.models.psa_alert_source_watch")
    def test_one_that_breaks_does_not_stop_the_others(self):
        self._quietly(self.source + self.prometheus, last_seen_at=at("10:00"))
        say = self.registry["psa.alert.source"]._say_outage

        def broken(source, *args):
            if source.id == self.source.id:
                raise ZeroDivisionError
            return say(source, *args)

        with patch.object(self.registry["psa.alert.source"], "_say_outage", broken):
            self._sweep("34:00")
        self.assertEqual((self._told(), len(self._told(self.prometheus))), ([], 1))
        self._sweep("34:01")
        self.assertEqual(len(self._told()), 1)

    def test_the_sweep_touches_only_what_is_due(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._sweep("12:00")
            return self.env.cr.sql_log_count - before

        self._say("10:00")
        count()
        few = count()
        for number in range(10):
            self._quietly(self._make_source(f"Other {number}"), last_seen_at=at("11:00"))
        self.assertLessEqual(count(), few)

    def test_a_technician_reads_who_is_responsible_and_changes_nothing(self):
        source = self.source.with_user(self.technician)
        self.assertEqual(source.responsible_ids, self.dispatcher)
        for values in ({"silence_hours": 0}, {"responsible_ids": [(5,)]}, {"outage": "silent"}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                source.write(values)

    def test_the_text_is_in_the_language_and_zone_of_the_reader(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.dispatcher.write({"lang": "de_DE", "tz": "Europe/Berlin"})
        self._say("10:00")
        self._sweep("34:00")
        notice = self.env["psa.notice"].search([("alert_source_id", "=", self.source.id)])
        self.assertIn("02.03.26, 11:00 (Europe/Berlin)", notice.body)
