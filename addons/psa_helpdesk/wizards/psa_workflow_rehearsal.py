from odoo import api, fields, models

from ..models.psa_workflow_rule_rehearse import DAYS


class PsaWorkflowRehearsal(models.TransientModel):
    """The result of a rehearsal, until it is closed."""

    _name = "psa.workflow.rehearsal"
    _description = "Rehearsal of a workflow rule"
    _inherit = ["psa.dialog.mixin"]
    _rec_name = "rule_id"

    rule_id = fields.Many2one("psa.workflow.rule", required=True, readonly=True, ondelete="cascade")
    looked_at_count = fields.Integer(readonly=True)
    line_ids = fields.One2many("psa.workflow.rehearsal.line", "rehearsal_id", readonly=True)
    result = fields.Char(compute="_compute_result")
    actions = fields.Char(string="It would have done", compute="_compute_result")

    def _psa_check_links(self):
        self.rule_id.check_access("read")

    @api.depends("line_ids", "looked_at_count")
    def _compute_result(self):
        for rehearsal in self:
            rehearsal.actions = ", ".join(action.summary or "" for action in rehearsal.rule_id.action_ids)
            rehearsal.result = self.env._(
                "In the last %(days)s days the rule would have acted on %(met)s of %(all)s tickets. "
                "Nothing was written.",
                days=DAYS,
                met=len(rehearsal.line_ids.filtered("would_act")),
                all=rehearsal.looked_at_count,
            )


class PsaWorkflowRehearsalLine(models.TransientModel):
    _name = "psa.workflow.rehearsal.line"
    _description = "Ticket a workflow rule would have acted on"
    _inherit = ["psa.dialog.mixin"]
    _order = "happened_at desc, id"

    rehearsal_id = fields.Many2one("psa.workflow.rehearsal", required=True, ondelete="cascade")
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True, ondelete="cascade")
    happened_at = fields.Datetime(string="When", readonly=True)
    team_id = fields.Many2one(related="ticket_id.team_id", string="Queue now")
    priority = fields.Selection(related="ticket_id.priority", string="Priority now")
    user_id = fields.Many2one(related="ticket_id.user_id", string="Assigned to now")
    would_act = fields.Boolean(string="Would act", readonly=True)
    did_act = fields.Boolean(string="Acted in fact", readonly=True)
    difference = fields.Char(string="Differs from what happened", compute="_compute_difference")

    def _psa_check_links(self):
        """A line tells of its ticket: refuse those that the user may not see."""
        self.rehearsal_id.check_access("read")
        self.ticket_id.check_access("read")

    @api.depends("would_act", "did_act")
    def _compute_difference(self):
        for line in self:
            if not line.would_act:
                line.difference = self.env._("The rule acted then, and would not now.")
            else:
                line.difference = "" if line.did_act else self.env._("The rule did not act then.")
