"""The customer's purchase order: needed before billing, and not to be exceeded."""

from decimal import Decimal

from odoo import models

from ..logic.purchase_order import count_within


class PsaContract(models.Model):
    _inherit = "psa.contract"

    def _get_within_purchase_order(self, items):
        """Those of the contract's items, in their order, that its purchase order allows (Rule D9.58)."""
        if not self:
            return items
        if self.is_purchase_order_required and not self.purchase_order:
            return items.browse()
        limit = Decimal(str(self.purchase_order_limit))
        if not limit:
            return items
        [[used]] = self.env["psa.billing.item"]._read_group(
            [
                ("contract_id", "=", self.id),
                ("is_billed", "=", True),
                ("purchase_order", "=", self.purchase_order),
            ],
            [],
            ["amount:sum"],
        )
        ordered = items._get_in_order()
        amounts = [Decimal(str(item.amount)) for item in ordered]
        return ordered[: count_within(limit, Decimal(str(used or 0)), amounts)]

    def _describe_purchase_order(self):
        if self.is_purchase_order_required and not self.purchase_order:
            return self.env._("%(contract)s needs the customer's order number.", contract=self.display_name)
        return self.env._(
            "%(contract)s: its items would exceed the limit of order %(order)s.",
            contract=self.display_name,
            order=self.purchase_order or "-",
        )
