from odoo import fields, models


class PsaContractChargeChange(models.Model):
    _name = "psa.contract.charge.change"
    _description = "Change of units"
    _order = "date, id"
    _check_company_auto = True

    charge_id = fields.Many2one("psa.contract.charge", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="charge_id.company_id", store=True, precompute=True)
    date = fields.Date(
        string="From", required=True, default=fields.Date.context_today, help="First day with these units."
    )
    quantity = fields.Float(string="Units", digits="Product Unit", required=True)
    name = fields.Char(string="Note")
