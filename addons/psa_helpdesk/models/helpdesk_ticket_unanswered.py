from odoo import api, fields, models

from ..logic import touch

HIGHEST = "3"


class HelpdeskTicket(models.Model):
    """Critical tickets that nobody has laid hands on: those on call are told, one after the other."""

    _inherit = "helpdesk.ticket"

    psa_page_ids = fields.One2many(
        "psa.oncall.page", "ticket_id", string="On-call pages", readonly=True, groups="base.group_user"
    )
    psa_page_state = fields.Selection(
        selection=lambda self: self.env["psa.oncall.page"]._fields["state"].selection,
        string="On call",
        compute="_compute_psa_page_state",
        groups="base.group_user",
    )

    _psa_untouched_idx = models.Index(
        "(team_id) WHERE psa_is_open IS TRUE AND priority = '3' AND psa_touched_at IS NULL"
    )

    @api.depends("psa_page_ids.state")
    def _compute_psa_page_state(self):
        pages = self.env["psa.oncall.page"].search([("ticket_id", "in", self.ids)], order="id")
        states = {page.ticket_id.id: page.state for page in pages}
        for ticket in self:
            ticket.psa_page_state = states.get(ticket._origin.id, False)

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets._psa_page_where_wanted()
        return tickets

    def write(self, vals):
        is_rising = "priority" in vals or "team_id" in vals
        # sudo: whether it was critical already, which a customer who writes may not read
        before = self.sudo().filtered(lambda ticket: ticket._psa_is_paged()).ids if is_rising else []
        result = super().write(vals)
        if is_rising:
            self.filtered(lambda ticket: ticket.id not in before)._psa_page_where_wanted()
        return result

    def _psa_is_paged(self):
        """Say whether this ticket is one for which its queue wants those on call to be told."""
        return bool(self.priority == HIGHEST and self.team_id.psa_oncall_pages and self.psa_is_open)

    def _psa_page_where_wanted(self):
        """Begin a ladder for those of these tickets that became critical without a touch by us."""
        if touch.role_of(self.browse()._psa_get_actor()) is touch.Role.STAFF:
            return
        # sudo: asked for whoever or whatever made the ticket, which may not read queues and touches
        wanted = self.sudo().filtered(lambda ticket: ticket._psa_is_paged() and not ticket.psa_touched_at)
        wanted._psa_page_oncall()

    def _psa_page_oncall(self):
        """Tell those on call, one after the other, until somebody acknowledges (Rule D10.35)."""
        return self.env["psa.oncall.page"]._start(self, fields.Datetime.now())

    def _psa_touch(self, at):
        """Any touch acknowledges."""
        result = super()._psa_touch(at)
        # sudo: the ladder ends for whoever was allowed to touch the ticket
        pages = self.env["psa.oncall.page"].sudo()
        pages.search([("ticket_id", "in", self.ids), ("state", "in", ("calling", "silent"))])._acknowledge(
            self.env.user, at
        )
        return result

    def action_psa_acknowledge(self):
        """The button on the ticket: I take this up."""
        self.ensure_one()
        pages = self.env["psa.oncall.page"].search(
            [("ticket_id", "=", self.id), ("state", "in", ("calling", "silent"))]
        )
        return pages.action_acknowledge()
