from collections import defaultdict

from babel.dates import format_date, format_time

from odoo import api, fields, models
from odoo.tools.misc import babel_locale_parse

from ..logic.promise import Clock, Code, Day, read_promises
from ..logic.ticket_status import Status, read_status


class HelpdeskTicket(models.Model):
    """What a customer is told about a ticket, in pages and mails: its status and what was promised, in plain words."""

    _inherit = "helpdesk.ticket"

    def _psa_get_customer_status(self):
        """Return the status in the customer's words."""
        self.ensure_one()
        stage = self.stage_id
        return read_status(
            self.psa_is_open,
            stage.psa_sla_event or "none",
            bool(stage.unattended),
            bool(self.user_id),
            bool(self.psa_converted_at),
        )

    @api.model
    def _psa_get_customer_status_words(self):
        """{status: its word}"""
        return {
            Status.RECEIVED: self.env._("Received"),
            Status.IN_PROGRESS: self.env._("In progress"),
            Status.WAITING: self.env._("Waiting for you"),
            Status.SOLVED: self.env._("Solved"),
            Status.CANCELLED: self.env._("Cancelled"),
            Status.MOVED: self.env._("Moved to a project"),
        }

    def _psa_say_status(self):
        """Return the status of this ticket in one or two words."""
        return self._psa_get_customer_status_words()[self._psa_get_customer_status()]

    def _psa_get_promises(self, zone):
        """{ticket id: [promise]}, with one search for all tickets.

        :param tzinfo zone: of the reader
        """
        now = fields.Datetime.now()
        latest = defaultdict(list)
        # sudo: the clocks belong to tickets that the reader was found to be allowed to see; only kind, state and deadline are used
        clocks = (
            self.env["psa.sla.clock"].sudo().search([("ticket_id", "in", self.ids)], order="ticket_id, cycle")
        )
        for clock in clocks:
            known = latest[clock.ticket_id.id]
            if known and known[0].cycle != clock.cycle:
                known.clear()
            known.append(clock)
        return {
            ticket.id: read_promises(
                [Clock(clock.kind, clock.state, clock.due_at or None) for clock in latest[ticket.id]],
                now,
                zone,
            )
            for ticket in self
        }

    @api.model
    def _psa_say_promise(self, promise):
        """Return one promise in words."""
        when = self._psa_say_moment(promise.at, promise.day) if promise.at else ""
        return self._psa_get_promise_texts()[promise.code, promise.kind] % {"when": when}

    @api.model
    def _psa_get_promise_texts(self):
        waiting = self.env._("Waiting for you; the time stands still until you answer")
        return {
            (Code.DUE, "response"): self.env._("Answer by %(when)s"),
            (Code.DUE, "plan"): self.env._("Plan by %(when)s"),
            (Code.DUE, "resolution"): self.env._("Solution by %(when)s"),
            (Code.LATE, "response"): self.env._("Answer promised by %(when)s, we are late"),
            (Code.LATE, "plan"): self.env._("Plan promised by %(when)s, we are late"),
            (Code.LATE, "resolution"): self.env._("Solution promised by %(when)s, we are late"),
            (Code.WAITING, "response"): waiting,
            (Code.WAITING, "plan"): waiting,
            (Code.WAITING, "resolution"): waiting,
            (Code.KEPT, "response"): self.env._("Answered in time"),
            (Code.KEPT, "plan"): self.env._("Planned in time"),
            (Code.KEPT, "resolution"): self.env._("Solved in time"),
            (Code.BROKEN, "response"): self.env._("Answered late, promised by %(when)s"),
            (Code.BROKEN, "plan"): self.env._("Planned late, promised by %(when)s"),
            (Code.BROKEN, "resolution"): self.env._("Solved late, promised by %(when)s"),
        }

    @api.model
    def _psa_say_moment(self, moment, day):
        """Return "14:30", "tomorrow, 09:00", "Friday, 09:00" or "11 Nov, 09:00", in the reader's language."""
        locale = babel_locale_parse(self.env.lang)
        time = format_time(moment, format="short", locale=locale)
        if day is Day.TODAY:
            return time
        if day is Day.TOMORROW:
            return self.env._("tomorrow, %(time)s", time=time)
        name = format_date(moment, format="EEEE" if day is Day.NEAR else "medium", locale=locale)
        return self.env._("%(day)s, %(time)s", day=name, time=time)
