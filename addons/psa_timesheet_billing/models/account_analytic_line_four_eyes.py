from odoo import api, fields, models
from odoo.exceptions import AccessError

from .account_analytic_line_approval import BILL_FIELDS


class AccountAnalyticLine(models.Model):
    """Who set what is billed: with four eyes on, somebody else approves the billing items of it."""

    _inherit = "account.analytic.line"

    psa_bill_set_by_id = fields.Many2one(
        "res.users", string="Billed as set by", readonly=True, copy=False, groups="base.group_user"
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._psa_check_set_by(vals_list)
        lines = super().create([{"psa_bill_set_by_id": False} | vals for vals in vals_list])
        if not self.env.su:
            # sudo: asked after the host filled in defaults, which set a price like values do
            lines.sudo().filtered(lambda line: line.psa_bill_minutes_set or line.psa_bill_rate).write(
                {"psa_bill_set_by_id": self.env.uid}
            )
        return lines

    def write(self, vals):
        self._psa_check_set_by([vals])
        result = super().write(vals)
        if BILL_FIELDS & vals.keys() and not self.env.su:
            # sudo: whose hand it was is not for the client to say
            self.sudo().write({"psa_bill_set_by_id": self.env.uid})
        return result

    @api.model
    def _psa_check_set_by(self, vals_list):
        if not self.env.su and any("psa_bill_set_by_id" in vals for vals in vals_list):
            raise AccessError(self.env._("Who set what is billed is written down by the system."))
