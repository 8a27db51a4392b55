from odoo import api, fields, models

from odoo.addons.psa_crm.logic.duration_text import format_duration


class PsaWorkflowRule(models.Model):
    """What a rule does, in one sentence."""

    _inherit = "psa.workflow.rule"

    sentence = fields.Char(string="In one sentence", compute="_compute_sentence")

    @api.depends(
        "event", "watch", "idle_minutes", "after_minutes", "after_hours", "percent", "sla_kind", "domain", "domain_before",
        "delay_minutes", "delay_calendar_id.name", "action_ids.summary",
    )  # fmt: skip
    @api.depends_context("lang", "tz")
    def _compute_sentence(self):
        for rule in self:
            actions = ", ".join(action.summary or "" for action in rule.action_ids)
            rule.sentence = self.env._(
                "When %(event)s%(conditions)s%(delay)s: %(actions)s",
                event=rule._say_event(),
                conditions=rule._say_conditions(),
                delay=rule._say_delay(),
                actions=actions or self.env._("nothing yet"),
            )

    def _say_event(self):
        kind = dict(self._fields["sla_kind"]._description_selection(self.env)).get(self.sla_kind)
        target = kind or self.env._("a target")
        if self.event == "idle":
            return self.env._("nobody worked on a ticket for %(minutes)s minutes", minutes=self.idle_minutes)
        if self.event == "unsolved":
            return self._say_unsolved()
        if self.event == "sla_percent":
            return self.env._("%(percent)s %% of %(target)s is used up", percent=self.percent, target=target)
        if self.event == "sla_missed":
            return self.env._("%(target)s is missed", target=target)
        if self.event == "updated" and self.watch:
            watched = dict(self._fields["watch"]._description_selection(self.env))[self.watch]
            return self.env._("%(field)s of a ticket changes", field=watched)
        label = dict(self._fields["event"]._description_selection(self.env)).get(self.event) or ""
        return label[:1].lower() + label[1:]

    def _say_unsolved(self):
        time = format_duration(self.after_minutes)
        if self.after_hours == "target":
            return self.env._(
                "a ticket is unsolved for %(time)s at its priority, in the hours of its target", time=time
            )
        return self.env._("a ticket is unsolved for %(time)s at its priority, day and night", time=time)

    def _say_conditions(self):
        said = []
        words = self.env["psa.workflow.words"]
        for text, frame in ((self.domain_before, self.env._("before: %(c)s")), (self.domain, "%(c)s")):
            try:
                condition = self._get_condition(text)
            except (ValueError, SyntaxError, TypeError):  # while it is being typed
                return self.env._(" and conditions that cannot be read yet")
            if condition is not None:
                said.append(frame % {"c": words._say_condition(condition)})
        return self.env._(" and %(conditions)s", conditions=", ".join(said)) if said else ""

    def _say_delay(self):
        if not self.delay_minutes:
            return ""
        if self.delay_calendar_id:
            return self.env._(
                ", still so after %(minutes)s working minutes of %(calendar)s",
                minutes=self.delay_minutes,
                calendar=self.delay_calendar_id.name,
            )
        return self.env._(", still so after %(minutes)s minutes", minutes=self.delay_minutes)
