from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..logic import touch

MANAGER = "psa_helpdesk.psa_helpdesk_group_manager"


class PsaChecklistLine(models.Model):
    """A line to tick on a ticket: whoever may work on the ticket may tick it."""

    _name = "psa.checklist.line"
    _description = "Line of a ticket's checklist"
    _inherit = ["psa.checklist.line.mixin", "psa.ticket.part.mixin"]
    _order = "ticket_id, sequence, id"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True)

    _open_required_idx = models.Index("(ticket_id) WHERE is_required IS TRUE AND is_done IS NOT TRUE")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_ticket()
        return lines

    def write(self, vals):
        self._check_ticket()
        self._check_required(vals)
        ticked = self.filtered(lambda line: "is_done" in vals and line.is_done != bool(vals["is_done"]))
        result = super().write(vals)
        ticked._touch()
        return result

    def unlink(self):
        self._check_ticket()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_required(self):
        if any(line.is_required and line.checklist_id for line in self):
            self._check_may_change_required()

    def _check_ticket(self):
        """Refuse whoever may see the ticket but not work on it, and a line that is sent to another ticket."""
        if not self.env.su:
            self.ticket_id.check_access("write")

    def _check_required(self, vals):
        if "ticket_id" in vals and any(line.ticket_id.id != vals["ticket_id"] for line in self):
            raise UserError(self.env._("A line of a checklist stays on its ticket."))
        if any(line.is_required and line.checklist_id and self._is_changed(line, vals) for line in self):
            self._check_may_change_required()

    @api.model
    def _is_changed(self, line, vals):
        """Say whether these values take away what the checklist requires."""
        return not vals.get("is_required", True) or vals.get("name", line.name) != line.name

    def _check_may_change_required(self):
        if self.env.su or self.env.user.has_group(MANAGER):
            return
        raise AccessError(
            self.env._(
                "Required items of a checklist are changed and removed by service managers. Tick them when they are done."
            )
        )

    def _touch(self):
        """Ticking is work on the ticket (Rule D10.29)."""
        for ticket in self.ticket_id:
            is_machine = ticket._psa_is_automation()
            if not is_machine and touch.touches(touch.CHECKLIST, ticket._psa_get_actor()).holds:
                ticket._psa_touch(fields.Datetime.now())
