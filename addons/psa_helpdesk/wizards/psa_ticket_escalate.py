from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.psa_sla_target import PRIORITIES

ONCALL = "oncall"
TARGETS = [
    ("leader", "Leader of the queue"),
    ("managers", "Service managers"),
    (ONCALL, "Who is on call"),
    ("colleague", "A colleague"),
]


class PsaTicketEscalate(models.TransientModel):
    """Get help with a ticket: from whom, why, and what else changes. Who is asked hears of it at once."""

    _name = "psa.ticket.escalate"
    _description = "Escalate a ticket"
    _inherit = ["psa.ticket.dialog.mixin"]
    _check_company_auto = True

    company_id = fields.Many2one(related="ticket_id.company_id", related_sudo=False)
    target = fields.Selection(TARGETS, string="To", required=True, default="leader")
    user_id = fields.Many2one(
        "res.users", string="Colleague", domain="[('share', '=', False)]", check_company=True
    )
    reason = fields.Char(
        required=True, help="What you need, in a line. It stands on the ticket for us alone."
    )
    priority = fields.Selection(PRIORITIES, help="Of the ticket from now on.")
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="Queue",
        check_company=True,
        help="Where the ticket belongs from now on.",
    )

    @api.model
    def _prepare_from(self, ticket):
        return {"priority": ticket.priority, "team_id": ticket.team_id.id}

    def action_escalate(self):
        """Note it, change what was asked for, then tell people.

        :raises UserError: where the ticket is closed, or nobody is there to be told
        """
        self.ensure_one()
        ticket = self.ticket_id
        ticket.check_access("write")
        if not ticket.psa_is_open:
            raise UserError(
                self.env._(
                    "Ticket %(number)s cannot be escalated because it is closed. Reopen it first.",
                    number=ticket.number,
                )
            )
        changes = {"priority": self.priority, "team_id": self.team_id.id}
        ticket.write({name: value for name, value in changes.items() if value})
        people = self._find_people(ticket)
        self._note(ticket, people)
        self.env["psa.reason"]._keep("escalate", self.reason)
        # Last, because every touch of ours acknowledges a ladder.
        if self.target == ONCALL:
            ticket.sudo()._psa_page_oncall()  # sudo: the ladder is the system's; who may write the ticket may start it
        else:
            subject = self.env._("%(number)s needs you: %(reason)s", number=ticket.number, reason=self.reason)
            ticket._psa_drop_unsent(people)
            ticket._psa_notify_users(people, subject, ticket.name, urgent=True)
        return {"type": "ir.actions.act_window_close"}

    def _find_people(self, ticket):
        """Return who is told; of the on-call rota only whether there is one is checked, its ladder finds the people."""
        if self.target == ONCALL:
            if not ticket.team_id.sudo().psa_oncall_rota_id:  # sudo: whether there is one
                raise UserError(self.env._("%(queue)s has no on-call rota.", queue=ticket.team_id.name))
            return self.env["res.users"]
        # sudo: the names of colleagues who are asked, whoever may read them
        people = {
            "leader": ticket.team_id.sudo().user_id,
            "managers": self.env["psa.sla.threshold"].sudo()._get_service_managers(ticket.company_id),
            "colleague": self.user_id.sudo(),
        }[self.target].filtered(lambda user: user.active and not user.share)
        if not people - self.env.user:
            raise UserError(self.env._("There is nobody else to be told. Choose somebody."))
        return people

    def _note(self, ticket, people):
        target = dict(self._fields["target"]._description_selection(self.env))[self.target]
        names = ", ".join(people.mapped("name")) or target
        text = self.env._("Escalated to %(names)s: %(reason)s", names=names, reason=self.reason)
        ticket.message_post(
            body=Markup("<p>%s</p>") % text, message_type="comment", subtype_xmlid="mail.mt_note"
        )
