from odoo import models

# Joined to a company: who may see its alerts hears which of them changed.
ALERT_CHANNEL = "psa_alerts"


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Let those who may read alerts hear of them, in channels that nobody can ask for by name."""
        channels = super()._build_bus_channel_list(channels)
        if self.env.uid and self.env["psa.alert"].has_access("read"):
            channels += [(company, ALERT_CHANNEL) for company in self.env.user.company_ids]
        return channels
