from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain


class HelpdeskTicket(models.Model):
    """Tickets that stand still in a stage: the host's mark, for stages that say after how many days it is due.

    Nothing is stored: the mark is read from the stage and the moment of its last change.
    """

    _inherit = "helpdesk.ticket"

    # Under this name the host looks for it.
    date_last_stage_update = fields.Datetime(related="last_stage_update", string="Last stage change")

    def _get_rotting_depends_fields(self):
        return [*super()._get_rotting_depends_fields(), "psa_is_open"]

    def _get_rotting_domain(self):
        return super()._get_rotting_domain() & Domain("psa_is_open", "=", True)

    @api.model
    def _search_is_rotting(self, operator, value):
        """Search stage by stage: the host's own search needs a column that tickets do not have."""
        if operator != "in":
            return NotImplemented
        now = self.env.cr.now()  # as the host reads it
        stages = self.env["helpdesk.ticket.stage"].search([("rotting_threshold_days", ">", 0)])
        rotting = Domain("psa_is_open", "=", True) & Domain.OR(
            Domain("stage_id", "=", stage.id)
            & Domain("last_stage_update", "<", now - timedelta(days=stage.rotting_threshold_days))
            for stage in stages
        )
        return Domain.OR(rotting if wanted else ~rotting for wanted in value)
