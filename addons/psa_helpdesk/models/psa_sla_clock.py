from odoo import api, fields, models
from odoo.exceptions import UserError

from ..logic.escalation import Step, agenda
from .psa_sla_target import KINDS, MINUTE

STATES = [
    ("running", "Running"),
    ("at_risk", "At risk"),
    ("overdue", "Late"),
    ("paused", "Paused"),
    ("no_hours", "No working time"),
    ("met", "Met"),
    ("missed", "Missed"),
    ("not_counted", "Not counted"),
]
ENDED_STATES = ("met", "missed", "not_counted")
RUNNING_STATES = ("running", "at_risk", "overdue", "no_hours")
# What a replay of the ledger must give again
READING_FIELDS = (
    "state", "target_seconds", "counted_seconds", "paused_seconds", "started_at", "due_at", "done_at", "breached_at",
    "is_excused", "policy_id", "calendar_id", "zone",
)  # fmt: skip


class PsaSlaClock(models.Model):
    """The stored reading of one clock of a ticket, and the next moment at which something must happen.

    It is derived: the ledger (`psa.sla.event`) says what happened, `logic/sla_clock.py` reads it. Nothing else
    writes here.
    """

    _name = "psa.sla.clock"
    _description = "SLA clock"
    _inherit = ["psa.ticket.part.mixin"]
    _order = "id"  # by ticket, then cycle, and no join for it
    _rec_name = "kind"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, precompute=True, index=True)
    team_id = fields.Many2one(related="ticket_id.team_id", string="Queue")
    user_id = fields.Many2one(related="ticket_id.user_id", string="Assigned to")
    partner_id = fields.Many2one(related="ticket_id.commercial_partner_id", string="Customer")
    priority = fields.Selection(related="ticket_id.priority")

    cycle = fields.Integer(required=True, readonly=True, help="Grows by one with each late reopening.")
    kind = fields.Selection(KINDS, string="Target", required=True, readonly=True)
    policy_id = fields.Many2one("psa.sla.policy", index=True, ondelete="restrict", readonly=True)
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working hours",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        help="Empty: 24x7.",
    )
    zone = fields.Char(
        string="Customer's time zone", readonly=True, help="Empty: the time zone of the calendar."
    )

    # The reading
    state = fields.Selection(STATES, required=True, readonly=True, index=True)
    target_seconds = fields.Integer(required=True, readonly=True)
    counted_seconds = fields.Integer(required=True, readonly=True, help="At the last reading.")
    paused_seconds = fields.Integer(required=True, readonly=True, help="Working time inside the pauses.")
    started_at = fields.Datetime(required=True, readonly=True)
    due_at = fields.Datetime(string="Due", readonly=True)
    done_at = fields.Datetime(string="Done", readonly=True)
    breached_at = fields.Datetime(string="Missed on", readonly=True)
    is_excused = fields.Boolean(string="Excused", readonly=True)
    counts_at = fields.Datetime(
        string="Counts in reports", readonly=True, help="When it was reached or missed, whichever came first."
    )
    why = fields.Json(readonly=True)
    read_at = fields.Datetime(string="Last reading", required=True, readonly=True)

    # The sweep
    next_at = fields.Datetime(string="Next look", readonly=True)
    problem = fields.Char(readonly=True, help="Why the last look at this clock failed.")
    step_ids = fields.One2many("psa.sla.step", "clock_id", string="Warnings and escalations", readonly=True)

    # For people
    target_minutes = fields.Integer(string="Promised", compute="_compute_minutes")
    counted_minutes = fields.Integer(string="Counted", compute="_compute_minutes", help="At this moment.")
    left_minutes = fields.Integer(
        string="Left",
        compute="_compute_minutes",
        help="Working time left at this moment; below zero: overrun.",
    )
    paused_minutes = fields.Integer(string="Waited", compute="_compute_minutes")
    used_percent = fields.Integer(string="Used (%)", compute="_compute_minutes")

    _one_per_cycle = models.UniqueIndex("(ticket_id, cycle, kind)")
    _next_idx = models.Index("(next_at, id) WHERE next_at IS NOT NULL")
    _report_idx = models.Index("(company_id, counts_at) WHERE counts_at IS NOT NULL")

    @api.depends("target_seconds", "counted_seconds", "paused_seconds", "read_at", "state")
    def _compute_minutes(self):
        """Figures are shown in whole minutes rounded down (Rule D10.1); running clocks count on to this moment."""
        now = fields.Datetime.now()
        hours = self.env["psa.sla.calendar.version"]._get_hours(clock._get_hours_key() for clock in self)
        for clock in self:
            counted = clock.counted_seconds
            if clock.state in RUNNING_STATES and clock.read_at:
                counted += hours[clock._get_hours_key()].between(clock.read_at, now)
            clock.target_minutes = clock.target_seconds // MINUTE
            clock.counted_minutes = counted // MINUTE
            clock.left_minutes = (clock.target_seconds - counted) // MINUTE
            clock.paused_minutes = clock.paused_seconds // MINUTE
            clock.used_percent = 100 * counted // clock.target_seconds if clock.target_seconds else 0

    @api.depends("ticket_id", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for clock in self:
            clock.display_name = f"{clock.ticket_id.number or ''} {kinds.get(clock.kind, '')}".strip()

    def action_excuse(self):
        """Ask for the reason of an excuse (Rule D10.11)."""
        self.ensure_one()
        if not self.breached_at or self.is_excused:
            raise UserError(self.env._("Only a missed target can be excused, and only once."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Excuse missed target"),
            "res_model": "psa.sla.excuse",
            "view_mode": "form",
            "target": "new",
            "context": {"default_clock_id": self.id},
        }

    def action_open_ticket(self):
        self.ensure_one()
        return self.ticket_id._psa_prepare_open_action()

    def _get_hours_key(self):
        return self.calendar_id.id or None, self.zone or None

    @api.model
    def _look_again(self, domain):
        """Let the sweep read the open clocks of `domain` anew at its next run."""
        # sudo: a manager's edit of a policy or calendar concerns tickets this person may not see
        clocks = self.sudo().search([*domain, ("state", "in", RUNNING_STATES)])
        clocks.write({"next_at": fields.Datetime.now()})

    @api.model
    def _store(self, readings, now):
        """Store readings, with the next moment to act, in a constant number of queries.

        :param readings: {ticket: the readings of all its clocks, as `logic.sla_clock.read_clocks` gives them}
        """
        tickets = self.env["helpdesk.ticket"].union(*readings)
        existing = {
            (clock.ticket_id.id, clock.cycle, clock.kind): clock
            for clock in self.search([("ticket_id", "in", tickets.ids)])
        }
        done = self.env["psa.sla.step"]._get_done(existing.values())
        vals_list = []
        for ticket, clocks in readings.items():
            for reading in clocks:
                clock = existing.get((ticket.id, reading.cycle, reading.kind), self.browse())
                vals = self._prepare_reading(ticket, reading, now)
                vals["next_at"] = self._plan(ticket, reading, vals["policy_id"], done.get(clock, ()), now)
                if clock:
                    clock._update(vals)
                else:
                    vals_list.append(vals)
        self.create(vals_list)

    @api.model
    def _prepare_reading(self, ticket, reading, now):
        """Return the values of the clock of one reading, under the promise that it runs under, or ended under."""
        return {
            "ticket_id": ticket.id,
            "cycle": reading.cycle,
            "kind": reading.kind,
            "counts_at": reading.counts_at,
            "why": self._prepare_why(reading),
            "read_at": now,
            "problem": False,
            **self._prepare_figures(reading),
        }

    @api.model
    def _prepare_why(self, reading):
        """Return the facts that shaped the reading, as [rule, moment, fact]."""
        return [[why.rule, fields.Datetime.to_string(why.at), why.fact] for why in reading.why]

    @api.model
    def _prepare_figures(self, reading):
        """Return what is compared when a ledger is replayed, see READING_FIELDS."""
        origin = reading.target.origin
        return {
            "policy_id": origin.policy,
            "calendar_id": origin.calendar,
            "zone": origin.zone,
            "state": reading.state,
            "target_seconds": reading.target.seconds,
            "counted_seconds": reading.counted,
            "paused_seconds": reading.paused,
            "started_at": reading.started_at,
            "due_at": reading.due_at,
            "done_at": reading.done_at,
            "breached_at": reading.breached_at,
            "is_excused": reading.excused,
        }

    @api.model
    def _plan(self, ticket, reading, policy_id, done, now):
        """Return the next moment at which the clock must be looked at; now, if a step is due already."""
        terms = self.env["psa.sla.policy"].browse(policy_id)._get_terms()
        ladder = [*terms.ladder(ticket.priority or "0"), *self._get_rule_steps(reading.kind)]
        plan = agenda(reading, ladder, done, now)
        return now if plan.steps else plan.next_at

    def _update(self, vals):
        """Write only what differs: a clock that ended long ago is not written again with each new event."""
        changed = {name: vals[name] for name in self._find_changed(vals)}
        if changed.keys() - {"read_at"} or self.state not in ENDED_STATES:
            self.write(changed)

    def _find_changed(self, vals):
        """Return the names of the fields whose stored value differs from the one in `vals`."""
        stored = {name: self[name].id if self._fields[name].relational else self[name] for name in vals}
        return [name for name, value in vals.items() if (stored[name] or False) != (value or False)]

    def _get_ladder(self):
        """Return the steps of this clock's policy for its ticket."""
        ladder = self.policy_id._get_terms().ladder(self.ticket_id.priority or "0")
        return [*ladder, *self._get_rule_steps(self.kind)]

    @api.model
    def _get_rule_steps(self, kind):
        """Return the steps that workflow rules wait for on clocks of this kind."""
        return self.env["psa.workflow.rule"]._get_percent_steps(kind)

    def _get_done_steps(self):
        return [Step(step.percent, step.mode) for step in self.step_ids]
