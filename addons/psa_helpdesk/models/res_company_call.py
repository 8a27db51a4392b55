from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    psa_nearby_km = fields.Float(
        string="Nearby (km)",
        default=5.0,
        help="Open tickets within this distance of a service call are shown for the same trip.",
    )

    _psa_nearby_not_negative = models.Constraint(
        "CHECK (psa_nearby_km >= 0)", "The distance for nearby tickets cannot be below zero."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    psa_nearby_km = fields.Float(related="company_id.psa_nearby_km", readonly=False)
