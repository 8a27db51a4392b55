from odoo import api, fields, models

from .psa_sla_target import PRIORITIES


class PsaSlaThreshold(models.Model):
    """A rung of a policy's ladder: at this share of a target, warn or escalate, and tell somebody."""

    _name = "psa.sla.threshold"
    _description = "SLA warning or escalation"
    _inherit = ["psa.sla.policy.part"]
    _order = "policy_id, percent, mode, id"

    mode = fields.Selection(
        [("warning", "Warning"), ("escalation", "Escalation")],
        string="Kind",
        required=True,
        default="warning",
        help="When several were passed at one look, only the highest warning is given, but every escalation.",
    )
    percent = fields.Integer(
        string="At (%)", required=True, default=75, help="Share of the target that is used up."
    )
    priority_from = fields.Selection(
        PRIORITIES,
        string="From priority",
        required=True,
        default="0",
        help="Tickets of this priority and above.",
    )
    audience = fields.Selection(
        [
            ("nobody", "Nobody, note it only"),
            ("technician", "Assigned technician"),
            ("leader", "Leader of the queue"),
            ("manager", "Service managers"),
            ("user", "This person"),
        ],
        string="Tell",
        required=True,
        default="technician",
        help="Where nobody is assigned the leader of the queue is told; where there is none, the service managers.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        check_company=True,
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )

    _once = models.UniqueIndex(
        "(policy_id, mode, percent)",
        "This policy has the same step twice. Change the percentage of one of them.",
    )
    _percent_range = models.Constraint(
        "CHECK (percent BETWEEN 1 AND 1000)", "A step lies between 1 and 1000 % of a target."
    )
    _user_named = models.Constraint(
        "CHECK (audience != 'user' OR user_id IS NOT NULL)", "Choose the person this step tells."
    )

    def _get_audience(self, ticket):
        """Return the users this step tells about `ticket`: with nobody there, those one rung up."""
        if self.audience == "nobody":
            return self.env["res.users"]
        candidates = {
            "user": [self.user_id],
            "technician": [ticket.user_id, ticket.team_id.user_id],
            "leader": [ticket.team_id.user_id],
        }.get(self.audience, [])
        found = next((users for users in candidates if users.filtered("active")), None)
        return found or self._get_service_managers(ticket.company_id)

    @api.model
    def _get_service_managers(self, company):
        """Return those who were made service managers; administrators, who are it by implication, only if nobody was."""
        group = self.env.ref("psa_helpdesk.psa_helpdesk_group_manager")
        for users in (group.user_ids, group.all_user_ids):
            found = users.filtered(lambda user: user.active and company in user.company_ids)
            if found:
                return found
        return self.env["res.users"]
