from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.psa_crm.outside import read

from ..exceptions import BookingConflict
from ..logic import board_request

MOST_TICKETS = 100


class PsaServiceCall(models.Model):
    """The dispatch board: all it shows in one call, and what a drop on it does. For dispatchers alone."""

    _inherit = "psa.service.call"

    @api.model
    def psa_board_read(self, start, stop):
        """Return technicians, their calls and hours, and the tickets to be scheduled, between two instants (UTC).

        The number of queries depends neither on technicians nor on calls.
        """
        self._psa_check_board()
        shown = read(self.env, board_request.read_spread, start, stop)
        calls = self.search(
            Domain("start_at", "<", shown.stop)
            & Domain("stop_at", ">", shown.start)
            & Domain("state", "!=", "cancelled")
            & Domain("company_id", "=", self.env.company.id),
            order="start_at, id",
        )
        users = self._psa_get_technicians(self.env.company)
        users |= calls.technician_ids  # whoever is on a call has a row to show it in
        days = self._psa_get_days(users, shown.start, shown.stop)
        spans = self._prepare_board_spans(users, shown.start, shown.stop)
        tickets, total = self._psa_find_to_schedule()
        return {
            "technicians": self._prepare_board_technicians(users, days),
            "calls": [call._prepare_board_call() for call in calls],
            "tickets": [self._prepare_board_ticket(ticket) for ticket in tickets],
            "ticket_total": total,
            "selections": self._prepare_board_selections(),
            **spans,
        }

    @api.model
    def psa_board_book(self, ticket_id, technician_id, start, minutes=60, reason=None):
        """Book a call for a ticket that was dropped on a technician; see `_psa_board_try`."""
        self._psa_check_board()
        ticket_id, technician_id = read(self.env, board_request.read_ids, ticket_id, technician_id)
        slot = read(self.env, board_request.read_slot, start, minutes, reason)
        values = {
            "ticket_ids": [(6, 0, [ticket_id])],
            "technician_id": technician_id,
            "start_at": slot.start,
            "stop_at": slot.stop,
            "override_reason": slot.reason,
        }
        return self._psa_board_try(lambda: self._psa_hold().create(values))

    def psa_board_move(self, old_technician_id, technician_id, start, minutes, reason=None):
        """Move the call to another time, and from one technician to another; see `_psa_board_try`."""
        self._psa_check_board()
        self.ensure_one()
        ids = read(self.env, board_request.read_ids, old_technician_id, technician_id)
        old_technician_id, technician_id = ids
        slot = read(self.env, board_request.read_slot, start, minutes, reason)
        values = {"start_at": slot.start, "stop_at": slot.stop, "override_reason": slot.reason}
        if old_technician_id != technician_id:
            if old_technician_id == self.technician_id.id:
                values["technician_id"] = technician_id
                values["other_technician_ids"] = [(3, technician_id)]
            else:
                values["other_technician_ids"] = [(3, old_technician_id), (4, technician_id)]
        return self._psa_board_try(lambda: self._psa_hold().write(values) and self)

    def psa_board_unbook(self, release=False):
        """Take back what was just booked.

        :param release: nobody had the tickets before, so nobody has them again
        """
        self._psa_check_board()
        if release:
            for call in self:
                given = call.ticket_ids.grouped("user_id").get(call.technician_id)
                if given:
                    given.write({"user_id": False})
        self._psa_cancel(self.env._("Taken back on the dispatch board."))
        return True

    @api.model
    def psa_board_suggest(self, ticket_id, minutes=60):
        """Return the best times for a ticket, with their reasons."""
        self._psa_check_board()
        minutes = read(self.env, board_request.read_minutes, minutes)
        ticket = self.env["helpdesk.ticket"].browse(read(self.env, board_request.read_ids, ticket_id))
        ticket.check_access("read")
        return [
            {
                "technician_id": user.id,
                "technician": user.name,
                "start": fields.Datetime.to_string(start),
                "reasons": ", ".join(reasons),
            }
            for user, start, _stop, reasons in self._psa_suggest(ticket, minutes)
        ]

    @api.model
    def _psa_board_try(self, act):
        """Return {"call": id}, or {"conflicts": sentences} where something speaks against it and nothing was done."""
        try:
            with self.env.cr.savepoint():
                return {"call": act().id}
        except BookingConflict as conflict:
            return {"conflicts": conflict.reasons}

    @api.model
    def _psa_check_board(self):
        if not self.env.user.has_group("psa_helpdesk.psa_helpdesk_group_dispatcher"):
            raise AccessError(self.env._("The dispatch board is for dispatchers."))

    @api.model
    def _psa_find_to_schedule(self):
        """Return the open tickets without a service call ahead, the most urgent first, and how many there are."""
        tickets = self.env["helpdesk.ticket"]
        domain = [
            ("psa_is_open", "=", True),
            ("psa_next_call_at", "=", False),
            ("company_id", "=", self.env.company.id),
        ]
        found = tickets.search(domain, order="psa_sla_due_at, priority desc, id", limit=MOST_TICKETS)
        return found, tickets.search_count(domain) if len(found) == MOST_TICKETS else len(found)

    @api.model
    def _prepare_board_technicians(self, users, days):
        """Return what a row says of each technician. A hook: what knows more of them adds it."""
        open_counts = dict(
            self.env["helpdesk.ticket"]._read_group(
                [("user_id", "in", users.ids), ("psa_is_open", "=", True)], ["user_id"], ["__count"]
            )
        )
        said = fields.Datetime.to_string
        # sudo: names and queues of colleagues
        return [
            {
                "id": user.id,
                "name": user.name,
                "queues": user.helpdesk_team_ids.mapped("name"),
                "skills": [],
                "open_tickets": open_counts.get(user.sudo(False), 0),
                "work": [[said(span.start), said(span.stop)] for span in days[user].work],
                "leaves": [[said(leave.start), said(leave.stop), leave.label] for leave in days[user].leaves],
                "busy": [
                    [said(entry.start), said(entry.stop)] for entry in days[user].busy if not entry.is_call
                ],
            }
            for user in users.sudo()
        ]

    @api.model
    def _prepare_board_spans(self, users, start, stop):
        """Return what else lies in the rows between two instants: who is on call, and what was really worked.

        A hook: what knows of time worked adds it.

        :return: {"on_call": [[id of the technician, start, stop, step]], "worked": [[id of the technician, start, stop]]}
        """
        # sudo: who is on call and when is no secret to a dispatcher
        duties = self.env["psa.oncall.slot"].sudo().search(
            Domain("user_id", "in", users.ids)
            & Domain("start_at", "<", stop)
            & Domain("stop_at", ">", start)
            & Domain("rota_id.active", "=", True)
            & Domain("company_id", "=", self.env.company.id)
        )  # fmt: skip
        said = fields.Datetime.to_string
        return {
            "on_call": [
                [duty.user_id.id, said(duty.start_at), said(duty.stop_at), duty.step_id.name]
                for duty in duties
            ],
            "worked": [],
        }

    @api.model
    def _prepare_board_selections(self):
        """Return the selections of technicians of this user."""
        return [
            {"id": one.id, "name": one.name, "technician_ids": one.technician_ids.ids}
            for one in self.env["psa.board.selection"].search([("user_id", "=", self.env.uid)])
        ]

    def _prepare_board_call(self):
        """Return what a block says."""
        return {
            "id": self.id,
            "number": self.number,
            "customer": self.partner_id.name or "",
            "title": ", ".join(self.ticket_ids.mapped("name")),
            "tickets": [{"id": ticket.id, "number": ticket.number} for ticket in self.ticket_ids],
            "technician_ids": self.technician_ids.ids,
            "start": fields.Datetime.to_string(self.start_at),
            "stop": fields.Datetime.to_string(self.stop_at),
            "travel": self.travel_minutes,
            "state": self.state,
            "state_word": self._psa_say_state(),
            "can_plan": self.can_plan,
            "has_contact": bool(self.contact_id.email),
            "customer_zone": self.customer_zone,
        }

    @api.model
    def _prepare_board_ticket(self, ticket):
        """Return what a card says."""
        return {
            "id": ticket.id,
            "number": ticket.number,
            "name": ticket.name,
            "customer": ticket.commercial_partner_id.name or ticket.partner_name or "",
            "queue": ticket.team_id.name,
            "skills": [],
            "assignee": ticket.user_id.name or "",
            "due": fields.Datetime.to_string(ticket.psa_sla_due_at) if ticket.psa_sla_due_at else False,
            "sla_state": ticket.psa_sla_state,
            "sla_left": ticket.psa_sla_left_minutes,
            "priority": ticket.priority,
        }
