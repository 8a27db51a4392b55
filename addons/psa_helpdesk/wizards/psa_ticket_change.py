from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.psa_crm.bulk_report import report_bulk
from odoo.addons.psa_crm.outside import find_ids

from ..models.psa_sla_target import PRIORITIES

WRITTEN = {"assign": "user_id", "move": "team_id", "rank": "priority"}


class PsaTicketChange(models.TransientModel):
    """Assign, move or rank many tickets at once, each as its own form would allow it."""

    _name = "psa.ticket.change"
    _description = "Change of many tickets"
    _inherit = ["psa.dialog.mixin"]

    deed = fields.Selection(
        [("assign", "Assign to"), ("move", "Move to queue"), ("rank", "Set priority")],
        required=True,
        readonly=True,
        default="assign",
    )
    ticket_ids = fields.Many2many(
        "helpdesk.ticket",
        string="Tickets",
        required=True,
        readonly=True,
        context={"active_test": False},
        default=lambda self: [Command.set(find_ids(self.env, "active_ids"))],
    )
    member_ids = fields.Many2many("res.users", compute="_compute_member_ids")
    user_id = fields.Many2one(
        "res.users",
        string="Assigned to",
        domain="member_ids and [('share', '=', False), ('id', 'in', member_ids)] or [('share', '=', False)]",
        help="Those who work in the queues of the tickets are proposed.",
    )
    team_id = fields.Many2one("helpdesk.ticket.team", string="Queue")
    priority = fields.Selection(PRIORITIES)

    @api.depends("ticket_ids")
    def _compute_member_ids(self):
        for dialog in self:
            dialog.member_ids = dialog.ticket_ids.team_id.user_ids

    def _psa_check_links(self):
        self.ticket_ids.check_access("read")
        self.team_id.check_access("read")
        people = self.user_id
        people.check_access("read")
        if people.filtered(lambda user: user.share or not user.active):
            raise AccessError(self.env._("Tickets are assigned to people of ours who may sign in."))

    def action_change(self):
        """Write what was chosen on each open ticket that does not have it yet, and report.

        :raises UserError: where nothing was chosen
        """
        self.ensure_one()
        name = WRITTEN[self.deed]
        if not self[name]:
            raise UserError(self.env._("Choose what the tickets get."))
        tickets = self.ticket_ids
        skipped = tickets._psa_find_closed()
        for ticket in tickets - tickets.browse([ticket.id for ticket in skipped]):
            if ticket[name] == self[name]:
                skipped[ticket] = self.env._("so already")
        chosen = tickets - tickets.browse([ticket.id for ticket in skipped])
        deed = self._say_deed()
        skipped |= self._write_each(chosen, self._convert_to_write({name: self[name]}))
        done = tickets - tickets.browse([ticket.id for ticket in skipped])
        return report_bulk(self.env, deed, done, skipped) or {"type": "ir.actions.act_window_close"}

    def _write_each(self, tickets, values):
        """Write all of them at once, or where one is refused one by one; return {ticket: why it was refused}."""
        if self._try_write(tickets, values) is None:
            return {}
        tries = {ticket: self._try_write(ticket, values) for ticket in tickets}
        return {ticket: why for ticket, why in tries.items() if why is not None}

    def _try_write(self, tickets, values):
        """Return why these tickets were left as they are, or None where they were written."""
        try:
            with self.env.cr.savepoint():
                tickets.write(values)
        except AccessError:
            return self.env._("not yours to change")
        except UserError as refusal:
            return str(refusal).partition("\n")[0]
        return None

    def _say_deed(self):
        if self.deed == "assign":
            return self.env._("assigned to %(name)s", name=self.user_id.name)
        if self.deed == "move":
            return self.env._("moved to %(queue)s", queue=self.team_id.name)
        priority = dict(self._fields["priority"]._description_selection(self.env))[self.priority]
        return self.env._("set to %(priority)s", priority=priority)
