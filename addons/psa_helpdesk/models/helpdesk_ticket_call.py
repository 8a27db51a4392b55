from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.psa_crm.outside import find_id

from ..logic import call_stages, distance

OPEN_STATES = sorted(call_stages.OPEN)


class HelpdeskTicket(models.Model):
    """The service calls of a ticket: the next one, how to book one, and how far the ticket is from another call."""

    _inherit = "helpdesk.ticket"

    psa_service_call_ids = fields.Many2many(
        "psa.service.call",
        "psa_service_call_ticket_rel",
        "ticket_id",
        "call_id",
        string="Service calls",
        readonly=True,
        copy=False,
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    psa_service_call_count = fields.Integer(
        string="Number of service calls",
        compute="_compute_psa_next_call",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    psa_next_call_id = fields.Many2one(
        "psa.service.call",
        string="Next service call",
        compute="_compute_psa_next_call",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    psa_next_call_at = fields.Datetime(
        string="Next service call at",
        compute="_compute_psa_next_call",
        search="_search_psa_next_call_at",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    psa_distance_km = fields.Float(
        string="Distance (km)",
        compute="_compute_psa_distance_km",
        digits=(8, 1),
        groups="helpdesk_mgmt.group_helpdesk_user_own",
        help="From the service call that is being looked at, as the crow flies.",
    )

    def _compute_psa_next_call(self):
        """The first open call that is not over yet, of those the user may see; two queries for all tickets."""
        calls = self.env["psa.service.call"].search([("ticket_ids", "in", self.ids)], order="start_at, id")
        now = fields.Datetime.now()
        coming = calls.filtered(lambda call: call.state in call_stages.OPEN and call.stop_at >= now)
        for ticket in self:
            following = coming.filtered(lambda call, ticket=ticket: ticket._origin in call.ticket_ids)[:1]
            ticket.psa_next_call_id = following
            ticket.psa_next_call_at = following.start_at
            ticket.psa_service_call_count = len(
                calls.filtered(lambda call, ticket=ticket: ticket._origin in call.ticket_ids)
            )

    def _search_psa_next_call_at(self, operator, value):
        """Look for the time of open calls that are not over; False means that there is none."""
        coming = Domain("state", "in", OPEN_STATES) & Domain("stop_at", ">=", fields.Datetime.now())
        if operator in ("in", "not in"):
            # Equal to a moment is nothing that anybody asks for: only whether there is a call at all.
            if set(value) != {False}:
                return NotImplemented
            has_none = ~Domain("psa_service_call_ids", "any", coming)
            return has_none if operator == "in" else ~has_none
        if operator not in ("<", "<=", ">", ">="):
            return NotImplemented
        return Domain("psa_service_call_ids", "any", coming & Domain("start_at", operator, value))

    @api.depends_context("psa_near_call_id")
    def _compute_psa_distance_km(self):
        call = self.env["psa.service.call"].browse(find_id(self.env, "psa_near_call_id") or [])
        call = call.exists()._filtered_access("read")
        here = call._psa_get_place() if call else None
        for ticket in self:
            there = ticket._psa_get_place()
            ticket.psa_distance_km = distance.kilometres(here, there) if here and there else 0.0

    def _psa_get_place(self):
        """Return where the ticket is: its site, else its customer, None where nobody looked up the coordinates."""
        self.ensure_one()
        # sudo: how far away a ticket is that the user may see; no address is told
        site = self.sudo().psa_site_id or self.sudo().commercial_partner_id
        return distance.place(site.partner_latitude, site.partner_longitude)

    def action_psa_book_call(self):
        """Ask when, who and where, with proposals."""
        return self.env["psa.service.call.plan"]._psa_open(self)

    def action_psa_open_calls(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("psa_helpdesk.psa_service_call_action")
        action |= {
            "name": self.env._("Service calls of %(number)s", number=self.number),
            "domain": [("ticket_ids", "in", self.ids)],
            "context": {"default_ticket_ids": self.ids},
        }
        if len(self.psa_service_call_ids) == 1:
            action |= {"views": [(False, "form")], "res_id": self.psa_service_call_ids.id}
        return action
