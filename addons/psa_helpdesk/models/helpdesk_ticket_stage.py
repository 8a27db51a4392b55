from odoo import fields, models


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    # Host fields in the words of the suite
    team_ids = fields.Many2many(string="Queues", help="Only these queues have this stage; none: all queues.")
    unattended = fields.Boolean(string="New tickets", help="Tickets here wait for somebody to begin.")
    closed = fields.Boolean(string="Closes the ticket")
    close_from_portal = fields.Boolean(
        string="Customers may use it", help="Customers see a button that closes their ticket with this stage."
    )
    # The host's mark of what stands still looks for this name.
    rotting_threshold_days = fields.Integer(
        string="Days to stand still",
        help="Open tickets that are in this stage for longer get a mark. 0: never.",
    )

    def _psa_get_closest(self, stage):
        """Return the stage among `self` that means the same as `stage`: its name, its kind, else the first one."""
        if not stage:
            return self[:1]
        same_kind = self.filtered(lambda own: own._psa_get_kind() == stage._psa_get_kind())
        return same_kind.filtered(lambda own: own.name == stage.name)[:1] or same_kind[:1] or self[:1]

    def _psa_get_kind(self):
        """Return what tells stages of different meaning apart."""
        self.ensure_one()
        return self.closed, self.unattended, self.psa_sla_event

    def _psa_has_meaning(self, meaning):
        """Say whether this stage is one for `meaning`, see `helpdesk.ticket.team._psa_find_stage`."""
        self.ensure_one()
        if meaning == "new":
            return not self.closed
        if meaning == "open":
            return not self.closed and not self.unattended and self.psa_sla_event != "waiting"
        if meaning == "resolved":
            return self.closed and self.psa_sla_event != "cancelled"
        return self.psa_sla_event == meaning and self.closed == (meaning == "cancelled")
