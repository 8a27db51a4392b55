import logging

from odoo import api, fields, models
from odoo.fields import Domain

from ..conflicts import CONFLICTS
from ..logic.own_due import AT_RISK, is_promised, own_due_state

_logger = logging.getLogger(__name__)


class HelpdeskTicket(models.Model):
    """The due date that people give a ticket. It counts where no resolution target gives a due (Rule D10.30)."""

    _inherit = "helpdesk.ticket"

    psa_due_at = fields.Datetime(
        string="Due date",
        tracking=True,
        copy=False,
        groups="base.group_user",
        help="By when it must be done. It counts where no SLA target says when the ticket must be resolved.",
    )
    psa_due_state = fields.Selection(
        [("running", "Running"), ("at_risk", "At risk"), ("overdue", "Late")],
        string="Standing of the due date",
        compute="_compute_psa_due_state",
        store=True,
        copy=False,
        groups="base.group_user",
        help="Empty where the due date does not count: there is none, a target counts instead, or the ticket is closed.",
    )

    _psa_own_due_idx = models.Index("(psa_due_at) WHERE psa_due_state IN ('running', 'at_risk')")

    @api.depends(
        "psa_due_at",
        "psa_is_open",
        "active",
        "psa_sla_clock_ids.cycle",
        "psa_sla_clock_ids.kind",
        "psa_sla_clock_ids.state",
    )
    def _compute_psa_due_state(self):
        now = fields.Datetime.now()
        for ticket in self:
            counts = ticket.psa_due_at and ticket.psa_is_open and ticket.active
            if not counts or ticket._psa_is_resolution_promised():
                ticket.psa_due_state = False
            else:
                ticket.psa_due_state = own_due_state(ticket.psa_due_at, now)

    def _psa_is_resolution_promised(self):
        clocks = self._psa_get_current_clocks()
        return is_promised(clock.state for clock in clocks if clock.kind == "resolution")

    @api.model
    def _psa_sweep_dues(self, now, limit=500):
        """Read anew the due dates that are in danger, or past, since the last sweep, and commit after each batch.

        Tickets that somebody else is writing are left to the next sweep.

        :param datetime now: the moment to look by
        """
        met = self.browse()
        while found := self.search(
            self._psa_get_turning_domain(now, met), order="psa_due_at, id", limit=limit
        ):
            met |= found
            try:
                with self.env.cr.savepoint():
                    locked = found.try_lock_for_update()
                    locked.modified(["psa_due_at"])  # so that what follows from it is read anew, too
                    locked.flush_recordset()
            except CONFLICTS as conflict:
                _logger.info("Sweep of due dates: met %s", type(conflict).__name__)
            except Exception:  # the clocks, which are looked at next, must not wait for it
                _logger.exception("The due dates of %s tickets could not be looked at", len(found))
            if not self.env["ir.cron"]._commit_progress(len(found)):
                return

    @api.model
    def _psa_get_turning_domain(self, now, met):
        """Return the domain of the tickets whose due date stands otherwise at `now` than it is stored."""
        return (
            Domain("psa_due_state", "in", ("running", "at_risk"))
            & Domain("psa_due_at", "<", now + AT_RISK)
            & (Domain("psa_due_state", "=", "running") | Domain("psa_due_at", "<", now))
            & Domain("id", "not in", met.ids)
        )
