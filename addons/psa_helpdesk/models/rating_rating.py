from odoo import api, models
from odoo.fields import Domain


class RatingRating(models.Model):
    """Ratings of a ticket are seen by whoever sees the ticket; the host shows all of them to every colleague."""

    _name = "rating.rating"
    _inherit = ["rating.rating", "psa.ticket.part.mixin"]

    @api.model
    def _psa_get_ticket_domain(self, tickets):
        return Domain("res_model", "!=", "helpdesk.ticket") | Domain("res_id", "in", tickets)

    def _psa_get_ticket_ids(self):
        of_tickets = self.filtered(lambda rating: rating.res_model == "helpdesk.ticket")
        # The host keeps ratings by number: their ticket may be gone.
        there = set(self.env["helpdesk.ticket"].browse(of_tickets.mapped("res_id")).exists().ids)
        return {rating.id: rating.res_id in there and rating.res_id for rating in of_tickets}
