from odoo import api, fields, models
from odoo.exceptions import UserError

from ..logic.work_word import Word

COUNTED = {
    "psa_overdue_count": [("psa_word", "=", Word.OVERDUE.value)],
    "psa_at_risk_count": [("psa_word", "=", Word.AT_RISK.value)],
    "psa_due_count": [("psa_word", "=", Word.DUE.value)],
    "psa_done_count": [("psa_word", "=", Word.DONE.value)],
    "psa_open_count": [("psa_is_open", "=", True)],
    "psa_unassigned_count": [("psa_is_open", "=", True), ("user_id", "=", False)],
}


class HelpdeskTicketTeam(models.Model):
    """How a queue stands: the figures of its card, each of which opens the tickets it counts."""

    _inherit = "helpdesk.ticket.team"

    psa_overdue_count = fields.Integer(
        string="Overdue", compute="_compute_psa_counts", groups="base.group_user"
    )
    psa_at_risk_count = fields.Integer(
        string="At risk", compute="_compute_psa_counts", groups="base.group_user"
    )
    psa_due_count = fields.Integer(
        string="Due today", compute="_compute_psa_counts", groups="base.group_user"
    )
    psa_done_count = fields.Integer(
        string="Done today", compute="_compute_psa_counts", groups="base.group_user"
    )
    psa_open_count = fields.Integer(string="Open", compute="_compute_psa_counts", groups="base.group_user")
    psa_unassigned_count = fields.Integer(
        string="Without a technician", compute="_compute_psa_counts", groups="base.group_user"
    )
    psa_oldest_wait_at = fields.Datetime(
        string="Waiting since",
        compute="_compute_psa_counts",
        groups="base.group_user",
        help="The customer who has waited longest for an answer.",
    )

    @api.depends_context("uid", "tz", "allowed_company_ids")
    def _compute_psa_counts(self):
        tickets = self.env["helpdesk.ticket"]
        for name, domain in COUNTED.items():
            counts = dict(
                tickets._read_group([("team_id", "in", self.ids), *domain], ["team_id"], ["__count"])
            )
            for team in self:
                team[name] = counts.get(team, 0)
        oldest = dict(
            tickets._read_group(
                [("team_id", "in", self.ids), ("psa_is_open", "=", True), ("psa_needs_reply", "=", True)],
                ["team_id"],
                ["psa_customer_message_at:min"],
            )
        )
        for team in self:
            team.psa_oldest_wait_at = oldest.get(team)

    def action_psa_open_counted(self):
        """Open the tickets that one figure of the card counts: the one named by `psa_counted` in the context, or all open."""
        self.ensure_one()
        name = self.env.context.get("psa_counted", "psa_open_count")
        if not isinstance(name, str) or name not in COUNTED:
            raise UserError(self.env._("There is no such figure. Open the tickets from their list."))
        return self.env["helpdesk.ticket"]._psa_prepare_counted_action(
            f"{self.name}: {self._fields[name]._description_string(self.env)}",
            [("team_id", "=", self.id), *COUNTED[name]],
            {"default_team_id": self.id},
        )
