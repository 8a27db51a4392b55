from odoo import api, fields, models
from odoo.tools import format_date, format_datetime


class PsaWorkflowWords(models.AbstractModel):
    """Fields and values of rules and their traces in words, in the reader's language."""

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
    def _get_type(self, path):
        """Return the type of the field at `path`, False for one that is not there any more."""
        if path.startswith("properties."):
            return self._get_property_definition(path.partition(".")[2]).get("type", False)
        field = self.env["psa.workflow.rule"]._find_field(self.env["helpdesk.ticket"], path)
        return field is not None and field.type

    @api.model
    def _say_value(self, path, value):
        kind = self._get_type(path)
        if value in (None, "") or (value is False and kind != "boolean"):
            return self.env._("not set")
        if isinstance(value, bool):
            return self.env._("Yes") if value else self.env._("No")
        if kind in ("date", "datetime"):
            return self._say_moment(kind, value)
        if path.startswith("properties."):
            return self._say_property(path.partition(".")[2], value)
        if kind == "selection":
            field = self.env["psa.workflow.rule"]._find_field(self.env["helpdesk.ticket"], path)
            value = dict(field._description_selection(self.env)).get(value, value)
        return str(value)

    @api.model
    def _say_moment(self, kind, value):
        """Return a day or moment as the reader writes it; words for one, such as "today -7d", stay."""
        try:
            if kind == "date":
                return format_date(self.env, fields.Date.to_date(value))
            return format_datetime(self.env, fields.Datetime.to_datetime(value), dt_format="short")
        except ValueError:
            return str(value)

    @api.model
    def _say_property(self, name, value):
        """Return the value of a field that a queue defines itself, as it is shown where it is chosen."""
        definition = self._get_property_definition(name)
        if definition.get("comodel") in self.env and isinstance(value, int):
            record = self.env[definition["comodel"]].browse(value).exists()._filtered_access("read")
            return record.display_name or str(value)
        choices = definition.get("selection") or definition.get("tags") or ()
        return str({key: label for key, label, *_color in choices}.get(value, value))
