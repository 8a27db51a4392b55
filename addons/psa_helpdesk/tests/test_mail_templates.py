from odoo.tests import tagged

from .common import PsaHelpdeskCase

TEMPLATES = ("received", "closed", "stage")


@tagged("post_install", "-at_install")
class TestMailTemplates(PsaHelpdeskCase):
    """Mail to customers goes to whom the template names, and none goes to nobody."""

    def _send(self, name, ticket):
        template = self.env.ref(f"psa_helpdesk.psa_ticket_mail_template_{name}")
        values = template._generate_template(ticket.ids, ("email_to", "email_cc", "partner_to"))[ticket.id]
        partners = self.env["res.partner"].browse(values.get("partner_ids") or [])
        return partners, values.get("email_to") or "", values.get("email_cc") or ""

    def test_a_contact_is_written_to_and_nobody_else(self):
        ticket = self._make_ticket()
        for name in TEMPLATES:
            with self.subTest(name):
                partners, to, cc = self._send(name, ticket)
                self.assertEqual(partners, self.mia.partner_id)
                self.assertFalse(to or cc)

    def test_who_is_known_by_an_address_only_is_written_to(self):
        ticket = self._make_ticket(partner_id=False, partner_name="Eve", partner_email="eve@example.com")
        for name in TEMPLATES:
            with self.subTest(name):
                partners, to, cc = self._send(name, ticket)
                self.assertFalse(partners)
                self.assertIn("eve@example.com", to + cc)

    def test_no_mail_goes_to_nobody(self):
        ticket = self._make_ticket(partner_id=False, partner_name=False, partner_email=False)
        before = self.env["mail.mail"].sudo().search([]).ids
        ticket.with_user(self.manager).with_context(tracking_disable=False, mail_notrack=False).write(
            {"stage_id": self.stage_done.id}
        )
        self.env.flush_all()
        self.env.cr.flush()
        made = self.env["mail.mail"].sudo().search([("id", "not in", before)])
        for mail in made.filtered(lambda mail: mail.model == "helpdesk.ticket" and mail.res_id == ticket.id):
            self.assertTrue(mail.email_to or mail.recipient_ids or mail.email_cc, mail.subject)
