from datetime import timedelta
from uuid import uuid4

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.constants import GC_UNLINK_LIMIT

from .psa_alert_source import SEVERITY_SELECTION

REFUSED_BYTES = 64 * 1024
KEPT_HEADERS = ("content-type", "content-encoding", "user-agent")
BODY_DAYS = 400


class PsaAlertEvent(models.Model):
    """One message as it came in, and what was made of it.

    What came in is written once, by the door, and never again. The result may be written again by a replay. A
    message with several elements (a group of alerts) has one child row per element, which carries its result.
    """

    _name = "psa.alert.event"
    _description = "Event"
    _inherit = "psa.append.only.mixin"
    _order = "id desc"
    _rec_name = "delivery_id"
    _log_access = False
    _append_only_mutable = (
        "state", "kind", "severity", "alert_id", "problem", "action", "decision", "rule", "correlation_key", "occurred_at",
        "processed_at", "warnings", "tries",
    )  # fmt: skip

    # As it came in
    source_id = fields.Many2one("psa.alert.source", required=True, readonly=True, ondelete="restrict")
    # Not stored: one foreign key less to check for each message that is let in.
    company_id = fields.Many2one(related="source_id.company_id")
    delivery_id = fields.Char(
        required=True,
        readonly=True,
        help="Counts once per source: the sender's own id, else hash and minute of the message.",
    )
    received_at = fields.Datetime(string="Received", required=True, readonly=True)
    body = fields.Text(
        string="Message", readonly=True, groups="psa_alerts.psa_alerts_group_manager", prefetch=False
    )
    headers = fields.Json(readonly=True, groups="psa_alerts.psa_alerts_group_manager")
    parent_id = fields.Many2one(
        "psa.alert.event", string="Part of", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    element = fields.Integer(readonly=True, help="The place of this element in its message, from 1.")
    child_ids = fields.One2many("psa.alert.event", "parent_id", string="Elements")

    # What was made of it
    state = fields.Selection(
        [
            ("pending", "Pending"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("duplicate", "Duplicate"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
        default="pending",
    )
    kind = fields.Selection(
        [
            ("problem", "Problem"),
            ("resolved", "Recovery"),
            ("ack", "Acknowledgement"),
            ("update", "Still firing"),
            ("heartbeat", "Heartbeat"),
            ("handshake", "Handshake"),
            ("ignore", "Nothing of interest"),
            ("group", "Several elements"),
        ],
        readonly=True,
    )
    severity = fields.Selection(SEVERITY_SELECTION, readonly=True)
    alert_id = fields.Many2one("psa.alert", readonly=True, index="btree_not_null", ondelete="set null")
    correlation_key = fields.Char(string="Condition key", readonly=True)
    occurred_at = fields.Datetime(
        string="Sender's time", readonly=True, help="It orders problem and recovery, and starts no clock."
    )
    action = fields.Selection(
        [
            ("create", "New ticket"),
            ("triage", "Waits in triage"),
            ("suppress", "Suppressed"),
            ("store_resolved", "Over before it came"),
            ("append", "Counted"),
            ("resume", "Alert is back"),
            ("reopen", "Ticket reopened"),
            ("resolve", "Resolved"),
            ("late", "Late recovery"),
            ("keep", "Kept"),
            ("acknowledge", "Acknowledged"),
            ("log", "Stored only"),
        ],
        string="What it did",
        readonly=True,
    )
    decision = fields.Char(readonly=True)
    rule = fields.Char(readonly=True, help="The rule of the suite's documentation that decided.")
    problem = fields.Char(string="What went wrong", readonly=True)
    outcome = fields.Char(
        string="Why", compute="_compute_outcome", help="Why it did that, or what went wrong."
    )
    warnings = fields.Text(readonly=True, help="What had to be repaired or guessed.")
    processed_at = fields.Datetime(readonly=True)

    _delivery_uniq = models.UniqueIndex("(source_id, delivery_id)")
    _pending_idx = models.Index("(coalesce(parent_id, id), element) WHERE state = 'pending'")
    _received_idx = models.Index("(source_id, received_at)")
    _kept_recovery_idx = models.Index(
        "(source_id, correlation_key, received_at) WHERE kind = 'resolved' AND alert_id IS NULL"
    )
    _failed_idx = models.Index("(source_id) WHERE state = 'failed'")

    @api.depends("decision", "problem")
    def _compute_outcome(self):
        for event in self:
            event.outcome = event.problem or event.decision

    @api.depends("delivery_id", "received_at")
    def _compute_display_name(self):
        for event in self:
            event.display_name = f"#{event.id}"

    def action_replay(self):
        """Process failed events once more, as they came in, by the settings and mappings of today."""
        self.env["psa.alert.source"].check_access("write")
        again = self.filtered(lambda event: event.state == "failed")
        # sudo: nobody may write events directly; reading them was checked by the record rules, replaying by the
        # right on sources
        again.sudo().write({"state": "pending", "problem": False, "tries": 0})
        again._wake_processing()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(again)s failed events will be processed again, %(left)s left alone.",
                    again=len(again),
                    left=len(self) - len(again),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _store(self, gate, delivery_id, text, received_at, headers, warnings):
        """Store a message in one INSERT. Return whether it is new; False: it was delivered before."""
        return self._insert(
            [
                {
                    "source_id": gate.source_id,
                    "delivery_id": delivery_id,
                    "received_at": received_at,
                    "body": text,
                    "headers": _kept(headers),
                    "warnings": "\n".join(warnings) or None,
                    "state": "pending",
                }
            ]
        )

    @api.model
    def _store_refused(self, gate, delivery, reason, received_at):
        """Store what the door refused, cut, as a row that is never processed and blocks no later delivery."""
        text = delivery.body[:REFUSED_BYTES].decode("utf-8", "replace").replace("\x00", "\ufffd")
        return self._insert(
            [
                {
                    "source_id": gate.source_id,
                    "delivery_id": f"refused:{uuid4()}",
                    "received_at": received_at,
                    "body": text,
                    "headers": _kept(delivery.headers),
                    "problem": reason,
                    "state": "refused",
                }
            ]
        )

    @api.model
    def _insert(self, rows):
        """Insert rows of equal columns, those delivered before left out.

        :return: [(id, parent_id, element)] of the new ones
        """
        columns = list(rows[0])
        query = SQL(
            "INSERT INTO psa_alert_event (%s) VALUES %s ON CONFLICT (source_id, delivery_id) DO NOTHING"
            " RETURNING id, parent_id, element",
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(SQL("%s", tuple(row[name] for name in columns)) for row in rows),
        )
        # Two identical messages at the same moment are no error: the later one is tried again and a duplicate then.
        self.env.cr.execute(query, log_exceptions=False)
        return self.env.cr.fetchall()

    @api.model
    def _wake_processing(self):
        """Have stored events processed soon, with at most one pending trigger for any number of messages.

        Call it after the event is committed: a trigger seen here is one whose run has not begun, so that run will
        see the event. A run deletes its triggers when it begins, which marks the row (xmax) before it commits.
        """
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id("psa_alerts.psa_alerts_cron_process")
        pending = self.env.execute_query(
            SQL(
                "SELECT 1 FROM ir_cron_trigger WHERE cron_id = %s AND call_at <= %s AND xmax::text = '0' LIMIT 1",
                cron_id,
                fields.Datetime.now(),
            )
        )
        if not pending:
            # sudo: whoever delivers or replays messages may not see scheduled actions
            self.env["ir.cron"].sudo().browse(cron_id)._trigger()

    @api.autovacuum
    def _gc_bodies(self):
        """Let go of message texts after their time (400 days, a setting); the rows stay."""
        parameter = self.env["ir.config_parameter"].get_param("psa_alerts.body_retention_days", BODY_DAYS)
        before = fields.Datetime.now() - timedelta(days=int(parameter))
        # By SQL: for the ORM a message, once written, cannot be changed.
        self.env.cr.execute(
            SQL(
                """
                UPDATE psa_alert_event SET body = NULL
                 WHERE id IN (SELECT id FROM psa_alert_event
                               WHERE received_at < %s AND body IS NOT NULL AND state != 'pending'
                               ORDER BY id LIMIT %s)
                """,
                before,
                GC_UNLINK_LIMIT,
            )
        )
        done = self.env.cr.rowcount
        self.invalidate_model(["body"])
        return done, done == GC_UNLINK_LIMIT


def _kept(headers):
    return Json({name: headers[name][:200] for name in KEPT_HEADERS if headers.get(name)})
