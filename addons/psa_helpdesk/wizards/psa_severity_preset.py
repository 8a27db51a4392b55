from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.psa_crm.logic.duration_text import format_duration

from ..logic.severity_preset import HOUR, SEVERITIES, ladder_of

WARNINGS = (75, 90, 100)
SEQUENCE = 200  # after the rules a company has of its own


class PsaSeverityPreset(models.TransientModel):
    """Load the four severities after Cisco's guideline: meanings, SLA policy and escalation ladders of a company.

    Each record is found again by its external id: loading once more makes what is missing and leaves what is there,
    whatever was changed in it.
    """

    _name = "psa.severity.preset"
    _description = "Load severities S1 to S4"
    _inherit = ["psa.dialog.mixin"]

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Business hours",
        required=True,
        default=lambda self: self._find_calendar(self.env.company),
        domain="[('company_id', 'in', [False, company_id]), ('schedule_type', '=', 'fully_fixed')]",
        help="S2, S3 and S4 count in these; S1 counts round the clock.",
    )
    management_ids = fields.Many2many(
        "res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Told by the last steps of S1 and S2. Empty: the service managers.",
    )
    is_default = fields.Boolean(
        string="Default policy",
        help="Hold for every ticket for which neither the asset, the contract, the customer nor the queue names "
        "another policy. Otherwise name the new policy on customers, queues or assets.",
    )
    line_ids = fields.One2many(
        "psa.severity.preset.line", "preset_id", default=lambda self: self._make_lines(), readonly=True
    )
    missing_count = fields.Integer(string="Missing parts", compute="_compute_missing_count")

    def _psa_check_links(self):
        for records in (self.company_id, self.calendar_id, self.management_ids):
            records.check_access("read")

    @api.model
    def _find_calendar(self, company):
        """Return the business hours of the default policy, else of the company."""
        # sudo: which policy is the default is no secret to whoever may load another one
        default = (
            self.env["psa.sla.policy"]
            .sudo()
            .browse(self.env["psa.sla.policy"]._get_default_id(company) or ())
        )
        calendar = default.target_ids.calendar_id[:1] or company.resource_calendar_id
        return calendar.filtered(lambda one: one.schedule_type == "fully_fixed")

    @api.model
    def _make_lines(self):
        hours = {True: self.env._("24x7"), False: self.env._("business hours")}
        return [
            Command.create(
                {
                    "name": severity.code,
                    "priority": severity.priority,
                    "description": self._describe(severity),
                    "promise": self.env._(
                        "First response %(response)s, resolution %(resolution)s, %(hours)s",
                        response=format_duration(severity.response),
                        resolution=format_duration(severity.resolution),
                        hours=hours[severity.is_always],
                    ),
                    "ladder": ", ".join(
                        self.env._("after %(hours)s h: %(who)s", hours=rung.hours, who=self._say_who(rung))
                        for rung in ladder_of(severity)
                    ),
                }
            )
            for severity in SEVERITIES
        ]

    @api.depends("company_id")
    def _compute_missing_count(self):
        for preset in self:
            known = preset._find_known()
            preset.missing_count = sum(not record for record in known.values())

    def action_load(self):
        """Make what is missing for this company, and show the policy."""
        self.ensure_one()
        if self.company_id not in self.env.user.company_ids:
            raise AccessError(self.env._("You do not work in %(company)s.", company=self.company_id.name))
        self.env["psa.sla.policy"].check_access("create")
        self._check_people()
        policy = self._load()
        return {
            "type": "ir.actions.act_window",
            "res_model": policy._name,
            "res_id": policy.id,
            "view_mode": "form",
        }

    def _check_people(self):
        strangers = self.management_ids.filtered(
            lambda user: user.share or self.company_id not in user.company_ids
        )
        if strangers:
            raise UserError(
                self.env._(
                    "%(people)s cannot be told: they do not work for %(company)s. Choose others.",
                    people=", ".join(strangers.mapped("name")),
                    company=self.company_id.name,
                )
            )

    def _load(self):
        known = self._find_known()
        policy = known["policy"] or self._keep("policy", self._make_policy())
        for severity in SEVERITIES:
            name = f"meaning_{severity.code}"
            if not known[name]:
                self._keep_meaning(name, severity)
            for rung in ladder_of(severity):
                name = f"rule_{rung.code}_{rung.hours}"
                if not known[name]:
                    self._keep(name, self._make_rule(policy, severity, rung))
        return policy

    def _find_known(self):
        """{name of a part: its record, empty where there is none (any more)}"""
        names = ["policy"]
        for severity in SEVERITIES:
            names.append(f"meaning_{severity.code}")
            names += [f"rule_{rung.code}_{rung.hours}" for rung in ladder_of(severity)]
        return {
            name: self.env.ref(self._get_xmlid(name), raise_if_not_found=False) or self.browse()
            for name in names
        }

    def _get_xmlid(self, name):
        return f"psa_helpdesk.psa_severity_{name}_company_{self.company_id.id}"

    def _keep(self, name, record):
        # sudo: only the external id; whether the user may make the record was decided when it was made
        self.company_id.sudo()._psa_name_as_shipped(record, f"psa_severity_{name}")
        return record

    def _make_policy(self):
        self = self.with_company(self.company_id)
        policies = self.env["psa.sla.policy"]
        if self.is_default:
            policies.search(
                [("company_id", "=", self.company_id.id), ("is_default", "=", True)]
            ).is_default = False
        return policies.create(
            {
                "name": self._find_free_name(),
                "company_id": self.company_id.id,
                "is_default": self.is_default,
                "target_ids": [
                    Command.create(self._prepare_target(number, severity, kind, minutes))
                    for number, severity in enumerate(SEVERITIES, 1)
                    for kind, minutes in (
                        ("response", severity.response),
                        ("resolution", severity.resolution),
                    )
                ],
                "threshold_ids": [
                    Command.create({"mode": "warning", "percent": percent, "audience": "technician"})
                    for percent in WARNINGS
                ],
            }
        )

    def _find_free_name(self):
        name = self.env._("Severities S1 to S4")
        same = [("company_id", "=", self.company_id.id), ("name", "=", name)]
        # The name of an archived policy is taken, too.
        taken = self.env["psa.sla.policy"].with_context(active_test=False).search_count(same)
        return self.env._("%(name)s (preset)", name=name) if taken else name

    def _prepare_target(self, number, severity, kind, minutes):
        return {
            "sequence": 10 * number,
            "priority": severity.priority,
            "kind": kind,
            "minutes": minutes,
            "is_always": severity.is_always,
            "calendar_id": False if severity.is_always else self.calendar_id.id,
        }

    def _keep_meaning(self, name, severity):
        """What the company says already about this priority stays."""
        meanings = self.env["psa.priority.meaning"]
        meaning = meanings.search(
            [("company_id", "=", self.company_id.id), ("priority", "=", severity.priority)]
        )
        if not meaning:
            meaning = meanings.create(
                {
                    "company_id": self.company_id.id,
                    "priority": severity.priority,
                    "name": severity.code,
                    "description": self._describe(severity),
                    "effort": self._say_effort(severity),
                }
            )
            self._translate(meaning, "description", lambda preset: preset._describe(severity))
            self._translate(meaning, "effort", lambda preset: preset._say_effort(severity))
        self._keep(name, meaning)

    def _make_rule(self, policy, severity, rung):
        """Return the workflow rule of one rung of the ladder, switched on: it acts under this policy alone."""
        self = self.with_company(self.company_id)
        rule = self.env["psa.workflow.rule"].create(
            {
                "name": self._name_rule(rung),
                "company_id": self.company_id.id,
                "sequence": SEQUENCE + rung.hours,
                "event": "unsolved",
                "after_minutes": rung.hours * HOUR,
                "after_hours": "elapsed" if severity.is_always else "target",
                "domain": repr([("psa_sla_policy_id", "=", policy.id), ("priority", "=", severity.priority)]),
                "action_ids": [
                    Command.create(self._prepare_action(number, audience, rung))
                    for number, audience in enumerate(rung.audiences)
                ],
                "active": True,
            }
        )
        self._translate(rule, "name", lambda preset: preset._name_rule(rung))
        for action in rule.action_ids:
            self._translate(action, "subject", lambda preset: preset._say_subject(rung))
            self._translate(action, "body", lambda preset: preset._say_body())
        return rule

    def _prepare_action(self, number, audience, rung):
        values = {
            "sequence": number,
            "kind": "notice",
            "audience": audience,
            "is_urgent": rung.is_urgent,
            "subject": self._say_subject(rung),
            "body": self._say_body(),
        }
        if audience == "management":
            people = self.management_ids
            values |= {"audience": "users" if people else "manager", "user_ids": [Command.set(people.ids)]}
        return values

    def _translate(self, record, name, say):
        """Write a text in every language that is installed, not in that of the user alone."""
        texts = {
            code: say(self.with_context(lang=code)) for code, _name in self.env["res.lang"].get_installed()
        }
        record.update_field_translations(name, texts)

    # Words

    def _describe(self, severity):
        return {
            "S1": self.env._("Network or service down, or critical impact on the customer's business"),
            "S2": self.env._("Operation severely degraded, or important work hurt by it"),
            "S3": self.env._("Operation impaired, while most work goes on"),
            "S4": self.env._("Information or help with configuration, little or no effect on work"),
        }[severity.code]

    def _say_effort(self, severity):
        return {
            "S1": self.env._("all people needed work on it round the clock until it is solved"),
            "S2": self.env._("all people needed work on it full-time during business hours"),
            "S3": self.env._("people work on it during business hours"),
            "S4": self.env._("answered during business hours"),
        }[severity.code]

    def _name_rule(self, rung):
        return self.env._(
            "%(severity)s unsolved after %(hours)s h: %(who)s",
            severity=rung.code,
            hours=rung.hours,
            who=self._say_who(rung),
        )

    def _say_who(self, rung):
        words = {
            "assignee": self.env._("technician"),
            "leader": self.env._("leader of the queue"),
            "manager": self.env._("service managers"),
            "management": self.env._("management"),
        }
        return self.env._(" and ").join(words[audience] for audience in rung.audiences)

    def _say_subject(self, rung):
        return self.env._(
            "{{number}} {{customer}}: %(severity)s unsolved for %(hours)s h",
            severity=rung.code,
            hours=rung.hours,
        )

    def _say_body(self):
        return self.env._(
            "{{title}} (priority {{priority}}) is assigned to {{assignee}} in {{queue}}. Last work {{last_work}}, "
            "due {{due}}."
        )


class PsaSeverityPresetLine(models.TransientModel):
    """One severity, as it is shown before it is loaded."""

    _name = "psa.severity.preset.line"
    _description = "Severity to load"
    _inherit = ["psa.dialog.mixin"]
    _order = "priority desc"

    preset_id = fields.Many2one("psa.severity.preset", required=True, ondelete="cascade")
    name = fields.Char(string="Severity", readonly=True)
    priority = fields.Selection(
        selection=lambda self: (
            self.env["psa.priority.meaning"]._fields["priority"]._description_selection(self.env)
        ),
        readonly=True,
    )
    description = fields.Char(string="When to choose it", readonly=True)
    promise = fields.Char(string="Promised", readonly=True)
    ladder = fields.Char(string="Told while unsolved", readonly=True)

    def _psa_check_links(self):
        self.preset_id.check_access("read")
