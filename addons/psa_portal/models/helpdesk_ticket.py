from collections import defaultdict

from babel.dates import format_date, format_time

from odoo import api, fields, models
from odoo.tools.misc import babel_locale_parse

from odoo.addons.psa_crm.logic.duration_text import format_duration

from ..logic.promise import Clock, Code, Day, leading_promise, read_promises
from ..logic.ticket_status import Status, read_status


class HelpdeskTicket(models.Model):
    """A ticket as its customer sees it. Callers hand in tickets the customer was found to be allowed to see."""

    _inherit = "helpdesk.ticket"

    psa_news_at = fields.Datetime(
        string="Last change",
        compute="_compute_psa_news_at",
        store=True,
        help="The last thing that the customer can see: a message, or another stage.",
    )

    _psa_news_idx = models.Index("(psa_news_at DESC, id DESC)")

    @api.depends("create_date", "last_stage_update", "psa_answered_at", "psa_customer_message_at")
    def _compute_psa_news_at(self):
        """Not the host's write date: clocks and renamed queues change a ticket, too, and nobody outside sees it."""
        for ticket in self:
            moments = (
                ticket.last_stage_update or ticket.create_date,
                ticket.psa_answered_at,
                ticket.psa_customer_message_at,
            )
            ticket.psa_news_at = max((moment for moment in moments if moment), default=False)

    # Status

    def _psa_get_portal_status(self):
        """Return the status in the customer's words."""
        self.ensure_one()
        stage = self.stage_id
        return read_status(
            self.psa_is_open, stage.psa_sla_event or "none", bool(stage.unattended), bool(self.user_id)
        )

    @api.model
    def _psa_get_portal_status_labels(self):
        """{status value: (label, classes of the badge, icon)}"""
        # Words on a light ground: white on the usual green and blue is too faint to read.
        quiet = "text-bg-light border"
        return {
            Status.RECEIVED.value: (self.env._("Received"), quiet, "fa-inbox"),
            Status.IN_PROGRESS.value: (self.env._("In progress"), quiet, "fa-wrench text-info"),
            Status.WAITING.value: (self.env._("Waiting for you"), "text-bg-warning", "fa-reply"),
            Status.SOLVED.value: (self.env._("Solved"), quiet, "fa-check text-success"),
            Status.CANCELLED.value: (self.env._("Cancelled"), quiet, "fa-ban"),
        }

    # Promises

    def _psa_get_portal_promises(self, user):
        """{ticket id: [promise]}, with one search for all tickets.

        :param user: the reader, whose zone counts
        """
        now, zone = fields.Datetime.now(), user._psa_get_portal_zone()
        latest = defaultdict(list)
        # sudo: the clocks belong to tickets that this customer may see; only kind, state and deadline are used
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

    def _psa_get_portal_lines(self, user):
        """What a list shows of these tickets: status and the one promise that counts, by ticket id."""
        promises = self._psa_get_portal_promises(user)
        labels = self._psa_get_portal_status_labels()
        lines = {}
        for ticket in self:
            label, badge, icon = labels[ticket._psa_get_portal_status().value]
            promise = leading_promise(promises[ticket.id])
            lines[ticket.id] = {
                "status": label,
                "badge": badge,
                "icon": icon,
                "promise": self._psa_say_promise(promise) if promise else "",
                "is_late": bool(promise) and promise.code in (Code.LATE, Code.BROKEN),
            }
        return lines

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

    # Time

    def _psa_get_portal_time(self, with_cover):
        """Approved time on this ticket, oldest first; what is not approved yet may still change.

        :param bool with_cover: also say whether the contract covers it
        """
        self.ensure_one()
        # sudo: time of a ticket that this customer may see; only what an invoice prints is handed on
        lines = (
            self.env["account.analytic.line"]
            .sudo()
            .search([("psa_ticket_id", "=", self.id), ("psa_state", "=", "approved")], order="date, id")
        )
        covers = dict(self.env["psa.billing.item"]._fields["cover"]._description_selection(self.env))
        return [
            {
                "date": line.date,
                "text": line.name,
                "who": line.user_id.name or line.employee_id.name,
                "minutes": line.psa_minutes,
                "time": format_duration(line.psa_minutes),
                "cover": ", ".join(dict.fromkeys(covers[item.cover] for item in line.psa_item_ids))
                if with_cover
                else "",
            }
            for line in lines
        ]
