from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

DAY = timedelta(days=1)


class PsaServiceCall(models.Model):
    """What was really worked lies under the plan of the dispatch board."""

    _inherit = "psa.service.call"

    @api.model
    def _prepare_board_spans(self, users, start, stop):
        spans = super()._prepare_board_spans(users, start, stop)
        # sudo: from when to when somebody worked, and nothing of what is written there
        lines = self.env["account.analytic.line"].sudo()
        found = lines.search_fetch(
            Domain("user_id", "in", users.ids)
            & Domain("project_id", "!=", False)
            & Domain("company_id", "=", self.env.company.id)
            # The day of an entry is another one in other time zones; there is an index on it.
            & Domain("date", ">=", (start - DAY).date())
            & Domain("date", "<=", (stop + DAY).date())
            & Domain("psa_start_at", "<", stop)
            & Domain("psa_end_at", ">", start),
            ["user_id", "psa_start_at", "psa_end_at"],
            order="psa_start_at, id",
        )
        said = fields.Datetime.to_string
        worked = [[line.user_id.id, said(line.psa_start_at), said(line.psa_end_at)] for line in found]
        return spans | {"worked": spans["worked"] + worked}
