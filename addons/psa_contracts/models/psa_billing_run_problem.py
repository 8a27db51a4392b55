from odoo import fields, models


class PsaBillingRunProblem(models.Model):
    _name = "psa.billing.run.problem"
    _description = "Problem of a billing run"
    _order = "id"

    run_id = fields.Many2one("psa.billing.run", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="run_id.company_id", store=True, precompute=True)
    partner_id = fields.Many2one("res.partner", string="Customer", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    invoice_key = fields.Char(string="Invoice", readonly=True, help="Which invoice of the customer it was.")
    reason = fields.Char(required=True, readonly=True)

    def action_open_partner(self):
        """The customer whose invoice could not be made."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }
