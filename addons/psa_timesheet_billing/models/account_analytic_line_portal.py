from odoo import api, models
from odoo.fields import Domain


class AccountAnalyticLine(models.Model):
    """What customers are told of time: in the portal, on papers, and on the host's own pages."""

    _inherit = "account.analytic.line"

    def _timesheet_get_portal_domain(self):
        """Leave out work of ours: the host tells every contact all of it, not yet approved time too.

        It is told on the pages of tickets and contracts, by the level of the contact.
        """
        domain = super()._timesheet_get_portal_domain()
        if not self.env.user.share:
            return domain
        ours = Domain("psa_ticket_id", "!=", False) | Domain("psa_contract_id", "!=", False)
        return Domain(domain) & ~ours

    @api.model
    def _psa_get_told_domain(self, ticket_ids):
        """Return the time on tickets that customers are told: what is not approved yet may still change."""
        return Domain("psa_ticket_id", "in", ticket_ids) & Domain("psa_state", "=", "approved")
