from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCase

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestTicketMail(PsaHelpdeskCase, MailCase):
    """Mail to the customer, and tickets from mail."""

    @classmethod
    def default_env_context(cls):
        return {}  # with mail and tracking

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Without an address of the desk there is no sender, and the host logs an error instead of sending.
        cls.env.company.partner_id.email = "desk@brightwater-it.example"

    def _close(self, ticket):
        with self.mock_mail_gateway(mail_unlink_sent=False):
            ticket.with_user(self.technician).action_close()
            self.flush_tracking()
        return self._new_mails.filtered(lambda mail: ticket.number in (mail.subject or ""))

    def test_closing_mail_greets_the_customer(self):
        """Hole: the host's closing mail is sent to the customer and greets the technician."""
        ticket = self._make_ticket(user_id=self.technician.id)
        self.flush_tracking()
        mail = self._close(ticket)
        self.assertEqual(mail.recipient_ids, self.mia.partner_id)
        self.assertIn("Hello Mia", mail.body_html)
        self.assertNotIn("Joe", mail.body_html)
        self.assertEqual(mail.subject, f"[{ticket.number}] Solved: Printer is jammed")

    def test_cancelled_ticket_is_not_called_solved(self):
        ticket = self._make_ticket()
        self.flush_tracking()
        with self.mock_mail_gateway(mail_unlink_sent=False):
            ticket.with_user(self.technician).action_cancel()
            self.flush_tracking()
        self.assertIn("] Cancelled: ", self._new_mails.subject)

    def test_stage_is_told_in_the_customers_words(self):
        self.stage_waiting.mail_template_id = self.env.ref("helpdesk_mgmt.changed_stage_template")
        ticket = self._make_ticket()
        self.flush_tracking()
        with self.mock_mail_gateway(mail_unlink_sent=False):
            ticket.with_user(self.technician).action_wait_for_customer()
            self.flush_tracking()
        self.assertEqual(self._new_mails.subject, f"[{ticket.number}] Waiting for you: Printer is jammed")
        self.assertNotIn(self.stage_waiting.name, self._new_mails.body_html)

    def test_greeting_mended_by_the_administrator_is_kept(self):
        template = self.env.ref("helpdesk_mgmt.closed_ticket_template")
        template.body_html = "<p>Good day, all is well again.</p>"
        ticket = self._make_ticket()
        self.flush_tracking()
        self.assertIn("Good day", self._close(ticket).body_html)

    def test_template_of_the_host_is_left_as_it_is(self):
        template = self.env.ref("helpdesk_mgmt.closed_ticket_template")
        self.assertIn("object.user_id.name", template.body_html)
        self.assertEqual(self.stage_done.mail_template_id, template)

    def test_system_closing_mails_nobody(self):
        ticket = self._make_ticket()
        self.flush_tracking()
        with self.mock_mail_gateway(mail_unlink_sent=False):
            ticket._psa_close_by_system("The alert is over.")
            self.flush_tracking()
        self.assertFalse(self._new_mails)

    def test_answer_names_the_ticket_in_its_subject(self):
        ticket = self._make_ticket()
        with self.mock_mail_gateway(mail_unlink_sent=False):
            ticket.with_user(self.technician).message_post(
                body="On it",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.mia.partner_id.ids,
            )
        self.assertIn(f"[{ticket.number}]", self._new_mails.subject)

    def test_forwarded_mail_is_nobodys_ticket_in_the_default_queue(self):
        """Hole: with the host's automatic assignment, a mail forwarded by a colleague becomes the colleague's."""
        msg = {
            "subject": "Fwd: no network",
            "body": "<p>Please help</p>",
            "from": self.technician.email,
            "author_id": self.technician.partner_id.id,
        }
        ticket = self.env["helpdesk.ticket"].with_user(self.technician).message_new(msg)
        self.assertFalse(ticket.user_id)
        self.assertEqual(ticket.team_id, self.queue)
