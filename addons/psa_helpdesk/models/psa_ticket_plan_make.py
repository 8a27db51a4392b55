import logging

import psycopg2

from odoo import api, fields, models

from ..event_moment import EventMoment
from ..logic.recurrence import plan as plan_due
from ..own_word import OWN_WORD

_logger = logging.getLogger(__name__)

MAX_TICKETS = 100
CONFLICTS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
    psycopg2.errors.UniqueViolation,
)


class PsaTicketPlan(models.Model):
    """Make the tickets that are due: none is lost, none is made twice, each is dated by its own occurrence."""

    _inherit = "psa.ticket.plan"

    @api.model
    def _cron_make(self, now=None, limit=20):
        """Look at the plans that are due, `limit` at a time, and commit after each plan.

        A plan with a long absence behind it is worked off in several looks. One that fails says why and is tried
        again by the next run; the others go on.

        :param datetime now: the moment to look by, for tests
        """
        now = now or fields.Datetime.now()
        failed = self.browse()
        while True:
            domain = [("next_at", "<=", now), ("id", "not in", failed.ids)]
            due = self.search(domain, order="next_at, id", limit=limit)
            locked = due.try_lock_for_update()
            for plan in locked:
                if not plan._make_alone(now):
                    failed |= plan
            failed |= due - locked
            remaining = self.search_count([("next_at", "<=", now), ("id", "not in", failed.ids)])
            if not self.env["ir.cron"]._commit_progress(len(locked), remaining=remaining) or not remaining:
                return

    def _make_alone(self, now):
        """Make the tickets of one plan; whatever breaks it must not stop the others. Return False if it failed."""
        try:
            with self.env.cr.savepoint():
                self._make(now)
        except CONFLICTS as conflict:
            _logger.info("Plan %s: met %s", self.id, type(conflict).__name__)
            return False
        except Exception as error:
            _logger.exception("Plan %s could not make its tickets", self.id)
            self.problem = str(error)[:500] or repr(error)
            return False
        return True

    def _make(self, now):
        """Make what is due at `now`, at most about `MAX_TICKETS`, and go on."""
        targets = self._get_targets()
        at_once = max(MAX_TICKETS // max(len(targets), 1), 1)
        found = plan_due(self._get_series(), self.next_number, now, self.catch_up, at_once)
        # What is made already, by a schedule that was changed since, is not made again.
        made = {(run.occurred_on, run.asset_id) for run in self._search_runs(found.due)}
        wanted = [(one, asset) for one in found.due for asset in targets if (one.day, asset) not in made]
        self._make_tickets(wanted, now)
        self.write({"next_number": -1 if found.next_number is None else found.next_number, "problem": False})

    def _get_targets(self):
        """Return what gets a ticket each time: the assets in use, or one empty asset where the plan names none."""
        assets = self.with_context(active_test=False).asset_ids
        return list(assets.filtered("active")) if assets else [assets]

    def _search_runs(self, due):
        days = [one.day for one in due]
        return self.env["psa.ticket.plan.run"].search(
            [("plan_id", "=", self.id), ("occurred_on", "in", days)]
        )

    def _make_tickets(self, wanted, now):
        """Make one ticket for each (occurrence, asset), dated by the occurrence, and write down for what."""
        tickets = self.env["helpdesk.ticket"].with_company(self.company_id)
        # A ticket made late is late from the moment it is made, not before (Rule D10.14).
        tickets = tickets.with_context(psa_automation=OWN_WORD, psa_promised_at=EventMoment(now))
        made = tickets.create([self._prepare_ticket(one, asset) for one, asset in wanted])
        self.env["psa.ticket.plan.run"].create(
            [
                {"plan_id": self.id, "asset_id": asset.id, "occurred_on": one.day, "ticket_id": ticket.id}
                for (one, asset), ticket in zip(wanted, made, strict=True)
            ]
        )

    def _prepare_ticket(self, one, asset):
        partner = self.partner_id or asset.partner_id or self.template_id.partner_id
        values = self.template_id._prepare_ticket_values(partner, asset)
        return {
            "user_id": False,
            "company_id": self.company_id.id,
            "channel_id": self.env["ir.model.data"]._xmlid_to_res_id("psa_helpdesk.psa_channel_plan"),
            "psa_started_at": one.at,
            **values,
        }
