from odoo import api, models

# Of a company: all its tickets, or, with the id of a queue behind it, those of one queue.
TICKET_CHANNEL = "psa_tickets"


def queue_channel(queue_id):
    """Return the name of a queue's channel; tickets without a queue have one too."""
    return f"{TICKET_CHANNEL}_{queue_id or 0}"


class HelpdeskTicket(models.Model):
    """Open lists, cards and forms of tickets follow what others do.

    Those who see all tickets listen to their companies, those who see queues to these queues (`ir_websocket.py`).
    Whoever is assigned hears of it on a channel of their own, in whatever queue the ticket is. Customers hear nothing.
    """

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "psa.live.mixin"]

    _psa_live_columns = ("company_id", "team_id", "user_id")

    @api.model
    def _psa_get_live_channels(self, routes):
        # sudo: the one who changes a ticket may not read the companies and users who hear of it
        companies, users = self.env["res.company"].sudo(), self.env["res.users"].sudo()
        told = users.browse({user_id for _company, _queue, user_id in routes if user_id})
        partners = {user.id: user.partner_id for user in told if user._is_internal()}
        channels = {}
        for route in routes:
            company_id, queue_id, user_id = route
            company = companies.browse(company_id)
            channels[route] = [(company, TICKET_CHANNEL), (company, queue_channel(queue_id))]
            if user_id in partners:
                channels[route].append(partners[user_id])
        return channels
