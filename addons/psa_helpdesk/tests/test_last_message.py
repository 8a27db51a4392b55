from odoo.tests import tagged

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestLastMessage(PsaHelpdeskCase):
    """What a phone shows of the conversation before anything else."""

    def _say(self, ticket, text, user, subtype="mail.mt_comment"):
        return ticket.with_user(user).message_post(body=text, message_type="comment", subtype_xmlid=subtype)

    def test_last_word_that_both_sides_can_read(self):
        ticket = self._make_ticket()
        self.assertFalse(ticket.psa_last_message)
        self._say(ticket, "It jams again", self.mia)
        answer = self._say(ticket, "On my way", self.technician)
        self._say(ticket, "They never clean it", self.technician, "mail.mt_note")
        ticket._psa_note("The alert is over.")
        ticket.invalidate_recordset()
        mine = ticket.with_user(self.technician)
        self.assertEqual(mine.psa_last_message, "On my way")
        self.assertEqual(mine.psa_last_message_author, "Joe")
        self.assertEqual(mine.psa_last_message_at, answer.date)

    def test_each_ticket_has_its_own(self):
        first, second = self._make_ticket(), self._make_ticket()
        self._say(first, "One", self.technician)
        self._say(second, "Two", self.technician)
        (first | second).invalidate_recordset()
        self.assertEqual((first | second).mapped("psa_last_message"), ["One", "Two"])
