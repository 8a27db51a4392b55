from odoo import models

from ..logic.rule_conditions import Branch, judge, leaves

NOTHING = "-"
# Operators that compare with records by their ids.
NAMING = ("=", "!=", "in", "not in", "child_of", "parent_of")
LAST_ID = 2**31 - 1


class PsaWorkflowRule(models.Model):
    """Who meets the conditions, and in words why the others do not."""

    _inherit = "psa.workflow.rule"

    def _judge(self, tickets):
        """Return the judgement of these tickets as they are now, see `logic/rule_conditions.py`."""
        return self._judge_by(self.domain, tickets)

    def _judge_by(self, text, tickets):
        def test(leaf, ids):
            asked = tickets.browse(ids)
            return frozenset(asked.filtered_domain([(leaf.path, leaf.operator, leaf.value)]).ids)

        return judge(self._get_condition(text), tickets.ids, test)

    def _describe_compared(self, judgement, tickets):
        """Return what was compared for each ticket, for its trace: plain values, names as they are now.

        :return: {ticket id: [values]}
        """
        wanted = self._name_wanted([leaf for leaf, _asked, _passed in judgement.compared], tickets)
        return {
            ticket.id: [
                {**self._describe_leaf(leaf, ticket, wanted), "holds": holds}
                for leaf, holds in judgement.compared_for(ticket.id)
            ]
            for ticket in tickets
        }

    def _describe_failed(self, judgement, tickets):
        """Return the condition that stopped each of these tickets that did not meet all, for its trace.

        :return: {ticket id: values}
        """
        stopped = tickets.filtered(lambda ticket: ticket.id not in judgement.met)
        conditions = {judgement.failed[ticket.id] for ticket in stopped}
        wanted = self._name_wanted([leaf for one in conditions for leaf in leaves(one)], tickets)
        return {
            ticket.id: self._describe_condition(judgement.failed[ticket.id], ticket, wanted)
            for ticket in stopped
        }

    def _describe_condition(self, condition, ticket, wanted):
        if isinstance(condition, Branch):
            parts = [self._describe_condition(part, ticket, wanted) for part in condition.parts]
            return {"how": condition.how, "parts": parts}
        return self._describe_leaf(condition, ticket, wanted)

    def _describe_leaf(self, leaf, ticket, wanted):
        return {
            "path": leaf.path,
            "operator": leaf.operator,
            "wanted": wanted[leaf],
            "is": self._name_present(ticket, leaf.path),
        }

    def _name_wanted(self, compared, tickets):
        """Return the wanted values of these leaves, named once for all tickets: {leaf: values}."""
        return {leaf: self._name_values(tickets, leaf) for leaf in set(compared)}

    def _name_values(self, tickets, leaf):
        """Return the wanted values: names of records, the rest as it was written."""
        values = list(leaf.value) if isinstance(leaf.value, tuple) else [leaf.value]
        field = self._find_field(tickets, leaf.path)
        if field is None or not field.relational or leaf.operator not in NAMING:
            return values
        model = tickets.env[field.comodel_name]
        # What somebody typed into the code editor: True is a number for Python, and none for the database.
        ids = [value for value in values if type(value) is int and 0 < value <= LAST_ID]
        names = {record.id: record.display_name for record in model.browse(ids).exists()}
        return [names.get(value, value) for value in values]

    def _name_present(self, ticket, path):
        """Return the value at `path` as plain value: the key of a selection, the names of records."""
        *steps, last = path.split(".")
        if steps and ticket._fields[steps[0]].type == "properties":
            return self._name_property(ticket, last)
        records = ticket
        for step in steps:
            records = records[step]
        field = records._fields.get(last)
        if field is None or len(records) > 1:
            return NOTHING
        value = records[last]
        if field.relational:
            return ", ".join(value.mapped("display_name")) or False
        return value if isinstance(value, (str, int, float, bool)) else str(value)

    def _name_property(self, ticket, name):
        """Return the value of a field that the queue of the ticket defines itself, as people chose it."""
        ticket = ticket.sudo()  # sudo: rules judge tickets and queues whoever changes them
        definition = next((one for one in ticket.team_id.ticket_properties or () if one["name"] == name), {})
        value = (ticket.properties or {}).get(name)
        if definition.get("type") in ("many2one", "many2many"):
            return ", ".join(value.mapped("display_name")) if value else False
        if definition.get("type") == "selection":
            return dict(definition.get("selection") or ()).get(value, value)
        if definition.get("type") == "tags":
            tags = {key: label for key, label, *_color in definition.get("tags") or ()}
            return ", ".join(tags.get(key, key) for key in value or ()) or False
        return value if isinstance(value, (str, int, float, bool)) else str(value or "") or False

    def _find_field(self, records, path):
        for step in path.split("."):
            field = records._fields.get(step)
            if field is None:
                return None
            if field.relational:
                records = records.env[field.comodel_name]
        return field
