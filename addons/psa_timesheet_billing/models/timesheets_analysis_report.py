from odoo import fields, models

from .account_analytic_line import COST_GROUPS


class TimesheetsAnalysisReport(models.Model):
    """The host's report shows cost to whoever may read the report; here the same people see it as on the entries."""

    _inherit = "timesheets.analysis.report"

    amount = fields.Monetary(groups=COST_GROUPS)
