"""Items that give back a part of what is billed (Rule D9.60)."""

from decimal import Decimal

from odoo import models


class PsaBillingItem(models.Model):
    _inherit = "psa.billing.item"

    def _prepare_credits(self, lines):
        """Values of the negative items for what credit lines give back of the one line that bills these items.

        The items are given back one after the other, each at most by what is left of it.
        """
        line = lines[0]
        sign = -1 if self.move_id.move_type == "out_refund" else 1
        rest = Decimal(str(sign * self.currency_id.round(sum(lines.mapped("price_subtotal")))))
        earlier = self.search([("adjusts_item_id", "in", self.ids), ("part", "=like", "adj/%")])
        given = {
            item: sum(members.mapped("amount"))
            for item, members in earlier.grouped("adjusts_item_id").items()
        }
        ordered = self._get_in_order()
        vals_list = []
        for item in ordered:
            left = Decimal(str(self.currency_id.round(item.amount + given.get(item, 0.0))))
            part = (
                rest
                if item == ordered[-1]
                else min(rest, max(left, 0))
                if rest > 0
                else max(rest, min(left, 0))
            )
            if part:
                vals_list.append(item._prepare_credit(line, part))
                rest -= part
        return vals_list

    def _prepare_credit(self, line, amount):
        """Values of the item that takes `amount` off this one; it is billed already, by the line of the credit note."""
        self.ensure_one()
        move = line.move_id
        name = self.env._("Credit: %(item)s", item=self.name)
        why = self.env._("Credited in part by %(credit)s", credit=move.name)
        same = ("kind", "source_model", "source_id", "work_ref", "cover", "purchase_order")
        linked = (
            "contract_id",
            "partner_id",
            "company_id",
            "currency_id",
            "user_id",
            "role_id",
            "work_type_id",
        )
        number = self.search_count(
            [
                ("source_model", "=", self.source_model),
                ("source_id", "=", self.source_id),
                ("kind", "=", self.kind),
                ("part", "=like", "adj/%"),
            ]
        )
        return {
            **{field: self[field] for field in same},
            **{field: self[field].id for field in (*linked, "product_id")},
            "part": f"adj/{number + 1}",
            "adjusts_item_id": self.id,
            "date": move.invoice_date,
            "due_date": move.invoice_date,
            "name": name,
            "quantity": -1,
            "price_unit": float(amount),
            "amount": float(-amount),
            "state": "approved",
            "move_line_id": line.id,
            "move_id": move.id,
            "is_billed": True,
            "derivation": {
                "version": 1,
                "kind": self.kind,
                "amount": str(-amount),
                "steps": [
                    {"do": "credited", "rule": "D9.60", "why": why},
                    {"do": "money", "rule": "D9.18", "why": self.currency_id.format(float(-amount))},
                ],
            },
        }
