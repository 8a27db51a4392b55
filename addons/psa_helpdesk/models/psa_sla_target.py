from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..logic.objectives import Objective

MINUTE = 60
LONGEST_MINUTES = 400 * 1440
KINDS = [("response", "First response"), ("plan", "Plan"), ("resolution", "Resolution")]
PRIORITIES = [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Critical")]


class PsaSlaTarget(models.Model):
    """One line of a policy: so many minutes, of these hours, for this priority and issue."""

    _name = "psa.sla.target"
    _description = "SLA target"
    _inherit = ["psa.sla.policy.part"]
    _order = "policy_id, sequence, priority desc, kind, id"

    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, string="Target", required=True, default="resolution")
    priority = fields.Selection(PRIORITIES, help="Empty: every priority.")
    category_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Issue",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="Empty: every issue. A target of a sub-issue goes before one of its issue.",
    )
    minutes = fields.Integer(
        string="Within", required=True, help="The time we have, counted in the hours beside."
    )
    is_always = fields.Boolean(
        string="24x7",
        help="Every minute counts: nights, holidays and the change of the clocks do not matter.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working hours",
        compute="_compute_calendar_id",
        store=True,
        readonly=False,
        check_company=True,
        ondelete="restrict",
        domain="[('company_id', 'in', [False, company_id]), ('schedule_type', '=', 'fully_fixed')]",
    )
    pauses = fields.Boolean(default=True, help="The clock stands while the ticket waits for the customer.")

    _minutes_positive = models.Constraint(
        f"CHECK (minutes > 0 AND minutes <= {LONGEST_MINUTES})",
        "A target needs between 1 minute and 400 days. Delete the line where nothing is promised.",
    )
    _hours_named = models.Constraint(
        "CHECK (is_always OR calendar_id IS NOT NULL)", "A target needs working hours, or 24x7."
    )

    @api.depends("is_always")
    def _compute_calendar_id(self):
        for target in self:
            if target.is_always:
                target.calendar_id = False
            elif not target.calendar_id:
                target.calendar_id = target._get_default_calendar()

    @api.depends("kind", "priority", "category_id", "policy_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        priorities = dict(self._fields["priority"]._description_selection(self.env))
        for target in self:
            parts = (target.policy_id.name, priorities.get(target.priority), target.category_id.name)
            target.display_name = ", ".join([*filter(None, parts), kinds.get(target.kind, "")])

    @api.constrains("calendar_id")
    def _check_calendar_id(self):
        for target in self:
            if target.calendar_id.schedule_type == "flexible":
                raise ValidationError(
                    self.env._(
                        "%(calendar)s has no fixed hours to count. Choose working hours with rows of a week, or 24x7.",
                        calendar=target.calendar_id.name,
                    )
                )

    def _get_default_calendar(self):
        """Return the hours of the other lines of the policy, else those of the company."""
        others = (self.policy_id.target_ids - self).calendar_id[:1]
        return others or (self.company_id or self.env.company).resource_calendar_id

    def _to_objective(self):
        """Return this line as plain values."""
        return Objective(
            id=self.id,
            kind=self.kind,
            priority=self.priority or None,
            issue=self.category_id.id or None,
            sequence=self.sequence,
            seconds=self.minutes * MINUTE,
            calendar=None if self.is_always else self.calendar_id.id,
            pauses=self.pauses,
        )
