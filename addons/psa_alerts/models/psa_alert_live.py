from odoo import api, models

from .ir_websocket import ALERT_CHANNEL


class PsaAlert(models.Model):
    """The open alert console follows what arrives and what others do."""

    _inherit = "psa.alert"

    @api.model
    def _psa_get_live_channels(self, routes):
        # sudo: alerts are processed by the system, for every company
        companies = self.env["res.company"].sudo()
        return {route: [(companies.browse(route[0]), ALERT_CHANNEL)] for route in routes}
