"""White-paper rule 2 with the alert coming through the real door: lead technician at once, service manager after ten
minutes of silence; the alert firing again is no work on it (row 3.12)."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.psa_alerts.tests.common import PsaAlertsCase, at


@tagged("post_install", "-at_install")
class TestAlertRules(PsaAlertsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["psa.workflow.rule"].search([]).write({"active": False})
        cls.env.ref("psa_helpdesk.psa_helpdesk_group_manager").user_ids = cls.manager
        cls.lead = cls.technician_all
        cls.harbor.psa_lead_technician_id = cls.lead
        with freeze_time(at("9:00")):
            cls.env["psa.notice.preference"].create({"user_id": cls.lead.id, "phone": "+1 202 555 0188"})
            for name in ("server_down", "server_idle"):
                rule = cls.env.ref(f"psa_helpdesk.psa_workflow_rule_{name}")
                rule.with_user(cls.manager).action_switch_on()

    def _sweep(self, moment):
        with (
            patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0),
            freeze_time(moment),
        ):
            self.env["psa.workflow.timer"]._cron_sweep(moment)

    def _deliver_notices(self, moment):
        """Let the notices go out; return the text messages that left, as (number, text)."""
        sent = []

        def send(messages, **_options):
            sent.extend((sms.number, sms.body) for sms in messages)
            messages.state = "sent"

        with (
            patch.object(self.registry["sms.sms"], "_send", send),
            patch.object(self.registry["ir.cron"], "_commit_progress", lambda *_a, **_k: 60),
            freeze_time(moment),
        ):
            self.env["psa.notice"]._cron_deliver(now=moment)
        return sent

    def _down(self, clock):
        return self._say(clock, key="web", title="Web server down", severity="critical").ticket_id

    def test_the_lead_technician_hears_it_on_the_mobile_and_by_mail(self):
        ticket = self._down("10:00")
        self.assertEqual((ticket.user_id, ticket.priority), (self.lead, "3"))
        sent = self._deliver_notices(at("10:00"))
        self.assertEqual([number for number, _text in sent], ["+1 202 555 0188"])
        self.assertIn(ticket.number, sent[0][1])
        rows = ticket.psa_notice_ids.filtered(
            lambda one: one.user_id == self.lead and "Monitoring" in one.body
        )
        self.assertEqual(
            sorted(rows.mapped(lambda one: (one.channel, one.state))), [("email", "sent"), ("sms", "sent")]
        )

    def test_a_mobile_that_cannot_be_reached_leaves_the_mail_and_one_way_more(self):
        self.env["psa.notice.preference"].search([("user_id", "=", self.lead.id)]).phone = False
        ticket = self._down("10:00")
        self._deliver_notices(at("10:00"))
        rows = ticket.psa_notice_ids.filtered(
            lambda one: one.user_id == self.lead and "Monitoring" in one.body
        )
        self.assertEqual(
            sorted(rows.mapped(lambda one: (one.channel, one.state))),
            [("email", "sent"), ("inbox", "sent"), ("sms", "fell_through")],
        )

    def test_the_alert_firing_again_does_not_reset_the_ten_minutes(self):
        ticket = self._down("10:00")
        self.assertEqual(self._down("10:08"), ticket)
        self.assertEqual(self._alert("web").occurrence_count, 2)
        self._sweep(at("10:09:59"))
        self.assertFalse(ticket.psa_notice_ids.filtered(lambda one: one.user_id == self.manager))
        self._sweep(at("10:10"))
        told = ticket.psa_notice_ids.filtered(lambda one: one.user_id == self.manager)
        self.assertEqual(len(told), 1)
        self.assertIn("needs immediate attention", told.subject)
        self._down("10:12")
        self._sweep(at("10:12") + timedelta(hours=1))
        self.assertEqual(len(ticket.psa_notice_ids.filtered(lambda one: one.user_id == self.manager)), 1)

    def test_neither_the_customer_nor_the_alert_firing_again_puts_off_the_notice(self):
        """Rule D10.29, with its own figures: critical at 10:00, the customer 10:08, the alert again 10:09."""
        ticket = self._down("10:00")
        self.assertEqual(ticket.priority, "3")
        ticket.message_subscribe(self.mia.partner_id.ids)
        with freeze_time(at("10:08")):
            ticket.with_user(self.mia).message_post(
                body="still down", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            self.env.flush_all()
        self.assertEqual(self._down("10:09"), ticket)
        self.assertEqual(self._alert("web").occurrence_count, 2)
        self.assertFalse(ticket.psa_touched_at)
        self._sweep(at("10:09:59"))
        self.assertFalse(ticket.psa_notice_ids.filtered(lambda one: one.user_id == self.manager))
        self._sweep(at("10:10"))
        told = ticket.psa_notice_ids.filtered(lambda one: one.user_id == self.manager)
        self.assertEqual((len(told), told.due_at), (1, at("10:10")))

    def test_work_on_it_does_reset_them(self):
        ticket = self._down("10:00")
        with freeze_time(at("10:05")):
            ticket.with_user(self.lead).message_post(body="Looking", message_type="comment")
            self.env.flush_all()
        self._sweep(at("10:14:59"))
        self.assertFalse(ticket.psa_notice_ids.filtered(lambda one: one.user_id == self.manager))
        self._sweep(at("10:15"))
        self.assertTrue(ticket.psa_notice_ids.filtered(lambda one: one.user_id == self.manager))
