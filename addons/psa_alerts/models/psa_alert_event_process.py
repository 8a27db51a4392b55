import logging

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.psa_helpdesk.own_word import OWN_WORD

_logger = logging.getLogger(__name__)

BATCH = 500
TRIES = 3
# A batch whose worker died is begun again with an eighth of it, so that soon one row is left to blame.
SHRINK = 8
DEATHS = 5
# Messages that a source was asked for carry this in place of the name of its program.
ASKED_FOR = "psa-poll"
# Somebody else wrote the same rows, or made the same alert, at the same moment: looking again is all it needs.
CONFLICTS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
    psycopg2.errors.UniqueViolation,
)


class PsaAlertEvent(models.Model):
    """From stored messages to what they do: read, correlated, booked, in batches."""

    _inherit = "psa.alert.event"

    tries = fields.Integer(readonly=True, help="How often a batch was begun that starts with this event.")

    @api.model
    def _cron_process(self):
        """Process what is pending, in order of receipt, a batch a transaction.

        A batch that meets somebody else's write is rolled back and looked at again. An event that cannot be
        processed is booked as failed, with the reason, and stops no other. What a killed run leaves is pending
        still, for the next run.
        """
        while True:
            limit = self._begin_batch()
            done = self._process_batch_with_patience(limit) if limit else 0
            if limit and not done:
                # The server lives: others were in the way.
                self._find_pending(1).try_lock_for_update().write({"tries": 0})
            remaining = self.search_count([("state", "=", "pending")])
            seconds_left = self.env["ir.cron"]._commit_progress(done, remaining=remaining)
            if not (done and remaining and seconds_left):
                return

    @api.model
    def _begin_batch(self):
        """Note that a batch begins and return how many events it may take, 0 where nothing can be done.

        Were the worker killed before (out of memory or time), less is taken; in the end the one event that kills it
        is booked as failed. Committed, for a death must not undo it.
        """
        try:
            first = self._find_pending(1).try_lock_for_update()
        except CONFLICTS:
            self.env.cr.rollback()
            return 0
        limit = first._try_once_more() if first else 0
        self.env["ir.cron"]._commit_progress()
        return limit

    def _try_once_more(self):
        if self.tries >= DEATHS:
            self.write({"tries": 0})
            self._fail(self.env._("The server died several times while this was processed."))
            return BATCH
        self.write({"tries": self.tries + 1})
        return max(BATCH // SHRINK ** (self.tries - 1), 1)

    @api.model
    def _process_batch_with_patience(self, limit=BATCH):
        """Process a batch; where somebody else wrote the same, look again. Return how many events were done."""
        for attempt in range(1, TRIES + 1):
            # A unique key that is violated in a fresh transaction again is no conflict: the event is to blame.
            done = self._try_batch(limit, CONFLICTS if attempt < TRIES else CONFLICTS[:-1])
            if done is not None:
                return done
        return 0

    @api.model
    def _try_batch(self, limit, conflicts):
        try:
            done = self._process_batch(limit, conflicts=conflicts)
            self.env.flush_all()
        except CONFLICTS as conflict:
            self.env.cr.rollback()
            _logger.info("Alert events: met %s", type(conflict).__name__)
            return None
        return done

    @api.model
    def _process_batch(self, limit=BATCH, conflicts=CONFLICTS):
        """Process up to `limit` pending events in their order, in this transaction; return how many."""
        events = self._find_pending(limit)
        locked = set(events.try_lock_for_update().ids)
        # Only up to what somebody else holds: a recovery must not overtake its problem.
        free = next((number for number, event in enumerate(events) if event.id not in locked), len(events))
        events = events[:free].with_context(psa_automation=OWN_WORD)
        if not events:
            return 0
        statements, count = events._read_statements(limit, conflicts)
        self._each_or_all(
            statements,
            self.with_context(psa_automation=OWN_WORD)._act,
            lambda one, reason: self.browse(one.row_id)._fail(reason),
            conflicts,
        )
        events._note_last_seen()
        return count

    @api.model
    def _act(self, statements):
        """Correlate and book these statements: all of them, or an exception."""
        self.env["psa.alert"]._correlate(statements)
        self._book(statements)
        return []

    @api.model
    def _each_or_all(self, items, work, fail, conflicts):
        """Return `work(items)`, a list; where that cannot be done, do each item alone and `fail` those that cannot.

        :param fail: called with the item and the reason, a text
        """
        if not items:
            return []
        try:
            with self.env.cr.savepoint():
                return work(items)
        except conflicts:
            raise
        except Exception:
            _logger.info("%s alert events are processed one by one", len(items), exc_info=True)
        return [one for item in items for one in self._do_apart(item, work, fail, conflicts)]

    @api.model
    def _do_apart(self, item, work, fail, conflicts):
        try:
            with self.env.cr.savepoint():
                return work([item])
        except conflicts:
            raise
        except Exception as problem:
            _logger.exception("An alert event failed")
            fail(item, f"{type(problem).__name__}: {problem}")
        return []

    def _note_last_seen(self):
        """Book when each source was last heard of by itself; what we had to ask for does not count."""
        newest = {}
        for event in self:
            if ((event.parent_id or event).headers or {}).get("user-agent") == ASKED_FOR:
                continue
            newest[event.source_id.id] = max(
                event.received_at, newest.get(event.source_id.id, event.received_at)
            )
        self.env["psa.alert.source"]._note_last_seen(newest)

    def _fail(self, reason):
        self.write({"state": "failed", "problem": reason[:500], "processed_at": fields.Datetime.now()})

    # Booking

    @api.model
    def _book(self, statements):
        """Write the result of each statement into its row, in one UPDATE."""
        if not statements:
            return
        now = fields.Datetime.now()
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE psa_alert_event AS event
                   SET state = 'done', problem = NULL, processed_at = %s, kind = new.kind,
                       severity = new.severity, alert_id = new.alert_id,
                       correlation_key = new.correlation_key, occurred_at = new.occurred_at::timestamp,
                       action = new.action, decision = new.decision, rule = new.rule,
                       warnings = NULLIF(new.warnings, '')
                  FROM (VALUES %s) AS new
                       (id, kind, severity, alert_id, correlation_key, occurred_at, action, decision,
                        rule, warnings)
                 WHERE event.id = new.id
                """,
                now,
                SQL(", ").join(
                    SQL("(%s, %s, %s, %s::int, %s, %s::timestamp, %s, %s, %s, %s)", *statement._get_result())
                    for statement in statements
                ),
            )
        )
        self.invalidate_model(
            ["state", "problem", "processed_at", "kind", "severity", "alert_id", "correlation_key"]
            + ["occurred_at", "action", "decision", "rule", "warnings"]
        )
