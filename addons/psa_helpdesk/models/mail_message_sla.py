from odoo import models

# A change of these may make a note public.
PUBLISHING_FIELDS = {"subtype_id", "is_internal"}


class MailMessage(models.Model):
    _inherit = "mail.message"

    def write(self, vals):
        result = super().write(vals)
        if PUBLISHING_FIELDS & vals.keys():
            self.env["helpdesk.ticket"]._psa_hear_published(self)
        return result
