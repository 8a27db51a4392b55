from odoo import models
from odoo.fields import Domain


class AccountAnalyticLine(models.Model):
    """What the host's pages for customers tell of time."""

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
