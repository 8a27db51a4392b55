import base64
import hashlib
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..logic import reconcile
from ..logic.body import BodyRefused, decode, read_json
from ..logic.delivery import Delivery
from ..logic.parsers import MessageProblem
from ..remote import NotAnsweredError, fetch
from .psa_alert_event_process import ASKED_FOR
from .psa_alert_source import HARD_LIMIT
from .psa_alert_source_door import Gate

_logger = logging.getLogger(__name__)

# What arrived this lately may not be in the answer yet.
YOUNG = timedelta(minutes=2)
# Messages that wait to be processed are compared with next time, unless they wait this long.
BUSY = timedelta(minutes=10)
AGAIN = timedelta(minutes=1)
LIST_PATH = "/api/v2/alerts"


class PsaAlertSource(models.Model):
    """Asking sources what is firing, and making good what was lost on the way (row 2.4)."""

    _inherit = "psa.alert.source"

    @api.model
    def _cron_poll(self, now=None):
        """Ask the sources whose time has come, one after another; no other is touched.

        When each is asked next is booked before it is asked, so neither a slow source nor a killed server asks twice.
        """
        now = now or fields.Datetime.now()
        due = Domain("poll_is_on", "=", True) & Domain("poll_next_at", "<=", now)
        for source in self.search(due, order="poll_next_at, id"):
            locked = source.try_lock_for_update().filtered_domain(due)
            if not locked:
                continue
            locked.poll_next_at = now + timedelta(minutes=locked.poll_minutes)
            request = locked._prepare_request()
            # Nothing is locked while we wait for the other side, and what arrives meanwhile is seen afterwards.
            self.env["ir.cron"]._commit_progress()
            locked._poll(request, now)
            if not self.env["ir.cron"]._commit_progress(1):
                return

    def action_poll(self):
        """Ask now, and say what came of it."""
        self.ensure_one()
        self.check_access("write")
        # sudo: the address and its secret are closed to whoever keeps the source; that person chose neither
        source = self.sudo()
        source._poll(source._prepare_request(), fields.Datetime.now())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if source.poll_problem else "success",
                "message": source.poll_problem
                or self.env._(
                    "%(listed)s are firing there, %(missed)s had not arrived, %(over)s were over.",
                    listed=source.poll_listed_count,
                    missed=source.poll_missed_count,
                    over=source.poll_over_count,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # Asking

    def _prepare_request(self):
        """Return (address, headers, whether it is inside)."""
        headers = {"User-Agent": ASKED_FOR, "Accept-Encoding": "identity"}
        if self.poll_secret and self.poll_user:
            pair = base64.b64encode(f"{self.poll_user}:{self.poll_secret}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        elif self.poll_secret:
            headers["Authorization"] = f"Bearer {self.poll_secret}"
        url = self.poll_url or ""
        if self.system == "alertmanager":
            # With what is silenced: it is not over, though nobody is told of it.
            url = f"{url.rstrip('/')}{LIST_PATH}?active=true&silenced=true&inhibited=true&unprocessed=true"
        return url, headers, self.poll_is_inside

    def _poll(self, request, now):
        """Ask this source and reconcile; what goes wrong is noted on the source and harms no other."""
        url, headers, is_inside = request
        try:
            root = self._read_answer(fetch(url, headers, is_inside, HARD_LIMIT))
            settings = self._get_settings()
            listing = reconcile.read_listing(self.system, root, settings, (self.poll_receiver or "").strip())
        except NotAnsweredError as problem:
            return self._note_poll_problem(self._explain(problem), now)
        except (MessageProblem, BodyRefused) as problem:
            return self._note_poll_problem(
                self.env._("The answer cannot be used: %(reason)s.", reason=problem), now
            )
        try:
            with self.env.cr.savepoint():
                self._reconcile(listing, now)
        except Exception:
            _logger.exception("What alert source %s lists could not be compared", self.id)
            self._note_poll_problem(
                self.env._("The answer could not be compared with what arrived; the server wrote down why."),
                now,
            )

    @api.model
    def _read_answer(self, raw):
        return read_json(decode(raw).text).root

    def _explain(self, problem):
        """Return in words why there was no answer; neither address nor secret is in them."""
        return {
            "unknown": self.env._("The name of the other system is not known."),
            "silent": self.env._("The other system does not answer."),
            "private": self.env._(
                "The address leads into a private network. An administrator may allow that."
            ),
            "tls": self.env._("The certificate of the other system is not valid."),
            "status": self.env._("The other system answered %(status)s.", status=problem.status),
            "large": self.env._("The answer is larger than %(limit)s MB.", limit=HARD_LIMIT // 1024**2),
            "unreadable": self.env._("The answer cannot be unpacked."),
        }[problem.kind]

    def _note_poll_problem(self, text, now):
        _logger.info("Alert source %s cannot be asked: %s", self.id, text)
        self.write({"poll_problem": text, "poll_failing_since": self.poll_failing_since or now})

    # Comparing

    def _reconcile(self, listing, now):
        """Let in what is firing and never arrived, and the ends of what is over."""
        if self._is_busy(now):
            self.poll_next_at = now + AGAIN
            return
        arrived = self._get_arrived([one.key for one in listing.entries])
        missed = [one for one in listing.entries if reconcile.is_missed(one, arrived.get(one.key))]
        ends = [
            (one.key, one.body)
            for one in listing.entries
            if one.state == "over" and (known := arrived.get(one.key)) and known.is_live
        ]
        # The door first: what it refuses, because it is too much at once, comes with the next answer.
        missed_count = self._let_in([(reconcile.delivery_key(one), one.body) for one in missed], now)
        ends += self._find_gone(listing, now)
        # A key of its own: a list names the end under the id of the problem.
        over_count = self._let_in([(f"over {now} {key}", body) for key, body in ends], now)
        if missed_count or over_count:
            self.env["psa.alert.event"]._wake_processing()
        self.write(
            {
                "poll_answered_at": now,
                "poll_listed_count": sum(one.state != "over" for one in listing.entries),
                "poll_missed_count": missed_count,
                "poll_over_count": over_count,
                "poll_problem": False,
                "poll_failing_since": False,
            }
        )

    def _is_busy(self, now):
        """Whether messages that just came wait to be processed: nobody knows yet of what they tell."""
        waiting = [
            ("source_id", "=", self.id),
            ("state", "=", "pending"),
            ("received_at", ">=", now - BUSY),
        ]
        return bool(self.env["psa.alert.event"].search_count(waiting, limit=1))

    def _get_arrived(self, keys):
        """Return {key: Arrived} of the newest alert of each of these conditions."""
        alerts = self.env["psa.alert"]
        newest = alerts._find_newest([(self.id, key) for key in keys]) if keys else {}
        known = {key: alert for (_source, key), alert in newest.items()}
        records = alerts.browse(alert.id for alert in known.values())
        records.fetch(["state", "problem_at"])
        ended = records.filtered(lambda alert: alert.state == "resolved")._find_ended_by_source()
        return {
            key: reconcile.Arrived(
                is_live=alert.state != "resolved",
                problem_at=alert.problem_at or None,
                ended_by_source=alert.id in ended,
            )
            for key, alert in known.items()
        }

    def _find_gone(self, listing, now):
        """Return [(condition, message that ends it)] of live alerts in no answer any more, if the source is set so.

        One answer without them is not enough: a monitoring system that has just been started again knows nothing.
        """
        if not self.poll_resolves or listing.unreadable:
            return []
        live = self.env["psa.alert"].search([("source_id", "=", self.id), ("state", "!=", "resolved")])
        listed = {one.key for one in listing.entries}
        gone = live.filtered(
            lambda alert: alert.correlation_key not in listed and alert.last_seen_at <= now - YOUNG
        )
        again = gone.filtered(lambda alert: alert.gone_since and alert.gone_since > alert.last_seen_at)
        (live - gone).filtered("gone_since").gone_since = False
        (gone - again).gone_since = now
        keys = again.mapped("correlation_key")
        return [(key, body) for key in keys if (body := reconcile.recovery_body(self.system, key))]

    def _let_in(self, messages, now):
        """Hand [(delivery key, body)] to the door of this source; return how many were new."""
        gate = Gate(self.id, self.system, HARD_LIMIT, self.rate_limit, "", "", None)
        count = 0
        for key, body in messages:
            headers = {"user-agent": ASKED_FOR, "content-type": "application/json"}
            if key:
                headers["idempotency-key"] = f"{ASKED_FOR} {hashlib.sha256(key.encode()).hexdigest()}"
            answer = self._take_in(gate, Delivery("", body, headers), now)
            if answer.status == 429:
                break
            count += answer.text == "accepted"
        return count
