from odoo import api, fields, models

from odoo.addons.psa_crm.logic.duration_text import format_duration


class PsaSlaClock(models.Model):
    """Why a clock has the deadline it has, in the reader's words."""

    _inherit = "psa.sla.clock"

    hint = fields.Char(string="Explanation", compute="_compute_hint", compute_sudo=True)

    @api.depends(
        "policy_id.name", "ticket_id.priority", "target_minutes", "paused_minutes", "calendar_id.name"
    )
    @api.depends_context("lang")
    def _compute_hint(self):
        """In one line: "Standard, Critical: First response within 0:15, 24x7; waited 0:40"."""
        priorities = dict(self.env["helpdesk.ticket"]._fields["priority"]._description_selection(self.env))
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for clock in self:
            values = {
                "policy": clock.policy_id.name or "",
                "priority": priorities.get(clock.ticket_id.priority, ""),
                "target": kinds[clock.kind],
                "time": format_duration(clock.target_minutes),
                "hours": clock.calendar_id.name or self.env._("24x7"),
            }
            hint = self.env._("%(policy)s, %(priority)s: %(target)s within %(time)s, %(hours)s", **values)
            if clock.paused_minutes:
                hint += self.env._("; waited %(time)s", time=format_duration(clock.paused_minutes))
            clock.hint = hint
