"""How items become invoice lines, and come free again."""

from decimal import Decimal

from odoo import models

from ..logic.invoice_layout import TIME_KINDS, Entry, Layout


class PsaBillingItem(models.Model):
    _inherit = "psa.billing.item"

    def _get_layout_entry(self):
        """This item as `logic/invoice_layout.py` sees it."""
        self.ensure_one()
        contract = self.contract_id
        is_time = self.kind in TIME_KINDS
        return Entry(
            key=self.id,
            # Contracts in the order of their numbers, work without one last.
            section=(not contract, contract.number or "", contract.id),
            kind=self.kind,
            cover=self.cover,
            name=self.name,
            amount=Decimal(str(self.amount)),
            product=self._get_product().id,
            ref=self.work_ref or "",
            block=self.block_id.name or "",
            minutes=self.minutes_billed if is_time else 0,
            rate=Decimal(str(self.rate)).normalize() if is_time else None,
            quantity=None if is_time else Decimal(str(self.quantity)),
            price=None if is_time else Decimal(str(self.price_unit)),
            layout=Layout(contract.layout or "itemised"),
        )

    def _get_in_order(self):
        """These items by day, time first, then by what they come from: never by who approved first (Rule D9.24)."""
        keys = self._get_order_keys()
        return self.sorted(
            lambda item: (
                item.date,
                item.kind not in TIME_KINDS,
                keys.get(item, ()),
                item.source_id,
                item.part,
            )
        )

    def _get_order_keys(self):
        """Hook: {item: tuple} that orders items of one day and kind, where a collector knows more than the item."""
        return {}

    def _get_product(self):
        """The product that gives account and taxes."""
        if self.product_id:
            return self.product_id
        if self.cover == "overage":
            return self.work_type_id._get_shipped_product("overage")
        return self.work_type_id._get_product()

    def _link_to(self, line):
        """These items are billed by this invoice line."""
        vals = {"move_line_id": line.id, "move_id": line.move_id.id, "is_billed": True}
        # The run made the line; nobody else writes items.
        for contract, items in self.sudo().grouped("contract_id").items():
            items.write({**vals, "purchase_order": contract.purchase_order})

    def _free(self, reason):
        """These items are on no invoice any more, with amounts and draws as they were (Rule D9.60)."""
        # Freed by what happens to the invoice, whoever may do that.
        items = self.sudo()
        events = [
            item._prepare_event("freed", reason, item._get_reviewed_values())
            for item in items
            if item.is_billed
        ]
        items.write({"move_line_id": False, "move_id": False, "is_billed": False, "purchase_order": False})
        items.env["psa.billing.event"].create(events)
