from odoo import api, models

from ..logic.rule_conditions import Branch, below
from ..logic.rule_question import NESTING, question
from ..logic.rule_spans import Span, spans


class PsaWorkflowWords(models.AbstractModel):
    """Conditions in words: what a rule asks for, and why a ticket did not meet it."""

    _inherit = "psa.workflow.words"

    @api.model
    def _say_condition(self, condition):
        """Return a condition of a rule, see `logic/rule_conditions.py` and `logic/rule_spans.py`, in words."""
        if isinstance(condition, Branch):
            return self._join(condition.how, [self._say_condition(part) for part in spans(condition)])
        if isinstance(condition, Span):
            return self._say_span(condition)
        if condition.operator in NESTING and condition.value:
            return self._say_nested(condition.path, condition.operator, condition.value)
        values = self.env["psa.workflow.rule"]._name_values(self.env["helpdesk.ticket"], condition)
        asked = self._get_question(condition.path, condition.operator, values)
        label = self._say_label(condition.path)
        wanted = self._say_asked(condition.path, condition.operator, asked)
        return self._say_by_verb(label, asked) or self.env._(
            "%(label)s is %(wanted)s", label=label, wanted=wanted
        )

    @api.model
    def _say_by_verb(self, label, asked):
        """Return what a question asks in a sentence with a verb of its own, empty for "is"."""
        text = self._say_text(asked)
        sentences = {
            ("set", False): self.env._("%(label)s is set", label=label),
            ("set", True): self.env._("%(label)s is not set", label=label),
            ("contains", False): self.env._("%(label)s contains %(text)s", label=label, text=text),
            ("contains", True): self.env._("%(label)s does not contain %(text)s", label=label, text=text),
            ("starts", False): self.env._("%(label)s starts with %(text)s", label=label, text=text),
        }
        return sentences.get((asked.ask, asked.negative), "")

    @api.model
    def _say_span(self, span):
        names = {
            "today": self.env._("today"),
            "last_7_days": self.env._("in the last 7 days"),
            "last_30_days": self.env._("in the last 30 days"),
            "month_to_date": self.env._("in this month, up to today"),
            "last_month": self.env._("in the last month"),
            "year_to_date": self.env._("in this year, up to today"),
            "last_12_months": self.env._("in the last 12 months"),
        }
        wanted = names.get(span.name) or self.env._(
            "between %(low)s and %(high)s",
            low=self._say_value(span.path, span.low),
            high=self._say_value(span.path, span.high),
        )
        return self.env._("%(label)s is %(wanted)s", label=self._say_label(span.path), wanted=wanted)

    @api.model
    def _say_nested(self, path, operator, parts):
        """Return conditions of the record that a field names, as an editor writes them below that field."""
        inner = self.env["psa.workflow.rule"]._get_condition(repr(list(parts)))
        said = self._say_condition(below(path, inner)) if inner else self.env._("(choose a value)")
        return said if operator == "any" else self._join("not", [said])

    @api.model
    def _get_question(self, path, operator, values):
        return question(operator, values, of_boolean=self._get_type(path) == "boolean")

    @api.model
    def _say_wanted(self, path, operator, values):
        """Return what a comparison asks for, to be read after "needs"."""
        if operator in NESTING and values:
            return self._say_nested(path, operator, [tuple(v) if isinstance(v, list) else v for v in values])
        return self._say_asked(path, operator, self._get_question(path, operator, values))

    @api.model
    def _say_asked(self, path, operator, asked):
        """Return what a question asks for, to be read after "is" or "needs"."""
        if asked.ask == "set":
            return self.env._("no value") if asked.negative else self.env._("a value")
        if asked.ask == "contains":
            text = self._say_text(asked)
            without, with_it = (
                self.env._("a text without %(v)s", v=text),
                self.env._("a text with %(v)s", v=text),
            )
            return without if asked.negative else with_it
        wanted = self._say_text_or_size(path, operator, asked)
        return self.env._("not %(v)s", v=wanted) if asked.negative else wanted

    @api.model
    def _say_text_or_size(self, path, operator, asked):
        if asked.ask == "starts":
            return self.env._("a text that starts with %(v)s", v=self._say_text(asked))
        if asked.ask == "fits":
            return self.env._("a text like %(v)s", v=self._say_text(asked))
        names = self._say_values(path, operator, asked)
        if asked.ask == "is" or asked.is_unfinished:
            return names
        later = {
            "more": self.env._("after %(v)s", v=names),
            "least": self.env._("%(v)s or later", v=names),
            "less": self.env._("before %(v)s", v=names),
            "most": self.env._("%(v)s or earlier", v=names),
        }
        larger = {
            "more": self.env._("more than %(v)s", v=names),
            "least": self.env._("at least %(v)s", v=names),
            "less": self.env._("less than %(v)s", v=names),
            "most": self.env._("at most %(v)s", v=names),
            "below": self.env._("%(v)s or one below", v=names),
            "above": self.env._("%(v)s or one above", v=names),
        }
        is_moment = self._get_type(path) in ("date", "datetime")
        return (later if is_moment else larger).get(asked.ask, f"{operator} {names}")

    @api.model
    def _say_values(self, path, operator, asked):
        if asked.is_unfinished:
            return self.env._("(enter a text)") if operator in ("=", "!=") else self.env._("(choose a value)")
        return self.env._(" or ").join(self._say_value(path, value) for value in asked.values)

    @api.model
    def _say_text(self, asked):
        if asked.is_unfinished:
            return self.env._("(enter a text)")
        return self.env._("“%(text)s”", text=asked.values[0] if asked.values else "")

    @api.model
    def _say_failed(self, failed):
        """Return why a rule did not act: "Priority is Medium, needs Critical"."""
        if "how" in failed:
            return self._join(failed["how"], [self._say_failed(part) for part in failed["parts"]])
        return self.env._(
            "%(label)s is %(present)s, needs %(wanted)s",
            label=self._say_label(failed["path"]),
            present=self._say_value(failed["path"], failed["is"]),
            wanted=self._say_wanted(failed["path"], failed["operator"], failed["wanted"]),
        )

    @api.model
    def _join(self, how, parts):
        if how == "not":
            return self.env._("not (%(part)s)", part=parts[0])
        return (self.env._(" and ") if how == "and" else self.env._(" or ")).join(parts)
