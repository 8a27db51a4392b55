import logging
from dataclasses import replace

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.psa_helpdesk.own_word import OWN_WORD

from ..logic import parsers
from ..logic.body import BodyRefused, read_json
from ..logic.delivery import own_delivery_id
from .psa_alert_correlate import Statement

_logger = logging.getLogger(__name__)

BATCH = 500
TRIES = 3
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

    @api.model
    def _cron_process(self):
        """Process what is pending, in order of receipt, a batch a transaction.

        A batch that meets somebody else's write is rolled back and looked at again. An event that cannot be
        processed is booked as failed, with the reason, and stops no other. What a killed run leaves is pending
        still, for the next run.
        """
        while True:
            done = self._process_batch_with_patience()
            remaining = self.search_count([("state", "=", "pending")])
            seconds_left = self.env["ir.cron"]._commit_progress(done, remaining=remaining)
            if not (done and remaining and seconds_left):
                return

    @api.model
    def _process_batch_with_patience(self):
        """Process a batch; where somebody else wrote the same, look again. Return how many events were done."""
        for attempt in range(1, TRIES + 1):
            # A unique key that is violated in a fresh transaction again is no conflict: the event is to blame.
            done = self._try_batch(CONFLICTS if attempt < TRIES else CONFLICTS[:-1])
            if done is not None:
                return done
        return 0

    @api.model
    def _try_batch(self, conflicts):
        try:
            done = self._process_batch(conflicts=conflicts)
            self.env.flush_all()
        except CONFLICTS as conflict:
            self.env.cr.rollback()
            _logger.info("Alert events: met %s", type(conflict).__name__)
            return None
        return done

    @api.model
    def _process_batch(self, limit=BATCH, conflicts=CONFLICTS):
        """Process up to `limit` pending events that nobody else holds, in this transaction; return how many."""
        events = self.search([("state", "=", "pending")], order="id", limit=limit).try_lock_for_update()
        if not events:
            return 0
        try:
            with self.env.cr.savepoint():
                events._process_together()
        except conflicts:
            raise
        except Exception:
            _logger.info("A batch of %s alert events is processed one by one", len(events), exc_info=True)
            for event in events:
                event._process_alone(conflicts)
        return len(events)

    def _process_alone(self, conflicts):
        try:
            with self.env.cr.savepoint():
                self._process_together()
        except conflicts:
            raise
        except Exception as problem:
            _logger.exception("Alert event %s failed", self.id)
            self._fail(f"{type(problem).__name__}: {problem}")

    def _process_together(self):
        """Process these events: all of them, or an exception."""
        statements = self.with_context(psa_automation=OWN_WORD)._read_statements()
        self.env["psa.alert"].with_context(psa_automation=OWN_WORD)._correlate(statements)
        self._book(statements)
        self._note_last_seen()

    def _note_last_seen(self):
        newest = {}
        for event in self:
            newest[event.source_id.id] = max(
                event.received_at, newest.get(event.source_id.id, event.received_at)
            )
        self.env["psa.alert.source"]._note_last_seen(newest)

    def _fail(self, reason):
        self.write({"state": "failed", "problem": reason[:500], "processed_at": fields.Datetime.now()})

    # Reading

    def _read_statements(self):
        """Return the statements of these messages in their order; what cannot be read is booked as failed here."""
        self.fetch(["source_id", "delivery_id", "received_at", "body", "parent_id", "element"])
        settings = {source: source._get_settings() for source in self.source_id}
        plain, groups = [], []
        for event in self:
            try:
                found, notes = event._read_body(settings[event.source_id])
            except (parsers.MessageProblem, BodyRefused) as problem:
                event._fail(str(problem))
                continue
            if event.parent_id:
                found = found[event.element - 1 : event.element]
            if event._is_plain(found):
                plain += event._state(found[:1], notes, event.id)
            else:
                groups.append((event, found, notes))
        return self._in_order(plain + self._spread(groups))

    def _read_body(self, settings):
        text = (self.parent_id or self).body
        if not text:
            raise parsers.MessageProblem("the message's text is not kept any more")
        document = read_json(text)
        return parsers.parse(self.source_id.system, document.root, settings), document.warnings

    def _is_plain(self, found):
        """Say whether the message has one element that goes by the message's own delivery id."""
        if self.parent_id:
            return True
        own = getattr(found[0], "delivery_id", "")
        return len(found) == 1 and (not own or not self.delivery_id.startswith("body:"))

    def _state(self, found, notes, row_id):
        """Return the statement of one element; one that cannot be read is booked as failed, and there is none."""
        element = found[0]
        if isinstance(element, parsers.Unreadable):
            self.browse(row_id)._fail(element.reason)
            return []
        event = replace(element, warnings=notes + element.warnings)
        return [
            Statement(
                row_id=row_id,
                message_id=self.parent_id.id or self.id,
                source=self.source_id,
                received_at=self.received_at,
                event=event,
            )
        ]

    def _spread(self, groups):
        """Give each element of a message with several its own row, those delivered before left out."""
        rows = [
            {
                "source_id": event.source_id.id,
                "delivery_id": (
                    own_delivery_id(element.delivery_id)
                    if getattr(element, "delivery_id", "")
                    else f"{event.delivery_id}#{number}"
                ),
                "received_at": event.received_at,
                "parent_id": event.id,
                "element": number,
                "state": "pending",
            }
            for event, found, _notes in groups
            for number, element in enumerate(found, 1)
        ]
        new = {(parent, number): row for row, parent, number in self._insert(rows)} if rows else {}
        statements = []
        for event, found, notes in groups:
            taken = [number for number in range(1, len(found) + 1) if (event.id, number) in new]
            for number in taken:
                statements += event._state([found[number - 1]], notes, new[event.id, number])
            event._book_group(len(found), len(taken))
        return statements

    def _book_group(self, count, taken):
        self.write(
            {
                "state": "done" if taken else "duplicate",
                "kind": "group",
                "decision": self.env._(
                    "%(count)s elements, %(before)s of them delivered before",
                    count=count,
                    before=count - taken,
                ),
                "processed_at": fields.Datetime.now(),
            }
        )

    def _in_order(self, statements):
        """By message and element: rows of elements are younger than the messages that came after theirs."""
        place = {event.id: number for number, event in enumerate(self)}
        return sorted(
            statements, key=lambda one: (place.get(one.message_id, place.get(one.row_id, 0)), one.row_id)
        )

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
                       warnings = CASE WHEN new.warnings = '' THEN event.warnings ELSE new.warnings END
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
