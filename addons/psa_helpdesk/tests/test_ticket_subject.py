from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.psa_helpdesk.models.helpdesk_ticket_subject import LONGEST_SUBJECT

from .common import PsaHelpdeskCase

LONG = "x" * (LONGEST_SUBJECT + 1)
MAIL = """Message-ID: <psa-subject-{number}@example.com>
From: psa_mia@example.com
To: desk@example.com
Subject: {subject}

The printer is jammed.
"""


@tagged("post_install", "-at_install")
class TestSubject(PsaHelpdeskCase):
    """A person is told what is wrong with a subject; nothing that comes by itself is lost for its subject."""

    def test_a_person_is_told(self):
        tickets = self.env["helpdesk.ticket"].with_user(self.technician)
        for subject, why in (
            ("  \n ", "needs a subject"),
            (False, "needs a subject"),
            (LONG, f"{len(LONG)} characters"),
        ):
            with self.subTest(subject), self.assertRaisesRegex(ValidationError, why):
                tickets.create({"name": subject, "description": "x", "team_id": self.queue.id})
        ticket = self._make_ticket()
        with self.assertRaisesRegex(ValidationError, "needs a subject"):
            ticket.with_user(self.technician).name = " "
        self.assertEqual(ticket.name, "Printer is jammed")

    def test_line_ends_and_what_the_database_refuses_are_taken_out(self):
        ticket = self._make_ticket()
        ticket.with_user(self.technician).name = " Printer\x00 is\r\n  jammed "
        self.assertEqual(ticket.name, "Printer is jammed")

    def _receive(self, number, subject):
        mail = MAIL.format(number=number, subject=subject)
        return self.env["helpdesk.ticket"].browse(
            self.env["mail.thread"].with_user(self.technician).message_process("helpdesk.ticket", mail)
        )

    def test_mail_with_a_long_subject_or_none_becomes_a_ticket(self):
        ticket = self._receive(1, LONG)
        self.assertEqual(ticket.name, LONG[:LONGEST_SUBJECT])
        self.assertIn(LONG, ticket.message_ids.mapped("subject"))
        self.assertEqual(self._receive(2, "").name, "No subject")
