from odoo import fields, models

from ..models.psa_sla_target import PRIORITIES


class PsaTicketReportMixin(models.AbstractModel):
    """What the figures of tickets are grouped by, and the way from a row to its ticket."""

    _name = "psa.ticket.report.mixin"
    _description = "Figures of tickets"
    _inherit = ["psa.ticket.part.mixin"]
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("helpdesk.ticket.team", string="Queue", readonly=True)
    user_id = fields.Many2one("res.users", string="Assigned to", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    account_class_id = fields.Many2one("psa.account.class", string="Account class", readonly=True)
    category_id = fields.Many2one("helpdesk.ticket.category", string="Issue", readonly=True)
    channel_id = fields.Many2one("helpdesk.ticket.channel", string="Source", readonly=True)
    priority = fields.Selection(PRIORITIES, readonly=True)

    def action_open_ticket(self):
        self.ensure_one()
        return self.ticket_id._psa_prepare_open_action()
