from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    psa_default_queue_id = fields.Many2one(related="company_id.psa_default_queue_id", readonly=False)
    psa_portal_upload_megabytes = fields.Integer(
        related="company_id.psa_portal_upload_megabytes", readonly=False
    )
    psa_portal_upload_files = fields.Integer(related="company_id.psa_portal_upload_files", readonly=False)
    psa_first_contact_days = fields.Integer(related="company_id.psa_first_contact_days", readonly=False)
