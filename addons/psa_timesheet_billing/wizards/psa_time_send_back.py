from odoo import fields, models


class PsaTimeSendBack(models.TransientModel):
    """Why submitted time is to be put right."""

    _name = "psa.time.send.back"
    _description = "Send time back"
    _inherit = ["psa.dialog.mixin"]

    line_ids = fields.Many2many("account.analytic.line", string="Time entries", required=True)
    reason = fields.Char(required=True, help="The person who worked reads it.")

    def _psa_check_links(self):
        self.line_ids.check_access("read")

    def action_send_back(self):
        """Send the entries back with this reason."""
        self.line_ids._psa_send_back(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
