from odoo import models


class ProjectProject(models.Model):
    _inherit = "project.project"

    def _psa_takes_time(self):
        """Whether time can be logged here: there is a project, in use, with timesheets and an account for its cost."""
        return bool(
            self and self.active and self.allow_timesheets and not self.is_template and self.account_id.active
        )
