from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.fields import Domain

from ..logic import distance

# What is late comes first, then what will be.
URGENCY = {"overdue": 0, "at_risk": 1}
MOST = 50


class PsaServiceCall(models.Model):
    """What else can be done on the same trip: other open tickets of the customer, and those of neighbours."""

    _inherit = "psa.service.call"

    nearby_ticket_ids = fields.Many2many(
        "helpdesk.ticket", string="On the same trip", compute="_compute_nearby_ticket_ids"
    )
    nearby_count = fields.Integer(string="Nearby tickets", compute="_compute_nearby_ticket_ids")
    map_url = fields.Char(string="Map", compute="_compute_map_url")

    @api.depends("ticket_ids", "site_id", "place")
    @api.depends_context("uid")
    def _compute_nearby_ticket_ids(self):
        for call in self:
            call.nearby_ticket_ids = call._psa_find_nearby()
            call.nearby_count = len(call.nearby_ticket_ids)

    def _psa_find_nearby(self):
        """Return open tickets for the same trip that this user may see: urgent ones first, then the nearest."""
        self.ensure_one()
        tickets = self.env["helpdesk.ticket"]
        if self.place != "on_site" or not self.company_id:
            return tickets
        here, radius = self._psa_get_place(), self.company_id.sudo().psa_nearby_km
        found = tickets.search(self._psa_get_nearby_domain(here, radius), limit=10 * MOST)
        near = {}
        for ticket in found:
            there = ticket._psa_get_place()
            km = distance.kilometres(here, there) if here and there else None
            if ticket.commercial_partner_id.id == self.partner_id.id or (km is not None and km <= radius):
                near[ticket] = 0.0 if km is None else km
        ranked = sorted(
            near, key=lambda ticket: (URGENCY.get(ticket.psa_sla_state, 2), near[ticket], ticket.id)
        )
        return tickets.union(*ranked[:MOST]) if ranked else tickets

    def _psa_get_nearby_domain(self, here, radius):
        """Return the tickets to look at: those of the customer, and those in a box around the place."""
        wanted = Domain("commercial_partner_id", "=", self.partner_id.id)
        if here:
            box = distance.box_around(here, radius)
            inside = (
                Domain("partner_latitude", ">=", box.south)
                & Domain("partner_latitude", "<=", box.north)
                & Domain("partner_longitude", ">=", box.west)
                & Domain("partner_longitude", "<=", box.east)
            )
            # sudo: which places lie near; the tickets are searched with the rights of the user
            places = self.env["res.partner"].sudo().with_context(active_test=False)._search(inside)
            wanted |= Domain("psa_site_id", "in", places) | (
                Domain("psa_site_id", "=", False) & Domain("commercial_partner_id", "in", places)
            )
        return (
            wanted
            & Domain("psa_is_open", "=", True)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("id", "not in", self.ticket_ids.ids)
        )

    def _psa_get_place(self):
        """Return the coordinates of the site, None where nobody looked them up."""
        self.ensure_one()
        site = self.sudo().site_id  # who may read the call sees where it is
        return distance.place(site.partner_latitude, site.partner_longitude)

    @api.depends("site_id", "place")
    def _compute_map_url(self):
        for call in self:
            address = call._psa_say_address()
            query = urlencode({"api": 1, "query": address})
            call.map_url = f"https://www.google.com/maps/search/?{query}" if address else False

    def action_open_nearby(self):
        """List the tickets for the same trip, in their order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("psa_helpdesk.psa_ticket_all_action")
        return action | {
            "name": self.env._("On the same trip as %(call)s", call=self.number),
            "domain": [("id", "in", self.nearby_ticket_ids.ids)],
            "context": {"psa_near_call_id": self.id},
        }

    def action_open_map(self):
        """Open the address in the map of the device."""
        self.ensure_one()
        self.check_access("read")  # the address is computed for whoever asks
        return {"type": "ir.actions.act_url", "url": self.map_url, "target": "new"}
