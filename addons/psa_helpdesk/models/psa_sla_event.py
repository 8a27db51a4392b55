from dataclasses import dataclass, field
from datetime import datetime

from odoo import api, fields, models

from ..logic.clock_track import Target
from ..logic.sla_clock import Event, read_clocks
from .psa_sla_target import KINDS

HAPPENINGS = [
    ("started", "Clocks started"),
    ("responded", "First response"),
    ("planned", "Planned"),
    ("resolved", "Resolved"),
    ("paused", "Paused"),
    ("resumed", "Resumed"),
    ("reopened", "Reopened"),
    ("cancelled", "Cancelled"),
    ("retargeted", "Targets changed"),
    ("excused", "Excused"),
]


@dataclass
class Ledger:
    """The lines of one ticket as plain values, and what the next line must know of the last cycle."""

    events: list = field(default_factory=list)
    promises: list = field(default_factory=list)  # by cycle: {kind: the last line that promised it}
    current: list | None = None  # the lines in force; None before the first start
    zone: str | None = None
    is_responded: bool = False
    closed_at: datetime | None = None
    last_at: datetime = datetime.min

    def read(self, now):  # pylint: disable=method-required-super  # not a model, its class has no such parent
        """Return the readings of all clocks at `now`, see `logic.sla_clock.read_clocks`."""
        return read_clocks(self.events, now)

    def take(self, line):
        """Note one line, a `psa.sla.event`."""
        promise = line.promise or []
        self.last_at = line.happened_at
        if line.what == "started":
            self.promises.append({})
            self.zone, self.is_responded, self.closed_at = line.zone or None, False, None
        elif line.what == "responded":
            self.is_responded = True
        elif line.what in ("resolved", "cancelled"):
            self.closed_at = line.happened_at
        if line.what in ("started", "retargeted"):
            self.current = promise
        if self.promises:
            # A kind that goes keeps the line under which its clock ran.
            self.promises[-1].update((target["kind"], {**target, "zone": self.zone}) for target in promise)


class PsaSlaEvent(models.Model):
    """One line of the ledger of a ticket: what happened, and when. All readings follow from these lines alone."""

    _name = "psa.sla.event"
    _description = "SLA history"
    _inherit = ["psa.append.only.mixin", "psa.sla.ticket.mixin"]
    _order = "happened_at, id"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="restrict", readonly=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, precompute=True, index=True)
    what = fields.Selection(HAPPENINGS, string="Event", required=True, readonly=True)
    happened_at = fields.Datetime(string="When", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True, default=lambda self: self.env.user)

    # The promise as it was made; for "started" and "retargeted"
    promise = fields.Json(readonly=True)
    zone = fields.Char(string="Customer's time zone", readonly=True)
    is_restart = fields.Boolean(string="Counts from the change", readonly=True)

    # For "excused"
    kind = fields.Selection(KINDS, string="Target", readonly=True)
    cycle = fields.Integer(readonly=True)
    reason = fields.Char(readonly=True)

    summary = fields.Char(compute="_compute_summary")

    _ledger_idx = models.Index("(ticket_id, happened_at, id)")

    @api.depends("what", "promise", "reason")
    def _compute_summary(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        calendars = (
            self.env["resource.calendar"]
            .sudo()
            .browse({line["calendar"] for event in self for line in event.promise or () if line["calendar"]})
        )
        names = {calendar.id: calendar.name for calendar in calendars.exists()}
        for event in self:
            lines = [
                self.env._(
                    "%(target)s within %(time)s (%(hours)s)",
                    target=kinds[line["kind"]],
                    time=f"{line['seconds'] // 3600}:{line['seconds'] // 60 % 60:02}",
                    hours=names.get(line["calendar"]) or self.env._("24x7"),
                )
                for line in event.promise or ()
            ]
            event.summary = event.reason or ", ".join(lines)

    @api.model
    def _get_ledgers(self, tickets):
        """Return {ticket: Ledger} with two queries for any number of tickets."""
        # sudo: what a ticket promises does not depend on who looks; readings are shown by the ticket's own rights
        events = self.sudo().search_fetch(
            [("ticket_id", "in", tickets.ids)],
            ["ticket_id", "what", "happened_at", "promise", "zone", "is_restart", "kind", "cycle"],
        )
        hours = self.env["psa.sla.calendar.version"]._get_hours(
            (line["calendar"], event.zone or None) for event in events for line in event.promise or ()
        )
        by_ticket = events.grouped(lambda event: event.ticket_id.id)
        return {ticket: by_ticket.get(ticket.id, events.browse())._to_ledger(hours) for ticket in tickets}

    def _to_ledger(self, hours):
        ledger = Ledger()
        for event in self:
            ledger.take(event)
            ledger.events.append(event._to_logic(hours))
        return ledger

    def _to_logic(self, hours):
        return Event(
            at=self.happened_at,
            what=self.what,
            targets=tuple(
                Target(
                    kind=line["kind"],
                    seconds=line["seconds"],
                    hours=hours[line["calendar"], self.zone or None],
                    pauses=line["pauses"],
                    at_risk_percent=line["at_risk"],
                )
                for line in self.promise or ()
            ),
            restart=self.is_restart,
            kind=self.kind or None,
            cycle=self.cycle or None,
        )
