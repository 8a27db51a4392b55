from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestPortalRules(PsaHelpdeskCase):
    """Which tickets customers see, asked both ways: by search (the database) and of one record (Python)."""

    def _sees(self, user, ticket):
        self.env.invalidate_all()
        found = self.env["helpdesk.ticket"].with_user(user).search([("id", "=", ticket.id)])
        self.assertEqual(bool(found), ticket.with_user(user).has_access("read"), "both ways agree")
        return bool(found)

    def test_a_ticket_without_customer_is_nobodys_but_its_followers(self):
        ticket = self._make_ticket(partner_id=False)
        ticket.message_subscribe(self.mia.partner_id.ids)
        self.assertTrue(self._sees(self.mia, ticket))
        for user in (self.leo, self.ivan):
            self.assertFalse(self._sees(user, ticket))

    def test_the_level_decides_about_tickets_of_colleagues(self):
        ticket = self._make_ticket()
        self.assertFalse(self._sees(self.leo, ticket))
        self.leo.partner_id.psa_portal_level = "company"
        self.assertTrue(self._sees(self.leo, ticket))

    # A contact that moves

    def test_a_contact_with_tickets_does_not_change_its_employer(self):
        """The next employer would read what the old one reported."""
        ticket = self._make_ticket(partner_id=self.leo.partner_id.id)
        self.ivan.partner_id.psa_portal_level = "company"
        for parent in (self.cobalt, self.depot, self.env["res.partner"]):
            with self.subTest(parent.name), self.assertRaises(UserError):
                self.leo.partner_id.parent_id = parent
        self.assertFalse(self._sees(self.ivan, ticket))
        self.leo.partner_id.parent_id = self.westgate  # a site of the same customer
        self.assertEqual(ticket.commercial_partner_id, self.harbor)

    def test_a_site_with_contacts_does_not_either(self):
        self.leo.partner_id.parent_id = self.westgate
        self._make_ticket(partner_id=self.leo.partner_id.id)
        with self.assertRaises(UserError):
            self.westgate.parent_id = self.cobalt

    def test_a_contact_of_nobody_takes_its_tickets_to_its_company(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        ticket = self._make_ticket(partner_id=stranger.id)
        stranger.parent_id = self.cobalt
        self.assertEqual(ticket.commercial_partner_id, self.cobalt)

    def test_a_contact_without_tickets_moves_freely_and_sees_nothing_old(self):
        ticket = self._make_ticket()
        self.leo.partner_id.psa_portal_level = "company"
        self.assertTrue(self._sees(self.leo, ticket))
        self.leo.partner_id.parent_id = self.cobalt
        self.assertFalse(self._sees(self.leo, ticket))

    def test_rules_are_read_anew_when_somebody_above_the_contact_moves(self):
        office = self._make_site(self.harbor, "Office")
        self.leo.partner_id.write({"parent_id": office.id, "psa_portal_level": "company"})
        ticket = self._make_ticket()
        self.assertTrue(self._sees(self.leo, ticket))
        office.parent_id = self.cobalt
        self.assertFalse(self._sees(self.leo, ticket))

    # Files

    def test_files_of_customers_are_checked_whichever_door_they_come_through(self):
        ticket = self._make_ticket()
        # The host's door for messages checks the reader, then writes as superuser in the reader's name.
        written = ticket.with_user(self.mia).sudo()
        for name, content in (("run.exe", b"MZ"), ("empty.txt", b""), ("page.pdf", b"<html></html>")):
            with self.subTest(name), self.assertRaises(ValidationError):
                written.message_post(body="x", attachments=[(name, content)])
        waiting = (
            self.env["ir.attachment"]
            .with_user(self.mia)
            .sudo()
            .create({"name": "run.exe", "raw": b"MZ", "res_model": "mail.compose.message", "res_id": 0})
        )
        with self.assertRaises(ValidationError):
            written.message_post(body="x", attachment_ids=waiting.ids)
        self.env.company.psa_portal_upload_files = 2
        with self.assertRaises(ValidationError):
            written.message_post(body="x", attachments=[(f"{number}.txt", b"hello") for number in range(3)])
        self.assertFalse(ticket.attachment_ids)
        written.message_post(body="x", attachments=[("note.txt", b"hello")])
        ticket.with_user(self.technician).message_post(body="x", attachments=[("fix.exe", b"MZ")])
        self.assertEqual(set(ticket.attachment_ids.mapped("name")), {"note.txt", "fix.exe"})
