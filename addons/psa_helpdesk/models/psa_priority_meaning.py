from odoo import api, fields, models

from .psa_sla_target import PRIORITIES


class PsaPriorityMeaning(models.Model):
    """What a priority means in a company, so that everybody chooses it alike: its short name and when it is right."""

    _name = "psa.priority.meaning"
    _description = "Meaning of a priority"
    _order = "company_id, priority desc"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    priority = fields.Selection(PRIORITIES, required=True)
    name = fields.Char(string="Short name", required=True, help="As people say it, such as S1.")
    description = fields.Char(
        string="When to choose it", required=True, translate=True, help="Shown on the ticket."
    )
    effort = fields.Char(string="What we do", translate=True, help="Who works on it, and when.")

    _one_each = models.UniqueIndex(
        "(company_id, priority)", "This company has a meaning for this priority already."
    )

    @api.depends("name", "description")
    def _compute_display_name(self):
        for meaning in self:
            meaning.display_name = f"{meaning.name}: {meaning.description or ''}"

    @api.model
    def _get_all(self, companies):
        """{(company, priority): meaning} with one query."""
        # sudo: what a priority means is no secret to whoever sees a ticket with it
        found = self.sudo().search_fetch(
            [("company_id", "in", companies.ids)], ["company_id", "priority", "name", "description", "effort"]
        )
        return {(meaning.company_id.id, meaning.priority): meaning for meaning in found}
