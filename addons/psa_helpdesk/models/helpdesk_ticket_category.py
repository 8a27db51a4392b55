from odoo import api, fields, models


class HelpdeskTicketCategory(models.Model):
    """An issue, or a sub-issue of one."""

    _inherit = "helpdesk.ticket.category"

    # Host fields in the words of the suite
    parent_id = fields.Many2one(string="Sub-issue of")
    child_id = fields.One2many(string="Sub-issues")
    show_in_portal = fields.Boolean(
        string="Customers may choose it", help="Offered to customers who open a ticket in the portal."
    )

    @api.depends("complete_name", "name")
    @api.depends_context("psa_issue_name_only", "lang")
    def _compute_display_name(self):
        """Beside its issue a sub-issue is called by its own name."""
        if not self.env.context.get("psa_issue_name_only"):
            return super()._compute_display_name()
        for category in self:
            category.display_name = category.name
        return None
