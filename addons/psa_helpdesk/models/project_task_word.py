from odoo import api, models
from odoo.fields import Domain

from ..logic.own_due import AT_RISK
from ..logic.work_word import Word, Work


class ProjectTask(models.Model):
    """Where a task stands: by its deadline."""

    _name = "project.task"
    _inherit = ["project.task", "psa.work.word.mixin"]

    def _psa_get_work(self, now):
        deadline = self.date_deadline or None
        is_overdue = deadline is not None and deadline < now
        return Work(
            is_open=not self.is_closed,
            is_overdue=is_overdue,
            is_at_risk=deadline is not None and not is_overdue and deadline < now + AT_RISK,
            is_waiting=self.state == "04_waiting_normal",
            due_at=deadline,
            # The host dates each change of the state with it.
            closed_at=self.date_last_stage_update or None,
        )

    @api.model
    def _psa_get_word_domains(self, now, day):
        is_open, closed = Domain("is_closed", "=", False), Domain("is_closed", "=", True)
        calm = is_open & ~Domain("date_deadline", "<", now + AT_RISK)
        waiting = Domain("state", "=", "04_waiting_normal")
        due_today = Domain("date_deadline", "<", day.end)
        return {
            Word.OVERDUE: is_open & Domain("date_deadline", "<", now),
            Word.AT_RISK: is_open
            & Domain("date_deadline", ">=", now)
            & Domain("date_deadline", "<", now + AT_RISK),
            Word.WAITING: calm & waiting,
            Word.DUE: calm & ~waiting & due_today,
            Word.LATER: calm & ~waiting & ~due_today,
            Word.DONE: closed
            & Domain("date_last_stage_update", ">=", day.start)
            & Domain("date_last_stage_update", "<", day.end),
        }
