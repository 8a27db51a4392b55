from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

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
