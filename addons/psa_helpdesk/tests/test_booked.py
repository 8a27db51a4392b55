from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.psa_helpdesk.models.helpdesk_ticket_booked import BOOKED_FIELDS, DERIVED_FIELDS

from .common import PsaHelpdeskCase

NOW = datetime(2026, 3, 2, 10, 0)
LONG_AGO = datetime(2025, 1, 1)


@tagged("post_install", "-at_install")
class TestBooked(PsaHelpdeskCase):
    """What the system books about a ticket cannot be sent in by whoever may write the ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        cls.ticket = cls._make_ticket()

    def test_nobody_writes_them(self):
        for user in (self.technician, self.manager, self.env.ref("base.user_admin")):
            for name in BOOKED_FIELDS | DERIVED_FIELDS:
                with self.subTest(f"{user.name}, {name}"), self.assertRaises(AccessError):
                    self.ticket.with_user(user).write({name: False})

    def test_nobody_writes_the_number(self):
        number = self.ticket.number
        for user in (self.technician, self.manager):
            with self.assertRaises(AccessError):
                self.ticket.with_user(user).number = "T000001"
        self.assertEqual(self.ticket.number, number)

    def test_nobody_sends_them_with_a_new_ticket(self):
        values = {"name": "x", "description": "x", "team_id": self.queue.id}
        for name in BOOKED_FIELDS | DERIVED_FIELDS:
            with self.subTest(name), self.assertRaises(AccessError):
                self.env["helpdesk.ticket"].with_user(self.technician).create({**values, name: False})

    def test_defaults_do_not_book_either(self):
        """A default of the context, or one that a user has set, is a value like any other."""
        said = {
            "default_psa_started_at": LONG_AGO,
            "default_psa_touched_at": LONG_AGO,
            "default_psa_sla_state": "met",
            "default_psa_merged_into_id": self.ticket.id,
        }
        self.env["ir.default"].with_user(self.technician).set(
            "helpdesk.ticket", "psa_resolved_at", "2025-01-01 00:00:00", user_id=True
        )
        tickets = self.env["helpdesk.ticket"].with_user(self.technician)
        for context in (said, {}):
            ticket = tickets.with_context(**context).create(
                {"name": "x", "description": "x", "team_id": self.queue.id}
            )
            self.assertEqual(ticket.psa_started_at, NOW)
            self.assertFalse(ticket.psa_touched_at or ticket.psa_resolved_at or ticket.psa_merged_into_id)
            self.assertNotEqual(ticket.psa_sla_state, "met")

    def test_the_message_of_the_sender_is_booked_by_our_clock(self):
        """Rule D10.3: a slow relay, or a computer with a clock of its own, does not decide whose turn it is."""
        self.ticket.psa_answered_at = datetime(2026, 3, 2, 9, 0)
        self._say(self.mia, date="2026-03-02 08:00:00")
        self.assertEqual(self.ticket.psa_customer_message_at, NOW)
        self.assertTrue(self.ticket.psa_needs_reply)

    def test_a_clock_ahead_does_not_wait_for_ever(self):
        self._say(self.mia, date="2099-01-01 00:00:00")
        with freeze_time("2026-03-02 10:30:00"):
            self._say(self.technician)
        self.assertFalse(self.ticket.psa_needs_reply)

    def test_a_note_that_is_made_public_answers(self):
        self._say(self.mia)
        with freeze_time("2026-03-02 10:30:00"):
            note = self._say(self.technician, subtype_xmlid="mail.mt_note")
            self.assertTrue(self.ticket.psa_needs_reply)
            note.sudo().subtype_id = self.env.ref("mail.mt_comment")
        self.assertFalse(self.ticket.psa_needs_reply)

    def test_a_message_of_a_ticket_that_is_gone_can_be_written(self):
        message = self._say(self.technician)
        message.sudo().res_id = 2**31 - 1
        message.sudo().subtype_id = self.env.ref("mail.mt_note")

    def _say(self, user, **values):
        return (
            self.ticket.with_user(user)
            .sudo(user.share)
            .message_post(
                **{"body": "x", "message_type": "comment", "subtype_xmlid": "mail.mt_comment", **values}
            )
        )
