from odoo import api, fields, models
from odoo.fields import Domain


class AccountMove(models.Model):
    _inherit = "account.move"

    psa_tells_work = fields.Boolean(
        string="Tells of work",
        compute="_compute_psa_tells_work",
        recursive=True,
        copy=True,
        store=True,
        groups="base.group_user",
        help="Made from billing items, or a copy or credit of such an invoice: its lines tell of tickets.",
    )

    @api.depends(
        "psa_item_ids",
        "psa_billing_run_id",
        "psa_items_freed",
        "psa_replaces_id",
        "reversed_entry_id.psa_tells_work",
    )
    def _compute_psa_tells_work(self):
        """Once true it stays: the items of a credited invoice are free again, its lines still say what they said."""
        for move in self:
            move.psa_tells_work = bool(
                move.psa_tells_work
                or move.psa_item_ids
                or move.psa_billing_run_id
                or move.psa_items_freed
                or move.psa_replaces_id
                or move.reversed_entry_id.psa_tells_work
            )

    @api.model
    def _psa_get_portal_due_domain(self):
        """Invoices that a customer should have paid by today."""
        return Domain(
            [
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_receipt")),
                ("payment_state", "in", ("not_paid", "partial")),
                ("invoice_date_due", "<=", fields.Date.context_today(self)),
            ]
        )

    def _psa_sum_portal_amounts(self):
        """What is left to pay of these invoices, as texts, one a currency."""
        return [
            currency.format(sum(moves.mapped("amount_residual")))
            for currency, moves in self.grouped("currency_id").items()
        ]

    def _psa_get_portal_explanation(self):
        """Why each amount: the lines of this invoice that billing items explain, with those items.

        The caller found that the reader may see this invoice.
        """
        self.ensure_one()
        # sudo: customers have no right on billing items; what is handed on is chosen in `_psa_explain_to_customer`
        items = self.env["psa.billing.item"].sudo().search([("move_id", "=", self.id)], order="date, id")
        by_line = items.grouped("move_line_id")
        return [
            {
                "name": line.name,
                "time_text": line.psa_time_text,
                "amount": line.price_subtotal,
                "currency": line.currency_id,
                "items": [item._psa_explain_to_customer() for item in by_line[line]],
            }
            for line in self.sudo().invoice_line_ids.sorted(lambda line: (line.sequence, line.id))
            if line in by_line
        ]
