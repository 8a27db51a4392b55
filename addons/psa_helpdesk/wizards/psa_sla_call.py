from odoo import api, fields, models
from odoo.tools import plaintext2html


class PsaSlaCall(models.TransientModel):
    """Note a call or a visit: an internal note that counts as a first response (Rule D10.6)."""

    _name = "psa.sla.call"
    _description = "Note of a call"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        required=True,
        ondelete="cascade",
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
    )
    note = fields.Text(required=True, help="What was said or done. The customer does not see it.")

    @api.model_create_multi
    def create(self, vals_list):
        calls = super().create(vals_list)
        # The note tells the name of its ticket.
        calls.ticket_id.check_access("read")
        return calls

    def write(self, vals):
        result = super().write(vals)
        self.ticket_id.check_access("read")
        return result

    def action_save(self):
        self.ensure_one()
        self.ticket_id.message_post(
            body=plaintext2html(self.note),
            message_type="comment",
            subtype_xmlid="psa_helpdesk.psa_sla_subtype_live",
        )
        return {"type": "ir.actions.act_window_close"}
