from odoo import api, fields, models

ALERT_GROUP = "psa_alerts.psa_alerts_group_user"
# As many as tell how things stand; the console has them all.
SHOWN_ALERTS = 5


class ResPartner(models.Model):
    _inherit = "res.partner"

    psa_alert_ids = fields.Many2many(
        "psa.alert", string="Open alerts", compute="_compute_psa_alert_ids", groups=ALERT_GROUP
    )

    @api.depends_context("uid")
    def _compute_psa_alert_ids(self):
        """The last ones of the whole customer, or of the site."""
        for partner in self:
            place = "site_id" if partner.psa_is_site else "partner_id"
            where = partner if partner.psa_is_site else partner.commercial_partner_id
            partner.psa_alert_ids = self.env["psa.alert"].search(
                [(place, "in", where.ids), ("state", "in", ("open", "acknowledged"))], limit=SHOWN_ALERTS
            )
