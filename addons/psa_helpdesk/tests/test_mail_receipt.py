from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from .common import PsaHelpdeskCase

MAIL = """Return-Path: <psa_mia@example.com>
To: {to}
From: Mia Torres <psa_mia@example.com>
Subject: No network
Message-ID: <{message_id}@example.com>
Date: Tue, 24 Nov 2026 10:00:00 +0000
{headers}Content-Type: text/plain

The line is dead.
"""


@tagged("post_install", "-at_install")
class TestTicketReceipt(PsaHelpdeskCase, MailCase):
    """Who asks for something reads at once that it arrived, its number and the promise; machines do not."""

    @classmethod
    def default_env_context(cls):
        return {}  # with mail

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_gateway()
        cls.env.company.partner_id.email = "desk@brightwater-it.example"
        cls.queue.alias_name = "psa-desk-test"
        cls.mia.partner_id.tz = "America/New_York"

    def _receive(self, headers=""):
        """A mail of Mia comes in; the ticket it made, and the mails that went out."""
        text = MAIL.format(
            to=self.queue.alias_email, message_id=f"m{headers.count(chr(10))}", headers=headers
        )
        before = self.env["helpdesk.ticket"].search([], order="id desc", limit=1).id or 0
        with self.mock_mail_gateway(mail_unlink_sent=False):
            self.env["mail.thread"].message_process("helpdesk.ticket", text)
        ticket = self.env["helpdesk.ticket"].search([("id", ">", before)])
        self.assertEqual(len(ticket), 1)
        return ticket, self._new_mails.filtered(lambda mail: "We have it" in (mail.subject or ""))

    def _create(self, channel, **values):
        with self.mock_mail_gateway(mail_unlink_sent=False):
            ticket = self._make_ticket(channel_id=self.env.ref(channel).id, **values)
        return ticket, self._new_mails

    def test_mail_is_answered_with_number_and_promise(self):
        ticket, mail = self._receive()
        self.assertEqual(mail.subject, f"[{ticket.number}] We have it: No network")
        self.assertEqual(mail.recipient_ids, self.mia.partner_id)
        due = ticket.psa_sla_clock_ids.filtered(lambda clock: clock.kind == "response").due_at
        self.assertTrue(due)
        self.assertIn("Answer by", mail.body_html)
        self.assertIn(f"/my/ticket/{ticket.id}", mail.body_html)
        self.assertIn("auto-replied", mail.headers)
        self.assertFalse(ticket.psa_answered_at, "a receipt is no answer")

    def test_machines_are_not_answered(self):
        for header in ("Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All", "Precedence: bulk"):
            with self.subTest(header):
                self.assertFalse(self._receive(f"X-Try: {header[:4]}\n{header}\n")[1])
                self.env["mail.message"].search([("message_id", "like", "@example.com")]).message_id = False

    def test_portal_and_phone_are_answered(self):
        for way in ("web", "phone"):
            with self.subTest(way):
                _ticket, mails = self._create(f"helpdesk_mgmt.helpdesk_ticket_channel_{way}")
                self.assertEqual(len(mails), 1)

    @mute_logger("odoo.addons.psa_helpdesk.time_zones")
    def test_a_customer_in_a_zone_that_this_machine_does_not_know_is_answered_in_ours(self):
        self.env.cr.execute("UPDATE res_partner SET tz = 'Mars/Base' WHERE id = %s", self.mia.partner_id.ids)
        self.mia.partner_id.invalidate_recordset(["tz"])
        ticket, mail = self._receive()
        self.assertIn(ticket.number, mail.subject)

    def test_monitoring_is_not_answered(self):
        self.assertFalse(self._create("psa_helpdesk.psa_channel_monitoring")[1])

    def test_our_own_people_are_not_answered(self):
        way = "helpdesk_mgmt.helpdesk_ticket_channel_email"
        self.assertFalse(self._create(way, partner_id=self.technician.partner_id.id)[1])

    def test_nothing_is_sent_where_there_is_no_address(self):
        way = "helpdesk_mgmt.helpdesk_ticket_channel_web"
        self.mia.partner_id.email = False
        self.assertFalse(self._create(way)[1])
        self.mia.partner_id.email = "mia@example.com"
        self.env.company.partner_id.email = False
        self.assertFalse(self._create(way)[1])
