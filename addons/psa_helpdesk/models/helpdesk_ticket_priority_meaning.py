from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """What the priority of the ticket means in its company."""

    _inherit = "helpdesk.ticket"

    psa_priority_meaning = fields.Char(
        string="Meaning of the priority",
        compute="_compute_psa_priority_meaning",
        groups="base.group_user",
        help="What this priority stands for, and what we do about it.",
    )

    @api.depends("priority", "company_id")
    @api.depends_context("lang")
    def _compute_psa_priority_meaning(self):
        meanings = self.env["psa.priority.meaning"]._get_all(self.company_id or self.env.company)
        for ticket in self:
            company = ticket.company_id or self.env.company
            meaning = meanings.get((company.id, ticket.priority))
            said = [meaning.display_name, meaning.effort] if meaning else []
            ticket.psa_priority_meaning = " · ".join(filter(None, said))
