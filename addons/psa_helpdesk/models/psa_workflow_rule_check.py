from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..logic.rule_conditions import Branch, Leaf
from ..logic.rule_loops import Wiring, find_loops
from ..logic.rule_question import find_unfinished

CHANGES = {
    "queue": ("updated:team_id", "updated:stage_id", "stage"),
    "assign": ("updated:user_id",),
    "priority": ("updated:priority",),
    "stage": ("updated:stage_id", "stage"),
    "issue": ("updated:category_id",),
    "tag": ("updated:tag_ids",),
    "server": ("updated:*",),
}


class PsaWorkflowRule(models.Model):
    """What is wrong with a rule before it is switched on: what is not finished, loops, rules above that leave it nothing."""

    _inherit = "psa.workflow.rule"

    warning = fields.Text(string="Warnings", compute="_compute_warning")

    def _check_switched_on(self):
        """:raises ValidationError: naming what stands against a rule that is switched on"""
        for rule in self.filtered("active"):
            if problems := rule._find_problems():
                raise ValidationError("\n".join(problems))

    @api.depends(
        "event", "sequence", "domain", "domain_before", "active", "action_ids.kind", "watch", "stop_here"
    )
    def _compute_warning(self):
        # sudo: a loop may lead over a rule of another company, of which only the name is said
        active = self.sudo().search([("active", "=", True)])
        wirings = {rule.id: rule._get_wiring() for rule in active | self._origin.sudo()}
        for rule in self:
            stored = rule._origin
            found = stored._find_problems(active, wirings) + stored._find_shadows() if stored else []
            rule.warning = "\n".join(found)

    def action_check(self):
        self.ensure_one()
        found = self._find_problems() + self._find_shadows()
        text = "\n".join(found) or self.env._(
            "Every condition is finished, no loop was found, and no rule above leaves this one nothing."
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "warning" if found else "success", "message": text, "sticky": bool(found)},
        }

    def _find_problems(self, active=None, wirings=None):
        """Return why this rule cannot be switched on, in sentences.

        :param active: the rules that are switched on, with `wirings` of them and of this one, where they are known
        """
        self.ensure_one()
        problems = [] if self.action_ids else [self.env._("The rule does nothing yet. Add an action.")]
        problems += self._find_unfinished() + self._find_archived()
        if active is None:
            # sudo: a loop may lead over a rule of another company, of which only the name is said
            active = self.sudo().search([("active", "=", True), ("id", "!=", self.id)])
        rules = {rule.id: rule for rule in active | self.sudo()}
        known = wirings or {rule.id: rule._get_wiring() for rule in rules.values()}
        for loop in find_loops([known[rule_id] for rule_id in rules], self.id):
            way = " → ".join(rules[rule_id].name for rule_id in (*loop, self.id))
            problems.append(self.env._("These rules would set each other off: %(way)s", way=way))
        return problems

    def _find_unfinished(self):
        """Return sentences about conditions for which nothing is chosen or typed: they hold for every ticket, or for none."""
        words = self.env["psa.workflow.words"]
        return [
            self.env._(
                "The condition “%(condition)s” is not finished. Finish it, or delete it.",
                condition=words._say_condition(leaf),
            )
            for text in (self.domain, self.domain_before)
            for leaf in find_unfinished(self._get_condition(text))
        ]

    def _find_archived(self, actions=None):
        """Return sentences about actions, else those of this rule, that lead to what is archived."""
        return [
            self.env._("%(action)s is archived. Restore it, or choose another.", action=action.summary)
            for action in (self.action_ids if actions is None else actions)
            for target in action._get_targets()
            if not target.active
        ]

    def _find_shadows(self):
        """Return warnings about rules above that stop every ticket this one would act on."""
        self.ensure_one()
        above = self.search([("event", "=", self.event), ("active", "=", True), ("stop_here", "=", True)])
        above = above.filtered(
            lambda rule: rule != self and (rule.sequence, rule.id) < (self.sequence, self.id)
        )
        mine = _get_parts(self._get_condition(self.domain))
        return [
            self.env._(
                "%(rule)s stands above, takes every ticket this rule asks for, and stops there.",
                rule=rule.name,
            )
            for rule in above
            if all(part in mine for part in _get_parts(self._get_condition(rule.domain)))
            and self._get_condition(rule.domain_before) is None
            and not rule.watch
            and not (rule.company_id and rule.company_id != self.company_id)
        ]

    def _get_wiring(self):
        """Return what this rule hears of and changes, see `logic/rule_loops.py`."""
        listens = {"stage"} if self.event == "stage" else set()
        if self.event == "updated":
            listens = {f"updated:{self.watch or '*'}"}
        changes = {change for action in self.action_ids for change in CHANGES.get(action.kind, ())}
        sets = {name: value for action in self.action_ids for name, value in action._get_set().items()}
        demands = [
            ("updated:priority", frozenset(part.value if isinstance(part.value, list) else [part.value]))
            for part in _get_parts(self._get_condition(self.domain))
            if isinstance(part, Leaf) and part.operator in ("=", "in") and part.path == "priority"
        ]
        return Wiring(self.id, frozenset(listens), frozenset(changes), tuple(demands), tuple(sets.items()))


def _get_parts(condition):
    """Return the conditions that must all hold."""
    if condition is None:
        return []
    if isinstance(condition, Branch) and condition.how == "and":
        return [part for child in condition.parts for part in _get_parts(child)]
    return [condition]
