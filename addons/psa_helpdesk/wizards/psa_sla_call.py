from odoo import fields, models
from odoo.tools import plaintext2html

from odoo.addons.psa_crm.outside import find_id


class PsaSlaCall(models.TransientModel):
    """Note a call or a visit: an internal note that counts as a first response (Rule D10.6)."""

    _name = "psa.sla.call"
    _description = "Note of a call"
    _inherit = ["psa.dialog.mixin"]

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        required=True,
        ondelete="cascade",
        readonly=True,
        default=lambda self: find_id(self.env, "active_id"),
    )
    note = fields.Text(required=True, help="What was said or done. The customer does not see it.")

    def _psa_check_links(self):
        self.ticket_id.check_access("read")

    def action_save(self):
        self.ensure_one()
        self.ticket_id.message_post(
            body=plaintext2html(self.note),
            message_type="comment",
            subtype_xmlid="psa_helpdesk.psa_sla_subtype_live",
        )
        return {"type": "ir.actions.act_window_close"}
