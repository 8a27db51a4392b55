from odoo import models

from odoo.addons.psa_crm.logic.duration_text import format_duration

from ..logic.customer_steps import select_steps


class PsaBillingItem(models.Model):
    _inherit = "psa.billing.item"

    def _psa_explain_to_customer(self):
        """Why this amount, for whoever may read the invoice: no cost, no notes, no names of those who decided."""
        self.ensure_one()
        agreed = self.env._("Changed by agreement")
        instead = {
            "approved_minutes": agreed,
            "approved_rate": agreed,
            "changed": agreed,
            "nothing": self.env._("Not charged"),
        }
        return {
            "date": self.date,
            "title": self.name,
            "text": self.work_ref or "",
            "worked": format_duration(self.minutes_worked) if self.minutes_worked else "",
            "billed": format_duration(self.minutes_billed) if self.minutes_billed else "",
            "cover": self.minutes_worked
            and dict(self._fields["cover"]._description_selection(self.env))[self.cover],
            "amount": self.amount,
            "currency": self.currency_id,
            "steps": select_steps(
                zip(self._psa_get_step_kinds(), self._get_step_texts(), strict=True), instead
            ),
        }

    def _psa_get_step_kinds(self):
        """What was done in each step; a rate that a person set is told apart from one of the contract."""
        return [
            "approved_rate"
            if step.get("do") == "rate" and step.get("source") == "approver"
            else step.get("do", "")
            for step in self._get_steps()
        ]
