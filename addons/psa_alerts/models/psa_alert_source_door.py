import hmac
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo import api, fields, models, tools
from odoo.tools import SQL

from ..logic import body, parsers, rate_limit
from ..logic.delivery import Answer, delivery_id
from .psa_alert_secret import PREFIX_LENGTH

_logger = logging.getLogger(__name__)

DECOY = "0" * 64
REFUSED_A_DAY = 100
# What this process let through lately, by database and source. It only decides when the exact count is asked.
_windows = {}


@dataclass(frozen=True, slots=True)
class Gate:
    """What the door needs to know of a source, cached: no query for a message that is let in."""

    source_id: int
    system: str
    max_bytes: int
    rate_limit: int
    salt: str
    digest: str
    expires_at: datetime | None


class PsaAlertSource(models.Model):
    """The door: secret, size and form of a message; no meaning."""

    _inherit = "psa.alert.source"

    @api.model
    def _receive(self, delivery, now):
        """Store a delivery and say what to answer. `now` is the moment of receipt, naive UTC to the second.

        Called as superuser, by a stranger: nothing is stored for whoever does not know a valid secret.
        """
        gate = self._open_gate(delivery.token, now)
        if gate is None:
            return Answer(401, "unknown address")
        return self._take_in(gate, delivery, now)

    @api.model
    def _take_in(self, gate, delivery, now):
        """Store what came through the gate and say what to answer: the door behind its lock."""
        if wait := self._get_wait(gate, now):
            return Answer(429, "too many messages", retry_after=wait)
        events = self.env["psa.alert.event"]
        try:
            text = body.decode(
                body.inflate(delivery.body, delivery.headers.get("content-encoding", ""), gate.max_bytes),
                delivery.charset,
            )
            document = body.read_json(text.text)
        except body.BodyRefused as refusal:
            self._keep_refused(gate, delivery, refusal, now)
            return Answer(refusal.status, refusal.reason)
        stored = events._store(
            gate,
            delivery_id(
                delivery.headers, parsers.delivery_id(gate.system, document.root), delivery.body, now
            ),
            text.text,
            now,
            delivery.headers,
            text.warnings + document.warnings,
        )
        return Answer(202, "accepted" if stored else "duplicate")

    @api.model
    def _open_gate(self, token, now):
        """Return the gate whose secret is `token`, or None. Takes the same steps for a wrong and for no prefix."""
        try:
            gate = self._get_gate(token[:PREFIX_LENGTH])
        except LookupError:
            gate = None
        given = self.env["psa.alert.secret"]._hash(token[:200], gate.salt if gate else DECOY)
        is_right = hmac.compare_digest(given, gate.digest if gate else DECOY)
        if not is_right or gate is None or (gate.expires_at and gate.expires_at <= now):
            _logger.info("Refused an alert message: unknown address")
            return None
        return gate

    @api.model
    def _forget_gates(self):
        """Let the door ask anew: at once, and when this is committed, for a request in between caches what was."""
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    @api.model
    @tools.ormcache("prefix")
    def _get_gate(self, prefix):
        if not prefix.isalnum():
            raise LookupError(prefix)  # not one of ours, and perhaps nothing a database would take
        # sudo: asked by the door, whose caller is no user of ours
        secret = self.env["psa.alert.secret"].sudo().search([("prefix", "=", prefix)], limit=1)
        source = secret.source_id
        if not source.active:
            raise LookupError(prefix)  # not cached: strangers shall not fill the cache
        return Gate(
            source_id=source.id,
            system=source.system,
            max_bytes=source.max_body_kb * 1024,
            rate_limit=source.rate_limit,
            salt=secret.salt,
            digest=secret.digest,
            expires_at=secret.expires_at or None,
        )

    @api.model
    def _get_wait(self, gate, now):
        """Return after how many seconds to come again, 0 if the message may come in.

        Each process counts what it let in; only one that had more than its share of the limit asks the database,
        where the messages of all processes are. So an ordinary message costs no query, and a source is never
        refused below its limit. What one process let in counts by itself as well: of a sender that repeats the same
        message for ever, or sends what is refused, the database knows one row.
        """
        key = self.env.cr.dbname, gate.source_id
        share = gate.rate_limit // max(tools.config["workers"], 1)
        window = _windows.get(key) or _windows.setdefault(key, rate_limit.Window())
        taken = window.count_at(now)
        if taken >= gate.rate_limit or (taken >= share and self._count_lately(gate, now) >= gate.rate_limit):
            return window.wait(now)
        window.let_in(now)
        return 0

    @api.model
    def _count_lately(self, gate, now):
        """Return how many messages of the source were stored in the last minute, up to its limit."""
        self.env.cr.execute(
            SQL(
                """
                SELECT count(*) FROM (
                    SELECT 1 FROM psa_alert_event
                     WHERE source_id = %s AND received_at > %s AND parent_id IS NULL LIMIT %s
                ) AS lately
                """,
                gate.source_id,
                now - timedelta(seconds=rate_limit.SECONDS),
                gate.rate_limit,
            )
        )
        [count] = self.env.cr.fetchone()
        return count

    @api.model
    def _keep_refused(self, gate, delivery, refusal, now):
        """Keep what was refused, cut at 64 kB and at most 100 a source and day, for whoever must find out why."""
        events = self.env["psa.alert.event"]
        today = [
            ("source_id", "=", gate.source_id),
            ("state", "=", "refused"),
            ("received_at", ">=", now - timedelta(days=1)),
        ]
        if events.search_count(today, limit=REFUSED_A_DAY) < REFUSED_A_DAY:
            events._store_refused(gate, delivery, refusal.reason, now)

    def _rotate_secret(self):
        """Make a new secret and return it, the one present token; the valid one before it gets an end."""
        self.ensure_one()
        # sudo: nobody may write secrets directly; the caller checked the right on the source
        secrets = self.sudo().secret_ids
        secrets._let_expire(self.overlap_hours)
        token = secrets._draw(self)
        _logger.info("New address of alert source %s by user %s", self.id, self.env.uid)
        return token

    @api.model
    def _note_last_seen(self, moments):
        """Book the newest message of each source: {source id: received_at}."""
        for source in self.browse(moments).filtered(
            lambda one: not one.last_seen_at or one.last_seen_at < moments[one.id]
        ):
            source.last_seen_at = fields.Datetime.to_datetime(moments[source.id])
