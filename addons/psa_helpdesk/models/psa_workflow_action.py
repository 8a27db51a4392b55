from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..logic.rule_text import find_unknown
from .psa_sla_target import PRIORITIES

MEANINGS = [
    ("new", "The first open one"),
    ("open", "In progress"),
    ("waiting", "Waiting for the customer"),
    ("resolved", "Resolved"),
    ("cancelled", "Cancelled"),
]
AUDIENCES = [
    ("assignee", "Assigned technician"),
    ("lead", "Lead technician of the customer"),
    ("leader", "Leader of the queue"),
    ("manager", "Service managers"),
    ("users", "These people"),
]
KINDS = [
    ("queue", "Move to queue"),
    ("assign", "Assign"),
    ("priority", "Set priority"),
    ("stage", "Set stage"),
    ("issue", "Set issue"),
    ("tag", "Add tags"),
    ("notice", "Tell people"),
    ("oncall", "Page on-call"),
    ("follower", "Add followers"),
    ("activity", "Plan an activity"),
    ("mail", "Send a mail"),
    ("sms", "Send an SMS to the customer"),
    ("webhook", "Call another system"),
    ("server", "Run a prepared action"),
]
WAYS = [("own", "As each person chose"), ("phone_mail", "To the mobile and by e-mail")]
# What an action of each kind cannot do without.
NEEDS = {
    "queue": "team_id", "priority": "priority", "issue": "category_id", "tag": "tag_ids", "notice": "subject",
    "activity": "activity_type_id", "mail": "mail_template_id", "sms": "sms_template_id", "webhook": "address_id",
    "server": "server_action_id",
}  # fmt: skip
# Prepared actions of these states only: none of them runs a program, and none sends anything out by an own way.
SAFE_STATES = ("object_write", "next_activity", "mail_post", "followers", "remove_followers", "sms")
DESCRIBED = (
    "sequence", "kind", "team_id", "assign_to", "user_id", "priority", "stage_meaning", "stage_id", "category_id",
    "tag_ids", "audience", "user_ids", "ways", "is_urgent", "subject", "body", "activity_type_id", "activity_days",
    "mail_template_id", "sms_template_id", "address_id", "server_action_id",
)  # fmt: skip


