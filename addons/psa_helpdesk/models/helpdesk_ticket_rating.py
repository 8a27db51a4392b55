from odoo import api, models


class HelpdeskTicket(models.Model):
    """Ratings of a ticket."""

    _inherit = "helpdesk.ticket"

    @api.depends("rating_ids.rating")
    def _compute_percentage(self):
        """Ask for grades only where there are ratings: the host asks once for each new ticket."""
        rated = self.filtered("rating_ids")
        (self - rated).positive_rate_percentage = -1
        return super(HelpdeskTicket, rated)._compute_percentage()
