from odoo import fields, models


class PsaServiceCallCancel(models.TransientModel):
    _name = "psa.service.call.cancel"
    _description = "Cancel a service call"
    _inherit = ["psa.dialog.mixin"]

    call_id = fields.Many2one("psa.service.call", required=True, readonly=True)
    reason = fields.Char(
        required=True, help="The technicians read it, and the customer if the time was mailed."
    )

    def _psa_check_links(self):
        """The dialog names the customer of its call: refuse what the user may not see."""
        self.call_id.check_access("read")

    def action_cancel(self):
        self.ensure_one()
        self.call_id._psa_cancel(self.reason)
        self.env["psa.reason"]._keep("cancel_call", self.reason)
        return {"type": "ir.actions.act_window_close"}
