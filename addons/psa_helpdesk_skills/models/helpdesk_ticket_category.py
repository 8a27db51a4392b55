from odoo import fields, models


class HelpdeskTicketCategory(models.Model):
    """What one must be able to do for tickets of an issue."""

    _inherit = "helpdesk.ticket.category"

    psa_skill_ids = fields.Many2many(
        "hr.skill",
        string="Skills",
        groups="base.group_user",
        help="Tickets of this issue, and of its sub-issues, are for technicians who have all of these.",
    )
