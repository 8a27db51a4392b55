from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    psa_four_eyes = fields.Boolean(related="company_id.psa_four_eyes", readonly=False)
