from odoo import models

from .helpdesk_ticket_live import TICKET_CHANNEL, queue_channel
from .psa_service_call import BOARD_CHANNEL


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Let people of the desk hear of changed tickets and service calls, each of those that they may see.

        These are channels of their companies, which nobody can ask for by name.
        """
        channels = super()._build_bus_channel_list(channels)
        names = self._psa_get_channel_names() if self.env.uid else []
        return channels + [(company, name) for company in self.env.user.company_ids for name in names]

    def _psa_get_channel_names(self):
        user = self.env.user
        names = []
        if user.has_group("psa_helpdesk.psa_helpdesk_group_dispatcher"):
            names.append(BOARD_CHANNEL)
        if user.has_group("psa_helpdesk.psa_helpdesk_group_contractor"):
            pass  # sees single tickets of a queue only, and hears of those on a channel of their own
        elif user.has_group("helpdesk_mgmt.group_helpdesk_user"):
            names.append(TICKET_CHANNEL)
        elif user.has_group("helpdesk_mgmt.group_helpdesk_user_team"):
            names += [queue_channel(queue_id) for queue_id in (0, *user.helpdesk_team_ids.ids)]
        return names
