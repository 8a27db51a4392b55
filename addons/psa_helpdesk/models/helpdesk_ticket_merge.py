from odoo import models

from ..own_word import is_said


class HelpdeskTicket(models.Model):
    """What a merge leaves alone on the ticket that goes on."""

    _inherit = "helpdesk.ticket"

    def write(self, vals):
        # The host puts all descriptions into that of the ticket that goes on, which its customer reads (Rule D8.4).
        if "description" in vals and is_said(self.env, "psa_merging"):
            vals = {name: value for name, value in vals.items() if name != "description"}
        return super().write(vals)
