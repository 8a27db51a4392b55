from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """Since when nobody has worked on a ticket, and since when it is overdue: the spells of time rules."""

    _inherit = "helpdesk.ticket"

    psa_resumed_at = fields.Datetime(
        string="Back to work",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="When it last left a stage that waits or is closed.",
    )
    psa_idle_since = fields.Datetime(
        string="Idle since",
        compute="_compute_psa_idle_since",
        store=True,
        groups="base.group_user",
        help="The last work by us, or the start, or when it came back from waiting or closed.",
    )
    psa_overdue_since = fields.Datetime(
        string="Overdue since",
        compute="_compute_psa_overdue_since",
        store=True,
        copy=False,
        groups="base.group_user",
    )

    _psa_idle_idx = models.Index("(psa_idle_since) WHERE psa_is_open IS TRUE AND active IS TRUE")
    _psa_overdue_idx = models.Index("(psa_overdue_since) WHERE psa_overdue_since IS NOT NULL")

    @api.depends("psa_started_at", "psa_touched_at", "psa_resumed_at")
    def _compute_psa_idle_since(self):
        for ticket in self:
            moments = [ticket.psa_started_at, ticket.psa_touched_at, ticket.psa_resumed_at]
            ticket.psa_idle_since = max((moment for moment in moments if moment), default=False)

    @api.depends("psa_is_overdue", "psa_is_open")
    def _compute_psa_overdue_since(self):
        """A spell ends when the ticket is resolved or its due moves to the future (Rule D10.31)."""
        for ticket in self:
            if not (ticket.psa_is_overdue and ticket.psa_is_open):
                ticket.psa_overdue_since = False
            elif ticket.psa_overdue_since:
                continue
            elif ticket.psa_due_state:
                ticket.psa_overdue_since = ticket.psa_due_at
            else:
                clocks = ticket._psa_get_current_clocks()
                resolution = clocks.filtered(lambda clock: clock.kind == "resolution")
                ticket.psa_overdue_since = resolution.due_at or resolution.breached_at

    def write(self, vals):
        if not {"stage_id", "team_id", "active"} & vals.keys():
            return super().write(vals)
        resting = self.filtered(lambda ticket: ticket._psa_is_resting())
        result = super().write(vals)
        back = resting.filtered(lambda ticket: not ticket._psa_is_resting())
        if back:
            # sudo: booked for whoever was allowed to move the ticket
            back.sudo().write({"psa_resumed_at": self._psa_get_event_moment()})
        return result

    def _psa_is_resting(self):
        """Say whether nobody is expected to work on it: it waits, or is closed."""
        return self.psa_is_waiting or not self.psa_is_open or not self.active