class PsaWorkflowAction(models.Model):
    """One thing a rule does. It is done in the name of the system, whoever set it off."""

    _name = "psa.workflow.action"
    _description = "Action of a workflow rule"
    _order = "rule_id, sequence, id"

    rule_id = fields.Many2one("psa.workflow.rule", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="rule_id.company_id", store=True, precompute=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, string="Action", required=True, default="notice")
    summary = fields.Char(string="What it does", compute="_compute_summary")

    team_id = fields.Many2one("helpdesk.ticket.team", string="Queue", ondelete="restrict")
    assign_to = fields.Selection(
        [("user", "This person"), ("lead", "Lead technician of the customer"), ("nobody", "Nobody")],
        default="user",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        domain="[('share', '=', False)]",
        check_company=True,
        ondelete="restrict",
    )
    priority = fields.Selection(PRIORITIES)
    stage_meaning = fields.Selection(MEANINGS, string="Stage by meaning", default="open")
    stage_id = fields.Many2one(
        "helpdesk.ticket.stage",
        string="Exactly this stage",
        check_company=True,
        ondelete="restrict",
        help="Empty: the stage of the ticket's queue with that meaning.",
    )
    category_id = fields.Many2one("helpdesk.ticket.category", string="Issue", ondelete="restrict")
    tag_ids = fields.Many2many("helpdesk.ticket.tag", "psa_workflow_action_tag_rel", string="Tags")
    audience = fields.Selection(AUDIENCES, string="Who", default="assignee")
    user_ids = fields.Many2many(
        "res.users",
        "psa_workflow_action_user_rel",
        string="People",
        domain="[('share', '=', False)]",
    )
    ways = fields.Selection(
        WAYS,
        string="By which ways",
        required=True,
        default="own",
        help="To the mobile and by e-mail: both at once, whatever the person chose.",
    )
    is_urgent = fields.Boolean(string="Urgent", help="Also to the phone, at any hour.")
    subject = fields.Char(translate=True, default=lambda self: self.env._("{{number}} needs you: {{title}}"))
    body = fields.Text(string="Text", translate=True)
    activity_type_id = fields.Many2one("mail.activity.type", string="Activity", ondelete="restrict")
    activity_days = fields.Integer(string="Due in (days)")
    mail_template_id = fields.Many2one(
        "mail.template", string="Mail", domain="[('model', '=', 'helpdesk.ticket')]", ondelete="restrict"
    )
    sms_template_id = fields.Many2one(
        "sms.template", string="SMS text", domain="[('model', '=', 'helpdesk.ticket')]", ondelete="restrict"
    )
    address_id = fields.Many2one(
        "psa.workflow.address",
        ondelete="restrict",
        help="Addresses are entered by an administrator.",
    )
    server_action_id = fields.Many2one(
        "ir.actions.server",
        string="Prepared action",
        domain=[("model_name", "=", "helpdesk.ticket"), ("state", "in", SAFE_STATES)],
        ondelete="restrict",
        help="Prepared by an administrator. Programs cannot be run.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions.rule_id._settle()
        return actions

    def write(self, vals):
        rules = self.rule_id
        result = super().write(vals)
        (rules | self.rule_id)._settle()
        return result

    def unlink(self):
        rules = self.rule_id
        result = super().unlink()
        rules.exists()._settle()
        return result

    @api.constrains("kind", *NEEDS.values(), "user_id", "assign_to", "audience", "user_ids")
    def _check_complete(self):
        for action in self:
            needed = NEEDS.get(action.kind)
            if action.kind == "assign" and action.assign_to == "user":
                needed = "user_id"
            elif action.kind in ("notice", "follower", "activity") and action.audience == "users":
                needed = "user_ids" if not action.user_ids else needed
            if needed and not action[needed]:
                raise ValidationError(
                    self.env._(
                        "%(action)s: choose %(field)s.",
                        action=action._get_kind_label(),
                        field=self._fields[needed]._description_string(self.env),
                    )
                )

    @api.constrains("team_id", "stage_id", "category_id", "user_id", "address_id")
    def _check_company_of_targets(self):
        """A rule of one company leads to its own queues; one of every company is judged ticket by ticket."""
        for action in self.filtered("company_id"):
            for name in ("team_id", "stage_id", "category_id", "address_id"):
                target = action[name].sudo()  # sudo: only its company is compared
                if target.company_id and target.company_id != action.company_id:
                    raise ValidationError(
                        self.env._("%(target)s belongs to another company.", target=target.display_name)
                    )

    @api.constrains("server_action_id")
    def _check_server_action(self):
        for action in self:
            action._refuse_program()

    @api.constrains("subject", "body")
    def _check_places(self):
        known = tuple(self.env["helpdesk.ticket"]._psa_get_notice_labels())
        for action in self:
            if unknown := find_unknown(f"{action.subject or ''} {action.body or ''}", known):
                raise ValidationError(
                    self.env._(
                        "Nobody knows the value %(names)s. There are: %(known)s.",
                        names=", ".join(unknown),
                        known=", ".join(known),
                    )
                )

    def _refuse_program(self):
        """:raises ValidationError: for a prepared action that would run a program, or something we cannot judge"""
        # sudo: a service manager may not read server actions; only what kind it is is used
        server = self.sudo().server_action_id
        is_safe = server.state in SAFE_STATES and server.model_name == "helpdesk.ticket"
        if server and (not is_safe or (server.state == "object_write" and server.evaluation_type != "value")):
            raise ValidationError(
                self.env._("%(action)s runs a program. Workflow rules do not.", action=server.name)
            )

    def _get_set(self):
        """{change: the value it brings, as a text}; an empty text follows from the other values."""
        if self.kind == "queue":
            return {"updated:team_id": str(self.team_id.id), "updated:stage_id": "", "stage": ""}
        if self.kind == "assign":
            return {"updated:user_id": str(self.user_id.id) if self.assign_to == "user" else self.assign_to}
        if self.kind == "stage":
            stage = str(self.stage_id.id or self.stage_meaning)
            return {"updated:stage_id": stage, "stage": stage}
        if self.kind == "tag":
            return {"updated:tag_ids": ""}
        value = {"priority": self.priority, "issue": str(self.category_id.id)}.get(self.kind)
        return {f"updated:{NEEDS[self.kind]}": value} if value else {}

    def _get_targets(self):
        """Return the records to which this action leads; a value of another kind of action is idle."""
        if self.kind == "assign" and self.assign_to != "user":
            return []
        targets = {
            "queue": self.team_id, "assign": self.user_id, "stage": self.stage_id, "issue": self.category_id,
        }  # fmt: skip
        return [target for target in targets.get(self.kind, ()) if target]

    def _get_kind_label(self):
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    @api.depends(*DESCRIBED)
    def _compute_summary(self):
        for action in self:
            action.summary = action._say()

    def _say(self):
        """Return what this does in a few words."""
        said = {
            "assign": self._say_assignee,
            "stage": self._say_stage,
            "priority": lambda: self._say_choice("priority"),
            "notice": self._say_notice,
            "oncall": lambda: self.env._("by the rota of the queue"),
            "follower": self._say_audience,
            "activity": lambda: f"{self.activity_type_id.name or ''} ({self._say_audience()})",
            "tag": lambda: ", ".join(self.tag_ids.mapped("name")),
        }.get(self.kind)
        what = said() if said else self.sudo()[NEEDS[self.kind]].display_name  # sudo: only its name is shown
        return f"{self._get_kind_label()}: {what or '-'}"

    def _say_choice(self, name):
        return dict(self._fields[name]._description_selection(self.env)).get(self[name])

    def _say_assignee(self):
        return self.user_id.name if self.assign_to == "user" else self._say_choice("assign_to")

    def _say_stage(self):
        return self.stage_id.name or self._say_choice("stage_meaning")

    def _say_notice(self):
        if self.ways == "own":
            return self._say_audience()
        return f"{self._say_audience()} ({self._say_choice('ways').lower()})"

    def _say_audience(self):
        return (
            ", ".join(self.user_ids.mapped("name"))
            if self.audience == "users"
            else self._say_choice("audience")
        )

    def _describe_definition(self):
        self.ensure_one()
        values = {}
        for name in DESCRIBED:
            value = self[name]
            values[name] = value.ids if self._fields[name].relational else value
        return {name: value for name, value in values.items() if value}
