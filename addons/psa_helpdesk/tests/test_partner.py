from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestTicketCounts(PsaHelpdeskCase):
    """The figures on customers and assets, and the records behind them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tickets = cls._make_ticket(psa_asset_id=cls.harbor_server.id)
        cls.tickets |= cls._make_ticket(partner_id=cls.leo.partner_id.id, stage_id=cls.stage_done.id)
        cls.tickets |= cls._make_ticket(partner_id=cls.harbor.id, psa_asset_id=cls.harbor_server.id)

    def _open(self, action):
        return self.env[action["res_model"]].with_user(self.technician).search_count(action["domain"])

    def test_customer_counts_tickets_of_all_contacts(self):
        customer = self.harbor.with_user(self.technician)
        self.assertEqual((customer.helpdesk_ticket_active_count, customer.helpdesk_ticket_count), (2, 3))
        self.assertEqual(customer.helpdesk_ticket_count_string, "2 / 3")
        self.assertEqual(self.mia.partner_id.with_user(self.technician).helpdesk_ticket_count, 1)
        self.assertEqual(self.cobalt.with_user(self.technician).helpdesk_ticket_count, 0)

    def test_figure_opens_its_records(self):
        customer = self.harbor.with_user(self.technician)
        self.assertEqual(self._open(customer.action_view_helpdesk_tickets()), customer.helpdesk_ticket_count)
        asset = self.harbor_server.with_user(self.technician)
        self.assertEqual((asset.psa_ticket_open_count, asset.psa_ticket_count), (2, 2))
        self.assertEqual(self._open(asset.action_psa_open_tickets()), asset.psa_ticket_count)

    def test_figure_counts_only_what_the_reader_may_see(self):
        customer = self.harbor.with_user(self.outsider)
        self.assertEqual(customer.helpdesk_ticket_count, 0)

    def test_counting_costs_the_same_for_many_customers_and_tickets(self):
        """Hole: the host loads each ticket of each customer to count them."""

        def queries(partners):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            partners.with_user(self.technician).mapped("helpdesk_ticket_count_string")
            return self.cr.sql_log_count - before

        partners = self.harbor | self.cobalt
        queries(partners)
        few = queries(partners)
        more = self.env["res.partner"].create([{"name": f"Customer {number}"} for number in range(8)])
        self.env["helpdesk.ticket"].create(
            [
                {"name": "x", "description": "x", "partner_id": partner.id, "team_id": self.queue.id}
                for partner in [*(more | partners)] * 5
            ]
        )
        self.assertEqual(queries(partners | more), few)


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
