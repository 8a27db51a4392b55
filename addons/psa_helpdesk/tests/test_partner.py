from odoo.tests import tagged

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
