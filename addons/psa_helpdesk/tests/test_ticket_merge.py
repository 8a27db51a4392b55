from odoo import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.mail.tests.common import MailCase

from .common import PsaHelpdeskCase

WORDS = ("merged into", "Merged into", "Paper everywhere", "Toner all over")


@tagged("post_install", "-at_install")
class TestTicketMerge(MailCase, HttpCase, PsaHelpdeskCase):
    """Rule D8.4: the system notes a merge on both sides, and no customer hears of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls._make_ticket(description="<p>Paper everywhere.</p>")
        cls.target = cls._make_ticket(name="Second printer", description="<p>Also jammed.</p>")
        (cls.source | cls.target).message_subscribe(cls.mia.partner_id.ids)
        cls.env.flush_all()

    def merge(self, tickets, **values):
        merges = self.env["helpdesk.ticket.merge"].with_user(self.technician)
        merges = merges.with_context(active_model=tickets._name, active_ids=tickets.ids)
        dialog = merges.create({"ticket_ids": [Command.set(tickets.ids)], **values})
        with self.mock_mail_gateway(mail_unlink_sent=False):
            dialog.merge_tickets()
            self.env.flush_all()
            self.flush_tracking()
        return dialog.dst_ticket_id

    def check_private(self, note):
        self.assertEqual(note.author_id, self.env.ref("base.partner_root"))
        self.assertEqual(note.subtype_id, self.env.ref("mail.mt_note"))
        self.assertTrue(note.is_internal or note.subtype_id.internal)

    def test_both_sides_have_an_internal_note_of_the_system(self):
        self.merge(self.source | self.target, dst_ticket_id=self.target.id)
        left = self.source.message_ids.filtered(lambda one: "Merged into ticket" in one.body)
        arrived = self.target.message_ids.filtered(lambda one: "Merged into this ticket" in one.body)
        self.assertEqual((len(left), len(arrived)), (1, 1))
        self.assertIn(self.target.number, left.body)
        self.assertIn(self.source.number, arrived.body)
        self.check_private(left)
        self.check_private(arrived)

    def test_the_description_comes_along_as_an_internal_note(self):
        before = self.target.description
        self.merge(self.source | self.target, dst_ticket_id=self.target.id)
        self.assertEqual(self.target.description, before)
        note = self.target.message_ids.filtered(lambda one: "Paper everywhere." in one.body)
        self.assertEqual(len(note), 1)
        self.assertIn(self.source.number, note.body)
        self.check_private(note)
        self.assertFalse(self.target.message_ids.filtered(lambda one: "Also jammed." in one.body))

    def test_a_new_ticket_begins_with_the_first_description_and_notes_all(self):
        self.target.description = "<p>Toner all over.</p>"
        self.source.sudo().psa_started_at = "2026-01-01 09:00:00"
        new = self.merge(self.source | self.target, create_new_ticket=True, dst_ticket_name="Both printers")
        self.assertEqual(new.description, self.source.description)
        for words in ("Paper everywhere.", "Toner all over."):
            note = new.message_ids.filtered(lambda one, words=words: words in one.body)
            self.assertEqual(len(note), 1)
            self.check_private(note)

    def test_a_following_customer_gets_no_mail_and_reads_nothing_of_it(self):
        self.merge(self.source | self.target, dst_ticket_id=self.target.id)
        self.assertFalse([mail for mail in self._mails if self.mia.email in str(mail["email_to"])])
        self.assertFalse(self._new_mails.filtered(lambda mail: self.mia.partner_id in mail.recipient_ids))
        seen = self.target.with_user(self.mia)
        said = "".join(self.env["mail.message"].with_user(self.mia).search([("res_id", "=", seen.id), ("model", "=", seen._name)]).mapped("body"))  # fmt: skip
        self.authenticate(self.mia.login, self.mia.login)
        page = self.url_open(f"/my/ticket/{self.target.id}")
        self.assertEqual(page.status_code, 200)
        self.assertIn("Also jammed.", page.text)
        for words in WORDS:
            self.assertNotIn(words, said)
            self.assertNotIn(words, page.text)
