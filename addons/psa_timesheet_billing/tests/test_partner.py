from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PsaTimeCase

BUTTONS = [
    "action_view_helpdesk_tickets",
    "action_psa_open_contracts",
    "action_psa_open_assets",
    "action_psa_view_month_time",
    "action_view_partner_invoices",
]


@tagged("post_install", "-at_install")
class TestCustomerPage(PsaTimeCase):
    """The page of a customer: what everybody asks first comes first, each part for whom may see it."""

    def _find_buttons(self, user):
        arch = self.env["res.partner"].with_user(user).get_view(view_type="form")["arch"]
        return etree.fromstring(arch).xpath("//div[@name='button_box']/button/@name")

    def test_our_five_buttons_come_first(self):
        self.olga.group_ids += self.env.ref("account.group_account_readonly")
        self.assertEqual(self._find_buttons(self.olga)[:5], BUTTONS)
        self.assertEqual(self._find_buttons(self.joe)[:4], BUTTONS[:4])

    def test_time_of_the_month_opens_its_entries(self):
        today = fields.Date.context_today(self.joe)
        self._log(50, date=today)
        self._log(20, date=today.replace(day=1))
        customer = self.ticket.commercial_partner_id.with_user(self.sam)
        self.assertEqual(customer.psa_minutes_month, 70)
        action = customer.action_psa_view_month_time()
        entries = self.env[action["res_model"]].with_user(self.sam).search(action["domain"])
        self.assertEqual(sum(entries.mapped("psa_minutes")), 70)
        with self.assertRaises(AccessError):
            customer.with_user(self.env.ref("base.public_user")).read(["psa_minutes_month"])
