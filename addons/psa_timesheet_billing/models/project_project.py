from odoo import fields, models

from .account_analytic_line import COST_GROUPS


class ProjectProject(models.Model):
    _inherit = "project.project"

    # The sum of what the work cost, less what it earned: the host shows it to everybody who sees the project.
    analytic_account_balance = fields.Monetary(groups=COST_GROUPS)

    def _psa_takes_time(self):
        """Whether time can be logged here: there is a project, in use, with timesheets and an account for its cost."""
        return bool(
            self and self.active and self.allow_timesheets and not self.is_template and self.account_id.active
        )

    def _show_profitability(self):
        """The host sums the cost of all work as superuser: only for those who may read it by themselves."""
        return super()._show_profitability() and self.env.user.has_groups(COST_GROUPS)

    def _get_profitability_values(self):
        """As in the panel: a project update would print the same sums."""
        if not self.env.user.has_groups(COST_GROUPS):
            return {}, False
        return super()._get_profitability_values()
