from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestPartnerMoves(PsaHelpdeskCase):
    """Contacts, sites and assets that move or go."""

    def test_what_a_ticket_is_about_is_not_deleted_from_under_it(self):
        ticket = self._make_ticket(
            partner_id=self.harbor.id, psa_asset_id=self.harbor_server.id, psa_site_id=self.westgate.id
        )
        self.harbor_server.site_id = False
        for record in (self.harbor_server, self.westgate, self.harbor):
            with (
                self.subTest(record.name),
                mute_logger("odoo.sql_db"),
                self.assertRaises(Exception) as caught,
            ):
                with self.env.cr.savepoint():
                    record.unlink()
            self.assertIsInstance(caught.exception, IntegrityError | ValidationError | UserError)
        self.assertEqual(ticket.psa_asset_id, self.harbor_server)

    def test_contacts_of_a_site_that_is_sold_lose_sight_of_the_customer_at_once(self):
        """Record rules are cached with the customer of the user in them, and the site itself is no user."""
        place = self.env["res.partner"].create({"name": "Practice", "parent_id": self.harbor.id})
        self.leo.partner_id.write({"parent_id": place.id, "psa_portal_level": "company"})
        ticket = self._make_ticket(partner_id=self.harbor.id)
        tickets = self.env["helpdesk.ticket"].with_user(self.leo)
        self.assertIn(ticket, tickets.search([]))
        place.parent_id = self.cobalt
        self.assertNotIn(ticket, tickets.search([]))

    def test_contacts_of_a_place_that_becomes_a_customer_lose_sight_too(self):
        place = self.env["res.partner"].create({"name": "Practice", "parent_id": self.harbor.id})
        self.leo.partner_id.write({"parent_id": place.id, "psa_portal_level": "company"})
        ticket = self._make_ticket(partner_id=self.harbor.id)
        tickets = self.env["helpdesk.ticket"].with_user(self.leo)
        self.assertIn(ticket, tickets.search([]))
        place.is_company = True
        self.assertNotIn(ticket, tickets.search([]))
