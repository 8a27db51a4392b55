from odoo import models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"
