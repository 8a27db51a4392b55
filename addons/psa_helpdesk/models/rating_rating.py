from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class RatingRating(models.Model):
    """Ratings of a ticket are seen by whoever sees the ticket; the host shows all of them to every colleague."""

    _inherit = "rating.rating"

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            tickets = self.env["helpdesk.ticket"].with_context(active_test=False)._search(Domain.TRUE)
            of_others = Domain("res_model", "!=", "helpdesk.ticket")
            domain = Domain(domain) & (of_others | Domain("res_id", "in", tickets))
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su:
            return result
        allowed = self - result[0] if result else self
        # sudo: only to learn which tickets these are; the check itself runs with the user's rights
        of_tickets = allowed.sudo().filtered(lambda rating: rating.res_model == "helpdesk.ticket")
        tickets = self.env["helpdesk.ticket"].browse(of_tickets.mapped("res_id")).exists()
        seen = set(tickets._filtered_access("read").ids)
        hidden = of_tickets.filtered(lambda rating: rating.res_id not in seen).sudo(False)
        if not hidden:
            return result
        forbidden = hidden | result[0] if result else hidden
        return forbidden, lambda: AccessError(
            self.env._("These ratings belong to tickets that you may not see.")
        )
