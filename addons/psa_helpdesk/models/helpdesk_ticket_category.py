from odoo import fields, models


class HelpdeskTicketCategory(models.Model):
    """An issue, or a sub-issue of one."""

    _inherit = "helpdesk.ticket.category"

    # Host fields in the words of the suite
    parent_id = fields.Many2one(string="Sub-issue of")
    child_id = fields.One2many(string="Sub-issues")
    show_in_portal = fields.Boolean(
        string="Customers may choose it", help="Offered to customers who open a ticket in the portal."
    )
