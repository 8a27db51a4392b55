from odoo import fields, models

from ..event_moment import moment_from
from ..logic.sla_clock import Event, in_save_order, is_in_grace, stage_events


class HelpdeskTicket(models.Model):
    """The ledger of the clocks: what is written into it, and the readings that follow from it.

    All methods take many tickets and cost the same number of queries for one as for a hundred. They are called with
    the rights of the superuser by what has checked the user's own.
    """

    _inherit = "helpdesk.ticket"

    def _psa_sla_start(self, now):
        """Start the clocks of new tickets; one that is created closed has none (Rules D10.3, D10.9).

        Where the promise is younger than the start, the clocks run from the start and the promise is a change at its
        own moment: nothing was breached before it (Rule D10.48).
        """
        born_closed = self.filtered(lambda ticket: ticket._psa_get_sla_meaning() in ("resolved", "cancelled"))
        self._psa_note_resolved({ticket: ["resolved"] for ticket in born_closed}, now)
        tickets = self - born_closed
        if not tickets:
            return
        vals_list = []
        for ticket, promise in tickets._psa_choose_promises().items():
            events = ["started", *stage_events("none", ticket._psa_get_sla_meaning())]
            if promise.terms.counts_calls and ticket._psa_is_entered_live():
                events.append("responded")
            at = min(ticket.psa_started_at or now, now)
            promised_at = moment_from(self.env.context, at, "psa_promised_at")
            first = promise if promised_at <= at else promise._replace(lines=[])
            vals_list += [
                ticket._prepare_sla_event(what, at, first, promise.customer_zone)
                for what in _in_order(events)
            ]
            answered_at = moment_from(self.env.context, None, "psa_responded_at")
            if answered_at and "responded" not in events:
                # A ticket that was split off may have been answered where its messages stood (Rule D10.25).
                vals_list.append(ticket._prepare_sla_event("responded", answered_at, promise, None))
            if first is not promise:
                later = ticket._prepare_sla_event("retargeted", promised_at, promise, promise.customer_zone)
                vals_list.append(later | {"is_restart": False})
        self.env["psa.sla.event"].create(vals_list)
        tickets._psa_sla_refresh(now)

    def _psa_sla_record(self, happened, changed, at, ledgers=None):
        """Append what happened in one save, in the order in which it is judged, and store the new readings.

        :param happened: {ticket: events}, names as in `logic.sla_clock`
        :param changed: tickets of which a field that chooses the promise changed
        :param ledgers: {ticket: Ledger}, where the caller has read them already
        """
        tickets = changed.union(*happened)
        if not tickets:
            return
        ledgers = ledgers or self.env["psa.sla.event"]._get_ledgers(tickets)
        reopened = self.browse().union(
            *(ticket for ticket, events in happened.items() if "reopened" in events)
        )
        promises = (changed | reopened)._psa_choose_promises()
        vals_list, read_at = [], max(at, fields.Datetime.now())
        for ticket in tickets:
            ledger, promise = ledgers[ticket], promises.get(ticket)
            events = ticket._psa_complete_events(happened.get(ticket, []), ledger, promise, at)
            customer_zone = promise.customer_zone if "started" in events else ledger.customer_zone
            # What a batch hears of late did not happen before what is written already.
            moment = max(at, ledger.last_at)
            vals_list += [
                ticket._prepare_sla_event(what, moment, promise, customer_zone) for what in _in_order(events)
            ]
            if events:
                # Another server's clock may be ahead of ours: what was written is also read.
                read_at = max(read_at, moment)
        self.env["psa.sla.event"].create(vals_list)
        tickets._psa_sla_refresh(read_at)

    def _psa_complete_events(self, events, ledger, promise, at):
        """Return the lines to write: a late reopening is a new cycle, another promise is a line of its own."""
        if "reopened" in events and not self._psa_goes_on(ledger, at):
            return ["started" if what == "reopened" else what for what in events]
        if ledger.current is None:
            return []  # created closed: there is nothing to tell until it is opened
        if promise and (promise.lines, ledger.get_zone(promise.terms)) != (ledger.current, ledger.zone):
            return [*events, "retargeted"]
        return events

    def _psa_goes_on(self, ledger, at):
        """Say whether reopening at `at` goes on with the same clocks: within the grace of their policy (D10.18)."""
        if ledger.closed_at is None:
            return False
        policy_ids = [line["policy"] for line in ledger.current]
        policy = self.env["psa.sla.policy"].browse(policy_ids[:1]) or self._psa_get_sla_policies()[:1]
        return is_in_grace(ledger.closed_at, at, policy._get_terms().grace)

    def _psa_is_in_reopen_grace(self, at):
        """Say whether the customer's word at `at` opens this closed ticket again; else a new one begins (Rule D10.18).

        What was cancelled was no work to go on with. A ticket without a ledger was closed before there was one.
        """
        self.ensure_one()
        ticket = self.sudo()  # asked for the customer, who may not read the ledger
        if ticket._psa_get_sla_meaning() == "cancelled":
            return False
        ledger = ticket.env["psa.sla.event"]._get_ledgers(ticket)[ticket]
        if ledger.closed_at is not None:
            return ticket._psa_goes_on(ledger, at)
        closed_at = ticket.psa_resolved_at or ticket.closed_date
        grace = ticket._psa_get_sla_policies()[:1]._get_terms().grace
        return not closed_at or is_in_grace(closed_at, at, grace)

    def _psa_sla_retarget(self, at):
        """Let the promise be chosen anew for open tickets, also where no field of theirs changed (Rule D10.16)."""
        # sudo: see the class
        self.sudo()._psa_sla_record({}, self.sudo(), at)

    def _psa_sla_refresh(self, now):
        """Read the ledgers of these tickets at `now` and store the readings."""
        ledgers = self.env["psa.sla.event"]._get_ledgers(self)
        self.env["psa.sla.clock"].sudo()._store(
            {ticket: ledger.read(now) for ticket, ledger in ledgers.items()}, now
        )

    def _psa_replay(self, now=None):
        """Return {ticket: readings} read anew from the ledgers, storing nothing."""
        now = now or fields.Datetime.now()
        return {
            ticket: ledger.read(now)
            for ticket, ledger in self.env["psa.sla.event"]._get_ledgers(self).items()
        }

    def _prepare_sla_event(self, what, at, promise, customer_zone):
        """Return the values of one line of the ledger; `promise` is used where the line makes one."""
        values = {"ticket_id": self.id, "what": what, "happened_at": at}
        if what in ("started", "retargeted"):
            values |= {
                "promise": promise.lines,
                "zone": customer_zone if promise.terms.by_customer_zone else None,
                "customer_zone": customer_zone,
                "is_restart": promise.terms.restarts,
            }
        return values


def _in_order(whats):
    """Sort the names of events of one save as the clock judges them."""
    return [event.what for event in in_save_order(Event(fields.Datetime.now(), what) for what in whats)]
