from odoo import api, fields, models
from odoo.exceptions import UserError

from ..event_moment import moment_from
from ..logic.deadline import Standing, deadline
from ..logic.sla_clock import stage_events
from .psa_sla_target import KINDS

PROMISE_FIELDS = (
    "priority", "category_id", "psa_asset_id", "partner_id", "commercial_partner_id", "team_id", "company_id",
)  # fmt: skip


class HelpdeskTicket(models.Model):
    """The promise to the customer, as the ticket shows it, and the turns of the ticket that the clocks hear of."""

    _inherit = "helpdesk.ticket"

    psa_sla_clock_ids = fields.One2many(
        "psa.sla.clock",
        "ticket_id",
        string="SLA clocks",
        readonly=True,
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    psa_sla_event_ids = fields.One2many(
        "psa.sla.event",
        "ticket_id",
        string="SLA history",
        readonly=True,
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    psa_sla_policy_id = fields.Many2one(
        "psa.sla.policy",
        string="SLA policy",
        compute="_compute_psa_sla",
        store=True,
        index="btree_not_null",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
        help="Chosen when the ticket starts, and again when its priority, issue, asset, customer or queue changes.",
    )
    psa_sla_due_at = fields.Datetime(
        string="Due",
        compute="_compute_psa_sla",
        store=True,
        help="The earliest deadline of the targets not yet reached. Empty while the ticket waits for the customer.",
    )
    psa_sla_state = fields.Selection(
        [
            ("none", "No target"),
            ("running", "Running"),
            ("at_risk", "At risk"),
            ("overdue", "Late"),
            ("paused", "Paused"),
            ("met", "Met"),
            ("missed", "Missed"),
        ],
        string="SLA",
        compute="_compute_psa_sla",
        store=True,
        default="none",
    )
    psa_sla_kind = fields.Selection(KINDS, string="Next target", compute="_compute_psa_sla", store=True)
    psa_sla_left_minutes = fields.Integer(
        string="Time left",
        compute="_compute_psa_sla_left_minutes",
        compute_sudo=True,
        help="Working time left to the deadline, at this moment; below zero: overrun, also of a target that was missed.",
    )
    psa_sla_hint = fields.Char(
        string="SLA explanation", compute="_compute_psa_sla_hint", compute_sudo=True, groups="base.group_user"
    )
    psa_is_overdue = fields.Boolean(
        string="Overdue",
        compute="_compute_psa_sla",
        store=True,
        help="Open, and the deadline of the resolution has passed. A missed first response alone is not overdue.",
    )
    psa_resolved_at = fields.Datetime(string="Resolved", copy=False, readonly=True)

    _psa_sla_due_idx = models.Index("(psa_sla_due_at) WHERE psa_sla_due_at IS NOT NULL")
    _psa_sla_state_idx = models.Index("(psa_sla_state, team_id) WHERE psa_is_open IS TRUE")

    @api.depends(
        "psa_sla_clock_ids.cycle",
        "psa_sla_clock_ids.kind",
        "psa_sla_clock_ids.state",
        "psa_sla_clock_ids.due_at",
        "psa_sla_clock_ids.policy_id",
    )
    def _compute_psa_sla(self):
        for ticket in self:
            ticket.update(ticket._psa_prepare_deadline())

    def _psa_prepare_deadline(self):
        """Return what the ticket shows of its clocks: the values of `_compute_psa_sla`."""
        clocks = self._psa_get_current_clocks()
        shown = deadline(
            Standing(
                clock.kind, clock.state, clock.due_at or None, clock.target_seconds - clock.counted_seconds
            )
            for clock in clocks
        )
        resolution = clocks.filtered(lambda clock: clock.kind == "resolution")
        return {
            "psa_sla_policy_id": (resolution or clocks)[:1].policy_id,
            "psa_sla_due_at": shown.due_at,
            "psa_sla_state": shown.state or "none",
            "psa_sla_kind": shown.kind,
            "psa_is_overdue": resolution.state == "overdue",
        }

    @api.depends(
        "psa_sla_state", "psa_sla_kind", "psa_sla_clock_ids.counted_seconds", "psa_sla_clock_ids.read_at"
    )
    def _compute_psa_sla_left_minutes(self):
        self.psa_sla_clock_ids.mapped("left_minutes")  # of all at once: a list asks for each ticket
        for ticket in self:
            clocks = ticket._psa_get_shown_clock()
            if ticket.psa_sla_state == "missed":
                clocks = ticket._psa_get_current_clocks().filtered(lambda clock: clock.state == "missed")
            ticket.psa_sla_left_minutes = min(clocks.mapped("left_minutes"), default=0)

    @api.depends("psa_sla_kind", "psa_sla_state", "psa_sla_clock_ids.read_at")
    @api.depends_context("lang")
    def _compute_psa_sla_hint(self):
        """Why the deadline that is shown."""
        self.psa_sla_clock_ids.mapped("hint")  # as above
        for ticket in self:
            ticket.psa_sla_hint = ticket._psa_get_shown_clock().hint

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        # sudo: the clocks are ours to write, whoever may create the ticket
        tickets.sudo()._psa_sla_start(fields.Datetime.now())
        tickets._psa_send_receipts()  # last: it names what the clocks promise
        return tickets

    def write(self, vals):
        if not {"stage_id", "active", *self._psa_get_promise_fields()} & vals.keys():
            return super().write(vals)
        before = {ticket: ticket._psa_get_sla_facts() for ticket in self.sudo()}
        result = super().write(vals)
        # sudo: the clocks are ours to write, whoever may write the ticket
        self.sudo()._psa_sla_follow(before, self._psa_get_event_moment())
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_ledger(self):
        # sudo: the history counts, whether or not the deleting person may see it
        events = self.env["psa.sla.event"].sudo().search([("ticket_id", "in", self.ids)], limit=1)
        if events:
            raise UserError(
                self.env._(
                    "Ticket %(number)s cannot be deleted because its SLA history is kept for good. Archive it.",
                    number=events.ticket_id.number,
                )
            )

    def _psa_get_current_clocks(self):
        """Return the clocks of the last cycle."""
        clocks = self.psa_sla_clock_ids
        last = max(clocks.mapped("cycle"), default=0)
        return clocks.filtered(lambda clock: clock.cycle == last)

    def _psa_get_shown_clock(self):
        """Return the clock whose deadline the ticket shows, empty where none is open."""
        clocks = self._psa_get_current_clocks()
        return (
            clocks.filtered(lambda clock: clock.kind == self.psa_sla_kind)[:1]
            if self.psa_sla_kind
            else clocks[:0]
        )

    def _psa_get_sla_facts(self):
        """Return what the clocks hear of: the stage, its meaning, and the fields that choose the promise."""
        self.ensure_one()
        chosen_by = tuple(self[name] for name in self._psa_get_promise_fields())
        return self.stage_id, self._psa_get_sla_meaning(), chosen_by

    @api.model
    def _psa_get_promise_fields(self):
        """Hook: fields of the ticket of which a change asks anew which promise holds (Rule D10.17)."""
        return PROMISE_FIELDS

    def _psa_get_sla_meaning(self):
        """Return what the present stage means; an archived ticket (spam, merged) is as good as cancelled."""
        self.ensure_one()
        return self.stage_id._psa_get_sla_meaning() if self.active else "cancelled"

    def _psa_get_event_moment(self):
        """Return when what is being written happened: now, or the moment a batch says in its context."""
        return moment_from(self.env.context, fields.Datetime.now())

    def _psa_sla_follow(self, before, at):
        """Write into the ledgers what one save changed, completions first (Rule D10.12).

        :param before: {ticket: its facts before the save}
        """
        tickets = self.filtered(lambda ticket: ticket._psa_get_sla_facts() != before[ticket])
        if not tickets:
            return
        ledgers = self.env["psa.sla.event"]._get_ledgers(tickets)
        happened, changed = {}, self.browse()
        for ticket in tickets:
            (old_stage, old_meaning, old_promise), (stage, meaning, promise) = (
                before[ticket],
                ticket._psa_get_sla_facts(),
            )
            events = stage_events(ledgers[ticket].get_meaning(old_meaning), meaning)
            if stage != old_stage and stage.psa_counts_as_response and not self._psa_is_automation():
                events.append("responded")  # shipped off (Rule D10.5)
            if events:
                happened[ticket] = events
            if promise != old_promise:
                changed |= ticket
        self._psa_note_resolved(happened, at)
        self._psa_sla_record(happened, changed, at, ledgers)

    def _psa_note_resolved(self, happened, at):
        """Keep the moment at which tickets were resolved, for the grace of reopening and for reports."""
        resolved = self.filtered(lambda ticket: "resolved" in happened.get(ticket, ()))
        reopened = self.filtered(lambda ticket: "reopened" in happened.get(ticket, ()))
        if resolved:
            resolved.write({"psa_resolved_at": at})
        if reopened:
            reopened.write({"psa_resolved_at": False})
