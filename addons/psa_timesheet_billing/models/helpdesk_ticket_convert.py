from odoo import models

from odoo.addons.psa_helpdesk.own_word import OWN_WORD


class HelpdeskTicket(models.Model):
    """Time goes with a ticket that becomes a task, and is billed as it would have been."""

    _inherit = "helpdesk.ticket"

    def _psa_take_along(self, task):
        """Show the time of this ticket on the task. It stays the ticket's, too: by it the work is priced, once."""
        result = super()._psa_take_along(task)
        self.psa_time_ids.with_context(psa_moving_to_task=OWN_WORD).write(
            {"project_id": task.project_id.id, "task_id": task.id}
        )
        return result
