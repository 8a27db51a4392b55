from odoo import fields, models


class PsaContractHold(models.TransientModel):
    """Why nothing of a contract is billed for now."""

    _name = "psa.contract.hold"
    _description = "Hold of a contract"
    _inherit = ["psa.dialog.mixin"]

    contract_ids = fields.Many2many("psa.contract", string="Contracts", required=True, readonly=True)
    reason = fields.Char(required=True)

    def _psa_check_links(self):
        self.contract_ids.check_access("read")

    def action_apply(self):
        """Hold the contracts; the reason stands in their history and on the contract."""
        self.ensure_one()
        self.contract_ids._hold(self.reason)
        return {"type": "ir.actions.act_window_close"}
