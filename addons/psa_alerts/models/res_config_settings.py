from odoo import fields, models

from .psa_alert_event import BODY_DAYS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    psa_alert_body_days = fields.Integer(
        string="Keep messages (days)",
        config_parameter="psa_alerts.body_retention_days",
        default=BODY_DAYS,
    )
