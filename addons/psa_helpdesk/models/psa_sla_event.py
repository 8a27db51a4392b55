from dataclasses import dataclass, field
from datetime import datetime

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..logic.clock_track import Origin, Target
from ..logic.sla_clock import Event, Life, Stop, last_life, read_clocks
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
    ("merged", "Earlier ticket merged in"),
]


@dataclass
class Ledger:
    """The lines of one ticket as plain values, and what the next line must know of the last cycle."""

    events: list = field(default_factory=list)
    current: list | None = None  # the lines in force; None before the first start
    zone: str | None = None  # in which these are counted; None: in that of their calendars
    customer_zone: str | None = None  # as it was at the start of the cycle (Rule D10.20)
    is_responded: bool = False
    is_waiting: bool = False
    closed_as: str | None = None  # "resolved" or "cancelled"
    closed_at: datetime | None = None
    last_at: datetime = datetime.min

    def read(self, now):  # pylint: disable=method-required-super  # not a model, its class has no such parent
        """Return the readings of all clocks at `now`, see `logic.sla_clock.read_clocks`."""
        return read_clocks(self.events, now)

    def get_life(self):
        """Return what a ticket takes over of this one that is merged into it, see `logic.sla_clock.Life`."""
        return last_life(self.events)

    def get_meaning(self, shown):
        """Return what the clocks take the ticket for, where its stage means `shown`.

        What a stage means may have been changed since the ticket entered it. Of plans there is no state in the ledger.
        """
        if self.current is None:
            return shown
        if self.closed_as or self.is_waiting:
            return self.closed_as or "waiting"
        return "plan" if shown == "plan" else "none"

    def get_zone(self, terms):
        """Return the zone in which a promise under `terms` is counted in this cycle (Rule D10.20)."""
        return self.customer_zone if terms.by_customer_zone else None

    def take(self, line):
        """Note one line, a `psa.sla.event`."""
        self.last_at = line.happened_at
        if line.what in ("started", "retargeted"):
            self.current, self.zone = line.promise or [], line.zone or None
        if line.what == "started":
            # Lines from before this column was there have the zone only where it was used.
            self.customer_zone = line.customer_zone or line.zone or None
            self.is_responded, self.is_waiting, self.closed_as, self.closed_at = False, False, None, None
        elif line.what == "responded":
            self.is_responded = True
        elif line.what in ("resolved", "cancelled") and not self.closed_as:
            self.is_waiting, self.closed_as, self.closed_at = False, line.what, line.happened_at
        elif line.what == "reopened":
            self.closed_as = None
        elif line.what in ("paused", "resumed") and not self.closed_as:
            self.is_waiting = line.what == "paused"


class PsaSlaEvent(models.Model):
    """One line of the ledger of a ticket: what happened, and when. All readings follow from these lines alone."""

    _name = "psa.sla.event"
    _description = "SLA history"
    _inherit = ["psa.append.only.mixin", "psa.ticket.part.mixin"]
    _order = "happened_at, id"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="restrict", readonly=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, precompute=True, index=True)
    what = fields.Selection(HAPPENINGS, string="Event", required=True, readonly=True)
    happened_at = fields.Datetime(string="When", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="By", readonly=True, ondelete="restrict", default=lambda self: self.env.user
    )

    # The promise as it was made; for "started" and "retargeted"
    promise = fields.Json(readonly=True)
    zone = fields.Char(
        string="Customer's time zone", readonly=True, help="Empty: counted in the zone of the calendar."
    )
    customer_zone = fields.Char(
        string="Customer's time zone at the start",
        readonly=True,
        help="Whether or not it is counted in: another policy under way may count in it.",
    )
    is_restart = fields.Boolean(string="Counts from the change", readonly=True)

    # For "excused"
    kind = fields.Selection(KINDS, string="Target", readonly=True)
    cycle = fields.Integer(readonly=True)
    reason = fields.Char(readonly=True)

    # For "merged": when the other ticket began, and when it waited or was closed
    earlier = fields.Json(readonly=True)

    summary = fields.Char(compute="_compute_summary")

    _ledger_idx = models.Index("(ticket_id, happened_at, id)")

    @api.depends("what", "promise", "reason", "earlier")
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
            if event.earlier:
                start = format_datetime(self.env, datetime.fromisoformat(event.earlier["start"]))
                lines.append(self.env._("Counted from %(start)s", start=start))
            event.summary = event.reason or ", ".join(lines)

    @api.model
    def _get_ledgers(self, tickets):
        """Return {ticket: Ledger} with two queries for any number of tickets."""
        # sudo: what a ticket promises does not depend on who looks; readings are shown by the ticket's own rights
        events = self.sudo().search_fetch(
            [("ticket_id", "in", tickets.ids)],
            [
                "ticket_id",
                "what",
                "happened_at",
                "promise",
                "zone",
                "customer_zone",
                "is_restart",
                "kind",
                "cycle",
                "earlier",
            ],
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
                    origin=Origin(line["policy"] or None, line["calendar"], self.zone or None),
                )
                for line in self.promise or ()
            ),
            restart=self.is_restart,
            kind=self.kind or None,
            cycle=self.cycle or None,
            earlier=_to_life(self.earlier) if self.earlier else None,
        )


def _to_life(earlier):
    moment = datetime.fromisoformat
    return Life(
        moment(earlier["start"]),
        tuple(
            Stop(moment(start), closed=closed, end=moment(end) if end else None)
            for start, end, closed in earlier["stops"]
        ),
    )
