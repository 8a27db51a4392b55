from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import PsaContractsCase


@tagged("post_install", "-at_install")
class TestCustomerBalances(PsaContractsCase):
    """The page of a customer shows what is left of its blocks."""

    def test_only_blocks_of_today_and_of_active_contracts(self):
        today = fields.Date.context_today(self.env.user)
        contract = self._make_contract(date_start=today.replace(month=1, day=1))
        draft = self._make_contract(activate=False, date_start=today.replace(month=1, day=1))
        valid = self._make_block(contract, 10, date_start=today)
        self._make_block(
            contract, 10, date_start=today - timedelta(days=9), date_end=today - timedelta(days=1)
        )
        self._make_block(draft, 10, date_start=today)
        other = self.env["res.partner"].create({"name": "Cobalt Freight", "is_company": True})
        customers = (self.customer | other).with_user(self.technician)
        self.assertEqual(customers[0].psa_block_ids, valid.with_user(self.technician))
        self.assertFalse(customers[1].psa_block_ids)
