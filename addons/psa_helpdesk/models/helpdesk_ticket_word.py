from odoo import api, models
from odoo.fields import Domain

from ..logic.work_word import Word, Work


class HelpdeskTicket(models.Model):
    """Where a ticket stands: by its clocks, as the last sweep left them."""

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "psa.work.word.mixin"]

    def _psa_get_work(self, now):
        return Work(
            is_open=self.psa_is_open,
            is_overdue=self.psa_sla_state == "overdue",
            is_at_risk=self.psa_sla_state == "at_risk",
            is_waiting=self.psa_sla_state == "paused" or self.psa_is_waiting,
            due_at=self.psa_sla_due_at or None,
            closed_at=self.closed_date or None,
        )

    @api.model
    def _psa_get_word_domains(self, now, day):
        is_open = Domain("psa_is_open", "=", True)
        calm = is_open & Domain("psa_sla_state", "not in", ("overdue", "at_risk"))
        waiting = Domain("psa_sla_state", "=", "paused") | Domain("psa_is_waiting", "=", True)
        due_today = Domain("psa_sla_due_at", "<", day.end)
        return {
            Word.OVERDUE: is_open & Domain("psa_sla_state", "=", "overdue"),
            Word.AT_RISK: is_open & Domain("psa_sla_state", "=", "at_risk"),
            Word.WAITING: calm & waiting,
            Word.DUE: calm & ~waiting & due_today,
            Word.LATER: calm & ~waiting & ~due_today,
            Word.DONE: Domain("psa_is_open", "=", False)
            & Domain("closed_date", ">=", day.start)
            & Domain("closed_date", "<", day.end),
        }

    @api.model
    def _psa_prepare_counted_action(self, name, domain, context=None):
        """Return the action that opens the tickets a figure counts, and no others."""
        action = self.env["ir.actions.act_window"]._for_xml_id("psa_helpdesk.psa_ticket_all_action")
        return action | {
            "name": name,
            "display_name": name,
            "domain": domain,
            "context": context or {},
            "path": False,
        }

    def _psa_prepare_open_action(self):
        """Return the action that opens this ticket."""
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }
