"""Why this amount: what the derivation of an item tells, with or without money."""

from odoo import api, fields, models
from odoo.tools.misc import format_date

from ..logic.invoice_layout import TIME_KINDS, clock_text

# Steps that speak of time and goods only; every other step may name money and is kept from those who may not see it.
PRICELESS_STEPS = frozenset(
    {
        "worked", "approved_minutes", "minimum", "round", "scope", "maximum", "nothing", "covered", "uncovered",
        "multiply_minutes", "hold", "no_rate", "period", "share", "sold", "corrects", "credited",
        "part", "free",
    }
)  # fmt: skip


class PsaBillingItem(models.Model):
    _inherit = "psa.billing.item"

    has_why = fields.Boolean(string="Why", compute="_compute_has_why")

    def _compute_has_why(self):
        # Every item has been derived; the button is the field.
        self.has_why = True

    @api.readonly
    def get_explanation(self):
        """What the popover shows for these items: one part an item, in the reader's language and rights.

        :return: [{"title", "subtitle", "steps": [{"what", "rule"}], "amount", "decisions": [...]}]
        """
        self.check_access("read")
        may_see_money = self._may_see_money()
        # Read as a whole, shown in part: steps with money are left out below for those without the right.
        return [item._explain(may_see_money) for item in self.sudo()]

    @api.model
    def _may_see_money(self):
        return self._has_field_access(self._fields["amount"], "read")

    def _explain(self, may_see_money):
        steps = [
            {"what": what, "rule": step.get("rule", "")}
            for step, what in zip(self._get_steps(), self._get_step_texts(), strict=True)
            if may_see_money or step.get("do") in PRICELESS_STEPS
        ]
        facts = [format_date(self.env, self.date), self.contract_id.display_name, self.work_ref]
        if self.kind in TIME_KINDS:
            facts.append(self.env._("%(time)s billed", time=clock_text(self.minutes_billed)))
        return {
            "title": self.name,
            "subtitle": ", ".join(fact for fact in facts if fact),
            "cover": dict(self._fields["cover"]._description_selection(self.env))[self.cover],
            "steps": steps,
            "amount": self.currency_id.format(self.amount) if may_see_money else False,
            "decisions": [self._describe_event(event) for event in self.event_ids.sorted("id")],
        }

    def _get_steps(self):
        return (self.derivation or {}).get("steps", [])

    def _get_step_texts(self):
        """Hook: one sentence a step of the derivation. Collectors that can translate theirs extend it."""
        return [step.get("why", "") for step in self._get_steps()]

    def _describe_event(self, event):
        action = dict(event._fields["action"]._description_selection(self.env))[event.action]
        text = self.env._("%(action)s by %(who)s", action=action, who=event.user_id.name)
        return f"{text}: {event.reason}" if event.reason else text
