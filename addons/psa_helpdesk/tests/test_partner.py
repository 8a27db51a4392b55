from lxml import etree

from odoo.tests import Form, tagged

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

    def test_customer_shows_its_most_urgent_tickets(self):
        customer = self.harbor.with_user(self.technician)
        shown = customer.psa_open_ticket_ids
        self.assertEqual(shown, self.tickets.filtered("psa_is_open").with_user(self.technician))
        self.assertEqual(customer.psa_ticket_open_count, 2)
        self.assertEqual(
            self.westgate.with_user(self.technician).psa_open_ticket_ids,
            shown.filtered(lambda ticket: ticket.psa_site_id == self.westgate),
        )
        self.assertFalse(self.harbor.with_user(self.outsider).psa_open_ticket_ids)

    def test_new_ticket_starts_from_customer_site_and_asset(self):
        for record, expected in (
            (self.harbor, (self.harbor, self.env["psa.asset"])),
            (self.westgate, (self.westgate, self.env["psa.asset"])),
            (self.harbor_server, (self.harbor, self.harbor_server)),
        ):
            with self.subTest(record=record.display_name):
                action = record.with_user(self.technician).action_psa_new_ticket()
                tickets = self.env["helpdesk.ticket"].with_user(self.technician)
                with Form(tickets.with_context(**action["context"]), action["views"][0][0]) as form:
                    form.name = "The line is dead"
                    form.description = "<p>Since nine.</p>"
                ticket = form.record
                self.assertEqual((ticket.partner_id, ticket.psa_asset_id), expected)
                if record != self.harbor:
                    self.assertEqual(ticket.psa_site_id, self.westgate)

    def test_customer_form_begins_with_tickets_and_assets(self):
        arch = self.env["res.partner"].with_user(self.technician).get_view(view_type="form")["arch"]
        names = etree.fromstring(arch).xpath("//div[@name='button_box']/button/@name")
        ours = [name for name in names if name in ("action_view_helpdesk_tickets", "action_psa_open_assets")]
        self.assertEqual(ours, ["action_view_helpdesk_tickets", "action_psa_open_assets"])
        self.assertEqual(names[0], ours[0])
