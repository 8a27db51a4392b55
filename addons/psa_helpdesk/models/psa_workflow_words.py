from odoo import api, models

from ..logic.rule_conditions import Branch


class PsaWorkflowWords(models.AbstractModel):
    """Rules and their traces in sentences, in the reader's language."""

    _name = "psa.workflow.words"
    _description = "Words of workflow rules"

    @api.model
    def _say_label(self, path):
        """Return the words for a field of the ticket; of the name of a record, the words for the record."""
        records, label = self.env["helpdesk.ticket"], path
        first, _dot, rest = path.partition(".")
        if rest and first in records._fields and records._fields[first].type == "properties":
            return self._get_property_definition(rest).get("string") or rest
        for step in path.split("."):
            field = records._fields.get(step)
            if field is None:
                return path
            if not (step in ("name", "display_name", "id") and label != path):
                label = field._description_string(self.env)
            if field.relational:
                records = self.env[field.comodel_name]
        return label

    @api.model
    def _get_property_definition(self, name):
        """Return how a queue defines a field of its own; {} where no queue does any more."""
        # sudo: only the words for a field; a rule of every company may name the field of any queue
        queues = self.env["helpdesk.ticket.team"].sudo().search([("ticket_properties", "!=", False)])
        definitions = (one for queue in queues for one in queue.ticket_properties)
        return next((one for one in definitions if one["name"] == name), {})

    @api.model
    def _say_value(self, path, value):
        if path.startswith("properties."):
            definition = self._get_property_definition(path.partition(".")[2])
            choices = definition.get("selection") or definition.get("tags") or ()
            value = {key: label for key, label, *_color in choices}.get(value, value)
        field = self.env["psa.workflow.rule"]._find_field(self.env["helpdesk.ticket"], path)
        if field is not None and field.type == "selection":
            value = dict(field._description_selection(self.env)).get(value, value)
        if isinstance(value, bool):
            if field is not None and field.type == "boolean":
                return self.env._("Yes") if value else self.env._("No")
            return self.env._("nothing") if not value else self.env._("Yes")
        return self.env._("nothing") if value in (None, "") else str(value)

    @api.model
    def _say_wanted(self, path, operator, values):
        """Return what a comparison asks for, to be read after "is" or "needs"."""
        names = self.env._(" or ").join(self._say_value(path, value) for value in values)
        words = {
            "=": "%(v)s",
            "in": "%(v)s",
            "!=": self.env._("not %(v)s", v=names),
            "not in": self.env._("not %(v)s", v=names),
            "ilike": self.env._("a text with “%(v)s”", v=names),
            "not ilike": self.env._("a text without “%(v)s”", v=names),
            ">": self.env._("more than %(v)s", v=names),
            ">=": self.env._("at least %(v)s", v=names),
            "<": self.env._("less than %(v)s", v=names),
            "<=": self.env._("at most %(v)s", v=names),
        }
        said = words.get(operator, f"{operator} {names}")
        return names if said == "%(v)s" else said

    @api.model
    def _say_condition(self, condition):
        """Return a condition of a rule, see `logic/rule_conditions.py`, in words."""
        if isinstance(condition, Branch):
            parts = [self._say_condition(part) for part in condition.parts]
            return self._join(condition.how, parts)
        rule = self.env["psa.workflow.rule"]
        wanted = rule._name_values(self.env["helpdesk.ticket"], condition)
        if condition.operator == "ilike":
            label = self._say_label(condition.path)
            return self.env._("%(label)s contains “%(text)s”", label=label, text=condition.value)
        return self.env._(
            "%(label)s is %(wanted)s",
            label=self._say_label(condition.path),
            wanted=self._say_wanted(condition.path, condition.operator, wanted),
        )

    @api.model
    def _join(self, how, parts):
        if how == "not":
            return self.env._("not (%(part)s)", part=parts[0])
        return (self.env._(" and ") if how == "and" else self.env._(" or ")).join(parts)

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
