from odoo import api, fields, models

from ..logic.working_time import AlwaysOpen

AGEING_FIELDS = {"priority", "psa_impact", "psa_urgency", "stage_id", "team_id", "active"}
ALWAYS = AlwaysOpen()


class HelpdeskTicket(models.Model):
    """Since when a ticket stands unsolved at its present priority: the spell of ladders by the clock (Rule D10.23)."""

    _inherit = "helpdesk.ticket"

    psa_priority_set_at = fields.Datetime(
        string="Priority set",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="When its priority was last changed, or the ticket was last opened again.",
    )
    psa_priority_since = fields.Datetime(
        string="At this priority since",
        compute="_compute_psa_priority_since",
        store=True,
        groups="base.group_user",
        help="The start of the ticket, or when its priority was last changed or the ticket was last opened again.",
    )

    _psa_priority_since_idx = models.Index(
        "(priority, psa_priority_since) WHERE psa_is_open IS TRUE AND active IS TRUE"
    )

    @api.depends("psa_started_at", "psa_priority_set_at")
    def _compute_psa_priority_since(self):
        for ticket in self:
            moments = [ticket.psa_started_at, ticket.psa_priority_set_at]
            ticket.psa_priority_since = max((moment for moment in moments if moment), default=False)

    def write(self, vals):
        if not AGEING_FIELDS & vals.keys():
            return super().write(vals)
        before = {ticket: (ticket.priority, ticket._psa_is_at_work()) for ticket in self.sudo()}
        result = super().write(vals)
        begun = self.sudo().filtered(
            lambda ticket: (
                ticket.priority != before[ticket][0] or (ticket._psa_is_at_work() and not before[ticket][1])
            )
        )
        if begun:
            # booked for whoever was allowed to change the ticket
            begun.write({"psa_priority_set_at": self._psa_get_event_moment()})
        return result

    def _psa_is_at_work(self):
        return self.psa_is_open and self.active

    def _psa_get_ladder_hours(self):
        """{ticket: the hours its ladder counts in}: of its resolution target, else of any, else every hour.

        A constant number of queries for any number of tickets.
        """
        clocks = self.env["psa.sla.clock"].search([("ticket_id", "in", self.ids)])
        deciding = {}
        for clock in clocks.sorted(lambda clock: (clock.cycle, clock.kind == "resolution")):
            deciding[clock.ticket_id] = clock
        hours = self.env["psa.sla.calendar.version"]._get_hours(
            clock._get_hours_key() for clock in deciding.values()
        )
        return {
            ticket: hours[deciding[ticket]._get_hours_key()] if ticket in deciding else ALWAYS
            for ticket in self
        }
