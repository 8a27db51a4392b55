from odoo import api, fields, models


class HelpdeskTicketChannel(models.Model):
    _inherit = "helpdesk.ticket.channel"

    psa_is_live = fields.Boolean(
        string="Spoken to",
        help="A call, or work on site: whoever enters such a ticket has answered the customer already.",
    )

    @api.model
    def _psa_mark_host_channels(self):
        """Mark the telephone of the host. Called once, when the addon is installed."""
        phone = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone", raise_if_not_found=False)
        if phone:
            phone.psa_is_live = True
