from odoo import models

from .psa_service_call import BOARD_CHANNEL


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Let dispatchers hear of changed service calls: a channel of their companies that nobody can ask for by name."""
        channels = super()._build_bus_channel_list(channels)
        if self.env.uid and self.env.user.has_group("psa_helpdesk.psa_helpdesk_group_dispatcher"):
            channels += [(company, BOARD_CHANNEL) for company in self.env.user.company_ids]
        return channels
