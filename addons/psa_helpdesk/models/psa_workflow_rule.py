import ast
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ..own_word import OWN_WORD, is_said
from .psa_sla_target import KINDS

EVENTS = [
    ("created", "A ticket is created"),
    ("updated", "A ticket is changed"),
    ("stage", "The stage changes"),
    ("message_in", "The customer writes"),
    ("message_out", "We answer the customer"),
    ("alert", "An alert opens or raises a ticket"),
    ("sla_warning", "The SLA policy warns"),
    ("sla_percent", "A share of a target is used up"),
    ("sla_missed", "A target is missed"),
    ("overdue", "A ticket is overdue"),
    ("idle", "Nobody works on a ticket"),
    ("unsolved", "A ticket stays unsolved at its priority"),
]
HOURS = [("elapsed", "Day and night"), ("target", "Hours of the ticket's target")]
# Looked for by the sweep, once for each spell of a ticket; the others are heard when they happen.
TIME_EVENTS = frozenset({"sla_warning", "sla_percent", "sla_missed", "overdue", "idle", "unsolved"})
# Fields of a ticket whose change a rule may wait for.
WATCHABLE = (
    "priority", "team_id", "user_id", "category_id", "partner_id", "psa_asset_id", "psa_site_id", "channel_id",
    "tag_ids", "name",
)  # fmt: skip
# What a rule does; a change of any of these is a new version.
DEFINITION = (
    "event", "watch", "idle_minutes", "after_minutes", "after_hours", "percent", "sla_kind", "domain", "domain_before", "delay_minutes",
    "delay_calendar_id", "stop_here", "company_id",
)  # fmt: skip


