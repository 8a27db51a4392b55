from odoo import models


class HelpdeskTicket(models.Model):
    """Whether somebody entered time on a ticket, for the queues that ask for it before closing."""

    _inherit = "helpdesk.ticket"

    def _psa_has_time(self):
        return any(line.psa_minutes > 0 for line in self.psa_time_ids)
