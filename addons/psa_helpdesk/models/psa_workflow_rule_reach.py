from odoo import models
from odoo.exceptions import AccessError

from ..logic.rule_conditions import leaves
from ..logic.rule_question import NESTING


class PsaWorkflowRule(models.Model):
    """A rule asks only for what its writer may read: it is judged with the rights of the system, and its trace tells values."""

    _inherit = "psa.workflow.rule"

    # No constraint: the host checks those as superuser.
    def _check_reach(self):
        super()._check_reach()
        if self.env.su:
            return
        for rule in self:
            for text in (rule.domain, rule.domain_before):
                rule._check_readable(self.env["helpdesk.ticket"], self._get_condition(text))

    def _check_readable(self, records, condition):
        """:raises AccessError: for a condition about a field of `records`, or of what they lead to, that is hidden from this user"""
        for leaf in leaves(condition):
            reached = records
            for step in leaf.path.split("."):
                field = reached._fields.get(step)
                if field is None:
                    break
                if not reached._has_field_access(field, "read"):
                    raise self._explain_hidden(field)
                if not field.relational:
                    break
                reached = reached.env[field.comodel_name]
                if not reached.has_access("read"):
                    raise self._explain_hidden(field)
            if leaf.operator in NESTING and leaf.value:
                self._check_readable(reached, self._get_condition(repr(list(leaf.value))))

    def _explain_hidden(self, field):
        return AccessError(
            self.env._(
                "%(rule)s cannot ask for %(field)s, which you may not read. Ask an administrator to write this rule.",
                rule=self.name,
                field=field._description_string(self.env),
            )
        )
