from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """What one must be able to do for a ticket."""

    _inherit = "helpdesk.ticket"

    psa_skill_ids = fields.Many2many(
        "hr.skill",
        string="Skills",
        compute="_compute_psa_skill_ids",
        store=True,
        readonly=False,
        groups="helpdesk_mgmt.group_helpdesk_user_own",
        help="The dispatcher is shown technicians who have all of these first. The issue brings them; change them where "
        "this ticket needs others.",
    )

    @api.depends("category_id")
    def _compute_psa_skill_ids(self):
        issues = self.env["helpdesk.ticket.category"].sudo()  # what an issue wants, whoever chose it
        for ticket in self:
            ticket.psa_skill_ids = issues.browse(ticket._psa_get_issue_ids()).psa_skill_ids
