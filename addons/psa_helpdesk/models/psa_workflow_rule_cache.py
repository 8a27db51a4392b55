from odoo import api, models
from odoo.fields import Domain
from odoo.tools import ormcache

from ..logic.escalation import Step
from ..logic.rule_conditions import Branch, Leaf, leaves


class PsaWorkflowRule(models.Model):
    """Which rules hear of what, kept in memory: a save of a ticket asks for it each time."""

    _inherit = "psa.workflow.rule"

    def _forget(self):
        """Let every worker read the rules anew, and the clocks be looked at again for the shares rules wait for."""
        self.env.registry.clear_cache()
        if "sla_percent" in self.mapped("event"):
            self.env["psa.sla.clock"]._look_again([])

    @api.model
    @ormcache("event")
    def _get_heard_ids(self, event):
        """Return the ids of the rules that are switched on and hear of `event`, in their order."""
        # sudo: rules hold for the tickets of whoever writes them; nobody sees a rule by this
        return tuple(self.sudo().search([("event", "=", event), ("active", "=", True)]).ids)

    @api.model
    def _get_heard(self, event):
        return self.browse(self._get_heard_ids(event))

    @api.model
    @ormcache("kind")
    def _get_percent_steps(self, kind):
        """Return the steps that rules wait for on a clock of that kind, see `logic/escalation.py`."""
        rules = self.sudo().browse(self._get_heard_ids("sla_percent"))  # sudo: as above
        return tuple(sorted({Step(rule.percent, "rule") for rule in rules if rule.sla_kind in (False, kind)}))

    @api.model
    @ormcache("text")
    def _get_condition(self, text):
        """Return the conditions of a rule as a tree of `logic/rule_conditions.py`; None for no conditions."""
        return _to_condition(self._read_domain(text))

    @api.model
    @ormcache("text")
    def _get_condition_fields(self, text):
        """Return the names of the ticket's fields that conditions start from."""
        return frozenset(leaf.path.split(".")[0] for leaf in leaves(self._get_condition(text)))


def _to_condition(domain):
    """Return `domain` as a tree; None where it holds always."""
    if domain.is_true():
        return None
    if domain.is_false():
        return Leaf("id", "=", False)
    children = getattr(domain, "children", None)
    if children:
        how = "and" if domain.OPERATOR == "&" else "or"
        return Branch(how, tuple(_to_condition(child) for child in children))
    if hasattr(domain, "child"):
        return Branch("not", (_to_condition(domain.child),))
    value = domain.value
    if isinstance(value, Domain) or not isinstance(value, (str, int, float, bool, type(None))):
        value = tuple(value)  # so that a leaf can be a key
    return Leaf(domain.field_expr, domain.operator, value)
