from odoo import fields, models
from odoo.exceptions import UserError


class PsaSlaExcuse(models.TransientModel):
    """Ask why a missed target is excused. It stays visible and is reported apart (Rule D10.11)."""

    _name = "psa.sla.excuse"
    _description = "Excuse a missed target"
    _inherit = ["psa.dialog.mixin"]

    clock_id = fields.Many2one("psa.sla.clock", required=True, ondelete="cascade", readonly=True)
    reason = fields.Char(required=True)

    def _psa_check_links(self):
        self.clock_id.check_access("read")

    def action_excuse(self):
        self.ensure_one()
        clock = self.clock_id
        clock.check_access("read")
        ticket = clock.ticket_id
        ticket.check_access("write")
        if not clock.breached_at or clock.is_excused:
            raise UserError(self.env._("Only a missed target can be excused, and only once."))
        now = fields.Datetime.now()
        # sudo: only service managers may open this dialog (access rights), and the ticket was checked just above
        self.env["psa.sla.event"].sudo().create(
            {
                "ticket_id": ticket.id,
                "what": "excused",
                "happened_at": now,
                "kind": clock.kind,
                "cycle": clock.cycle,
                "reason": self.reason,
            }
        )
        ticket.sudo()._psa_sla_refresh(now)
        self.env["psa.reason"]._keep("excuse", self.reason)
        return {"type": "ir.actions.act_window_close"}