class PsaWorkflowRule(models.Model):
    """When something happens to a ticket and it meets the conditions, then the actions are done (Rules D10.28 to D10.34)."""

    _name = "psa.workflow.rule"
    _description = "Workflow rule"
    _inherit = ["mail.thread"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True, translate=True)
    sequence = fields.Integer(
        default=10, help="Rules act in this order, each seeing what those before it changed."
    )
    active = fields.Boolean(default=False, tracking=True, copy=False)
    switched_on_at = fields.Datetime(readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        default=lambda self: self.env.company,
        help="Empty: tickets of every company.",
    )
    note = fields.Text(string="Internal description")

    # When
    event = fields.Selection(EVENTS, string="When", required=True, default="created", tracking=True)
    watch = fields.Selection(
        "_select_watch", string="Only if this changed", help="Empty: any change of the ticket."
    )
    idle_minutes = fields.Integer(
        string="For (minutes)",
        default=10,
        help="Elapsed time, day and night, since one of us last worked on the ticket. Not while it waits or is closed.",
    )
    after_minutes = fields.Integer(
        string="Unsolved for",
        default=60,
        help="Counted from the start of the ticket, from the moment its present priority was set, or from its last "
        "reopening, whichever is the latest.",
    )
    after_hours = fields.Selection(
        HOURS,
        string="Counted in",
        default="elapsed",
        required=True,
        help="While a ticket waits for the customer nobody is told; the time goes on.",
    )
    percent = fields.Integer(string="At (%)", default=75, help="Share of the target that is used up.")
    sla_kind = fields.Selection(KINDS, string="Target", help="Empty: any target.")
    delay_minutes = fields.Integer(
        string="Wait (minutes)", help="The conditions must hold when it happens, and again after this time."
    )
    delay_calendar_id = fields.Many2one(
        "resource.calendar",
        string="In the hours of",
        check_company=True,
        ondelete="restrict",
        help="Empty: elapsed time, day and night.",
    )

    # If
    domain = fields.Char(string="Conditions", default="[]", required=True)
    domain_before = fields.Char(
        string="Conditions before the change", default="[]", required=True, help="What the ticket was before."
    )

    # Then
    action_ids = fields.One2many("psa.workflow.action", "rule_id", string="Actions", copy=True)
    stop_here = fields.Boolean(
        string="Stop here", help="Rules below this one do not look at a ticket for which this one acted."
    )

    version = fields.Integer(default=1, readonly=True, copy=False)
    version_ids = fields.One2many("psa.workflow.version", "rule_id", string="Versions", readonly=True)
    problem = fields.Char(string="Last problem", readonly=True, copy=False)
    problem_at = fields.Datetime(string="Problem on", readonly=True, copy=False)

    _heard_idx = models.Index("(event, sequence, id) WHERE active IS TRUE")
    _idle_range = models.Constraint("CHECK (idle_minutes > 0)", "Idle time is at least one minute.")
    _after_range = models.Constraint("CHECK (after_minutes > 0)", "A step acts after one minute at least.")
    _percent_range = models.Constraint(
        "CHECK (percent BETWEEN 1 AND 1000)", "The share lies between 1 and 1000 %."
    )
    _delay_range = models.Constraint(
        "CHECK (delay_minutes >= 0)", "A rule cannot act before what it waits for."
    )

    @api.model
    def _select_watch(self):
        ticket = self.env["helpdesk.ticket"]
        return [(name, ticket._fields[name]._description_string(self.env)) for name in WATCHABLE]

    @api.constrains("watch")
    def _check_watch(self):
        # As a selection that is computed takes any text from a program.
        if self.filtered(lambda rule: rule.watch and rule.watch not in WATCHABLE):
            raise ValidationError(self.env._("A rule cannot watch this field. Choose one from the list."))

    @api.constrains("domain", "domain_before")
    def _check_domains(self):
        for rule in self:
            rule._check_domain(rule.domain)
            rule._check_domain(rule.domain_before)

    def _check_domain(self, text):
        try:
            domain = self._read_domain(text)
            domain.validate(self.env["helpdesk.ticket"])
            if r"\x00" in repr(domain):
                # The trace of every rule that looks at the same ticket could not be stored.
                raise ValueError(self.env._("a text holds a character that no text can hold"))
        except Exception as error:
            raise ValidationError(
                self.env._(
                    "The conditions of %(rule)s cannot be read: %(why)s", rule=self.name, why=str(error)
                )
            ) from error

    @api.constrains("event", "delay_minutes")
    def _check_delay(self):
        if self.filtered(lambda rule: rule.delay_minutes and rule.event in TIME_EVENTS):
            raise ValidationError(
                self.env._("Rules about time have no further delay. Choose a later moment instead.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        now = fields.Datetime.now()
        vals_list = [vals | {"switched_on_at": vals.get("active") and now} for vals in vals_list]
        rules = super(PsaWorkflowRule, self.with_context(psa_rule_saving=OWN_WORD)).create(vals_list)
        rules = rules.with_env(self.env)
        rules._settle()
        return rules

    def write(self, vals):
        if not vals.keys() - {"problem", "problem_at", "version", "switched_on_at"}:
            return super().write(vals)  # nothing that decides
        if vals.get("active"):
            off = self.filtered(lambda rule: not rule.active)
            off.switched_on_at = fields.Datetime.now()
        result = super(PsaWorkflowRule, self.with_context(psa_rule_saving=OWN_WORD)).write(vals)
        self._settle()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_told_of(self):
        """What tickets tell of a rule must stay readable; a rule that never acted may go."""
        # sudo: also traces of tickets that the deleting person may not see
        if self.env["psa.workflow.timer"].sudo().search_count([("rule_id", "in", self.ids)], limit=1):
            raise ValidationError(
                self.env._("A rule that has looked at tickets cannot be deleted. Deactivate it instead.")
            )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for rule, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%(name)s (copy)", name=rule.name)
            vals["active"] = False
            vals["company_id"] = rule.company_id.id or self.env.company.id
        return vals_list

    def action_copy(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.copy().id,
            "view_mode": "form",
        }

    def action_switch_on(self):
        self.active = True

    def action_switch_off(self):
        self.active = False

    @api.model
    def _read_domain(self, text):
        """Return the conditions as a `Domain`. Only literals: nothing in a rule is run as a program."""
        return Domain(ast.literal_eval(text or "[]"))

    # Versions

    def _describe_definition(self):
        """Return what this rule does as plain values, for its versions."""
        self.ensure_one()
        definition = {
            name: self._fields[name].convert_to_read(self[name], self, False) for name in DEFINITION
        }
        definition["actions"] = [action._describe_definition() for action in self.action_ids]
        return json.loads(json.dumps(definition, default=str))

    def _settle(self):
        """After a save: check what is switched on, count a new version where the definition differs, tell all workers."""
        if is_said(self.env, "psa_rule_saving"):
            return  # of a part: the whole is settled in the end
        self._check_reach()
        self._check_switched_on()
        self._keep_versions()
        self._forget()

    def _check_reach(self):
        """:raises AccessError: for a rule that reaches what the user may not: tickets of other companies"""
        if self.env.su or all(rule.company_id for rule in self):
            return
        # sudo: to count companies, also those the user may not see
        if (
            self.env["res.company"]
            .sudo()
            .search_count([("id", "not in", self.env.user.company_ids.ids)], limit=1)
        ):
            raise AccessError(
                self.env._(
                    "A rule for every company is written by those who work in every company. Choose one."
                )
            )

    def _keep_versions(self):
        # sudo: versions are kept by the system, nobody may write them
        versions = self.env["psa.workflow.version"].sudo()
        for rule in self:
            definition = rule._describe_definition()
            last = versions.search([("rule_id", "=", rule.id)], limit=1)
            if not last or last.definition != definition:
                rule.version = last.version + 1
                versions.create({"rule_id": rule.id, "version": rule.version, "definition": definition})

    def _note_problem(self, text):
        """Show on the rule what went wrong last."""
        self.write({"problem": text[:500], "problem_at": fields.Datetime.now()})


class PsaWorkflowVersion(models.Model):
    """A rule as it was: traces name the version that acted."""

    _name = "psa.workflow.version"
    _description = "Version of a workflow rule"
    _inherit = ["psa.append.only.mixin"]
    _order = "rule_id, version desc"
    _rec_name = "version"

    rule_id = fields.Many2one("psa.workflow.rule", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="rule_id.company_id", store=True)
    version = fields.Integer(required=True, readonly=True)
    definition = fields.Json(required=True, readonly=True)

    _once = models.UniqueIndex("(rule_id, version)")
