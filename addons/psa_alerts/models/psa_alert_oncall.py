from odoo import fields, models


class PsaAlert(models.Model):
    """Whoever acknowledges an alert, here or at the source, ends the calls for its ticket (rules D10.35 and D10.49)."""

    _inherit = "psa.alert"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "acknowledged":
            # sudo: who acknowledges may see the alert, not all that hangs on its ticket
            self.sudo().ticket_id.psa_page_ids._acknowledge(self.env.user, fields.Datetime.now())
        return result
