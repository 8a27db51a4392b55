from datetime import timedelta

from odoo import Command, api, fields, models

from ..exceptions import BookingConflict
from ..models.psa_service_call import PLACES


class PsaServiceCallPlan(models.TransientModel):
    """Book a service call, or give one another time: who, when and where, with proposals and what speaks against it."""

    _name = "psa.service.call.plan"
    _description = "Plan a service call"
    _inherit = ["psa.dialog.mixin"]

    call_id = fields.Many2one("psa.service.call", readonly=True)
    ticket_ids = fields.Many2many(
        "helpdesk.ticket", "psa_service_call_plan_ticket_rel", "plan_id", "ticket_id", string="Tickets"
    )
    partner_id = fields.Many2one(related="ticket_ids.commercial_partner_id", string="Customer")
    technician_id = fields.Many2one(
        "res.users",
        required=True,
        domain=lambda self: self.env["psa.service.call"]._psa_get_technician_domain(),
    )
    other_technician_ids = fields.Many2many(
        "res.users",
        "psa_service_call_plan_other_rel",
        "plan_id",
        "user_id",
        string="Other technicians",
        domain=lambda self: self.env["psa.service.call"]._psa_get_technician_domain(),
    )
    start_at = fields.Datetime(string="Start", required=True)
    minutes = fields.Integer(string="Duration", default=60, required=True)
    travel_minutes = fields.Integer(
        string="Travel", help="The way there. So much time must be free before the call."
    )
    place = fields.Selection(PLACES, string="Where", required=True, default="on_site")
    instructions = fields.Text(help="What the technicians must know before they go.")
    is_customer_told = fields.Boolean(string="Mail the time to the contact")
    line_ids = fields.One2many("psa.service.call.plan.line", "plan_id", string="Best times")
    conflict_words = fields.Text(string="What speaks against it", readonly=True)
    override_reason = fields.Char(string="Book anyway because")

    def _psa_check_links(self):
        """The dialog tells the customer of its call and tickets: refuse what the user may not see."""
        self.call_id.check_access("read")
        self.ticket_ids.check_access("read")

    @api.model
    def _psa_open(self, tickets, call=None):
        """Open the dialog with the call that is to be moved, else with the best time for these tickets."""
        values = call._prepare_plan() | {"call_id": call.id} if call else {}
        lines = self._prepare_lines(tickets, values)
        if not call:
            first = lines[0] if lines else {"technician_id": self.env.uid, "start_at": fields.Datetime.now()}
            values = {name: first[name] for name in ("technician_id", "start_at")}
        plan = self.create(
            values
            | {
                "ticket_ids": [Command.set(tickets.ids)],
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        return plan._psa_open_again()

    @api.model
    def _prepare_lines(self, tickets, values):
        """Return the values of the best times for these tickets."""
        calls = self.env["psa.service.call"]
        found = calls._psa_suggest(
            tickets,
            values.get("minutes") or 60,
            values.get("travel_minutes"),
            values.get("place") or "on_site",
            # Who may plan only for himself is proposed only himself.
            users=None if calls._psa_may_override() else self.env.user,
        )
        return [
            {"technician_id": user.id, "start_at": start, "stop_at": stop, "reasons": ", ".join(reasons)}
            for user, start, stop, reasons in found
        ]

    def action_propose(self):
        """Look for the best times anew, for this length, travel and place."""
        self.ensure_one()
        wish = {"minutes": self.minutes, "travel_minutes": self.travel_minutes, "place": self.place}
        lines = self._prepare_lines(self.ticket_ids, wish)
        self.line_ids = [Command.clear(), *(Command.create(line) for line in lines)]
        return self._psa_open_again()

    def action_save(self):
        """Book or move; where something speaks against it, stay and say what."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                call = self._psa_save()
        except BookingConflict as conflict:
            self.conflict_words = "\n".join(conflict.reasons)
            return self._psa_open_again()
        if self.is_customer_told:
            call.action_tell_customer()
        if self.call_id:
            return {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(call)s is booked for %(when)s, %(technician)s.",
                    call=call.number,
                    when=call._psa_say_when(self.env.user),
                    technician=call.technician_id.name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _psa_save(self):
        values = self._prepare_call()
        if self.call_id:
            self.call_id.write(values)
            return self.call_id
        return self.env["psa.service.call"].create(values)

    def _prepare_call(self):
        """Return the values that the call gets."""
        return {
            "ticket_ids": [Command.set(self.ticket_ids.ids)],
            "technician_id": self.technician_id.id,
            "other_technician_ids": [Command.set(self.other_technician_ids.ids)],
            "start_at": self.start_at,
            "stop_at": self.start_at + timedelta(minutes=max(1, self.minutes)),
            "travel_minutes": self.travel_minutes,
            "place": self.place,
            "instructions": self.instructions,
            "override_reason": self.override_reason,
        }

    def _psa_open_again(self):
        """Return the action that shows this dialog as it stands."""
        if self.conflict_words:
            title = self.env._("Something speaks against this time")
        else:
            title = self.env._("Reschedule service call") if self.call_id else self.env._("Book service call")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class PsaServiceCallPlanLine(models.TransientModel):
    _name = "psa.service.call.plan.line"
    _description = "Proposed time of a service call"
    _inherit = ["psa.dialog.mixin"]
    _order = "id"

    plan_id = fields.Many2one("psa.service.call.plan", required=True, ondelete="cascade")
    technician_id = fields.Many2one("res.users", readonly=True)
    start_at = fields.Datetime(string="Start", readonly=True)
    stop_at = fields.Datetime(string="Ends", readonly=True)
    reasons = fields.Char(string="Why", readonly=True)

    def _psa_check_links(self):
        self.plan_id.check_access("read")

    def action_take(self):
        """Take this time into the dialog."""
        self.ensure_one()
        self.plan_id.write({
            "technician_id": self.technician_id.id,
            "start_at": self.start_at,
            "conflict_words": False,
        })  # fmt: skip
        return self.plan_id._psa_open_again()
