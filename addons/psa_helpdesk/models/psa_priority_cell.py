from odoo import api, fields, models

from ..logic.priority_matrix import USUAL
from .psa_sla_target import PRIORITIES

LEVELS = [("low", "Low"), ("medium", "Medium"), ("high", "High")]


class PsaPriorityCell(models.Model):
    """One cell of a company's matrix: the priority of tickets of this impact and urgency."""

    _name = "psa.priority.cell"
    _description = "Cell of the priority matrix"
    _order = "company_id, id"  # in the order of `USUAL`: the worst first

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    impact = fields.Selection(LEVELS, required=True, readonly=True, help="How much of the customer is hurt.")
    urgency = fields.Selection(LEVELS, required=True, readonly=True, help="How little it can wait.")
    priority = fields.Selection(PRIORITIES, required=True)

    _cell_unique = models.UniqueIndex(
        "(company_id, impact, urgency)", "Each company has one priority for an impact and an urgency."
    )

    @api.depends("impact", "urgency")
    def _compute_display_name(self):
        levels = dict(self._fields["impact"]._description_selection(self.env))
        for cell in self:
            cell.display_name = self.env._(
                "Impact %(impact)s, urgency %(urgency)s",
                impact=levels.get(cell.impact, ""),
                urgency=levels.get(cell.urgency, ""),
            )

    @api.model
    def _get_cells(self, company):
        """{(impact, urgency): priority} of a company, see `logic/priority_matrix.py`."""
        # sudo: the matrix holds for every ticket of the company, whoever writes it
        cells = self.sudo().search_fetch([("company_id", "=", company.id)], ["impact", "urgency", "priority"])
        return {(cell.impact, cell.urgency): cell.priority for cell in cells}

    @api.model
    def _make_usual(self, companies):
        """Give companies the cells they do not have yet, with the usual values."""
        known = {(cell.company_id, cell.impact, cell.urgency) for cell in self.search([])}
        self.create(
            [
                {"company_id": company.id, "impact": impact, "urgency": urgency, "priority": priority}
                for company in companies
                for (impact, urgency), priority in USUAL.items()
                if (company, impact, urgency) not in known
            ]
        )
