from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    psa_service_project_id = fields.Many2one(related="company_id.psa_service_project_id", readonly=False)
    psa_default_role_id = fields.Many2one(related="company_id.psa_default_role_id", readonly=False)
    psa_rounding_scope = fields.Selection(
        related="company_id.psa_rounding_scope", readonly=False, required=True
    )
    psa_rounding_increment = fields.Integer(related="company_id.psa_rounding_increment", readonly=False)
    psa_rounding_grace = fields.Integer(related="company_id.psa_rounding_grace", readonly=False)
