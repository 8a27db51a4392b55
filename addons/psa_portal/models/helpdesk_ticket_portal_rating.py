from odoo import api, models


class HelpdeskTicket(models.Model):
    """Which closed tickets a customer was asked to rate and has not yet."""

    _inherit = "helpdesk.ticket"

    def _psa_get_portal_rating_token(self, partner):
        """Return the token of the rating that this contact was asked for, False without one."""
        self.ensure_one()
        asked = self._psa_get_asked_ratings(partner).filtered(lambda rating: rating.res_id == self.id)
        return not self.psa_is_open and asked[:1].access_token

    @api.model
    def _psa_find_portal_to_rate(self, partner):
        """Return the closed tickets that this contact was asked to rate, as {id, number, name}."""
        asked = self._psa_get_asked_ratings(partner)
        # By search, under the reader's own rights.
        tickets = (
            self.search([("id", "in", asked.mapped("res_id")), ("psa_is_open", "=", False)])
            if asked
            else self
        )
        return [{"id": ticket.id, "number": ticket.number, "name": ticket.name} for ticket in tickets]

    @api.model
    def _psa_get_asked_ratings(self, partner):
        # sudo: customers have no right on ratings; those that this contact was asked for hold a token for the answer
        return (
            self.env["rating.rating"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("partner_id", "=", partner.id),
                    ("consumed", "=", False),
                ]
            )
        )
