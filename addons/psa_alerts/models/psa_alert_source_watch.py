import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from odoo.addons.psa_helpdesk.time_zones import usable_zone

from ..logic import hearing
from ..logic.hearing import Hearing, News, Outage

_logger = logging.getLogger(__name__)

# With each of these switches watching starts anew: nobody is told of what lay before, nor that it is over.
SWITCHES = frozenset({"active", "silence_hours", "poll_is_on"})


class PsaAlertSource(models.Model):
    """Somebody is told when a source falls silent or stops answering, once, and once more when it is back."""

    _inherit = "psa.alert.source"

    silence_hours = fields.Integer(
        string="Silent after (hours)",
        default=24,
        help="Without a message for so long the source counts as silent; an answer counts as one, where it is asked. "
        "0: never, for a system that only speaks when something is wrong.",
    )
    responsible_ids = fields.Many2many(
        "res.users",
        "psa_alert_source_responsible_rel",
        "source_id",
        "user_id",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Told when the source falls silent or stops answering, and when it is back. Empty: the lead of its queue, "
        "else the service managers.",
    )
    watched_at = fields.Datetime(
        string="Watched since", readonly=True, copy=False, default=fields.Datetime.now
    )
    outage = fields.Selection(
        [(Outage.SILENT.value, "Silent"), (Outage.UNANSWERED.value, "Does not answer")],
        readonly=True,
        copy=False,
        help="What the responsible people were told last.",
    )
    outage_at = fields.Datetime(string="Told", readonly=True, copy=False)
    watch_next_at = fields.Datetime(
        string="Looked at next", compute="_compute_watch_next_at", store=True, readonly=True, copy=False
    )

    _watch_due_idx = models.Index("(watch_next_at) WHERE active AND watch_next_at IS NOT NULL")
    _silence_not_negative = models.Constraint(
        "CHECK (silence_hours BETWEEN 0 AND 87600)", "A source may be silent for 0 hours to ten years."
    )

    @api.depends(
        "last_seen_at", "silence_hours", "watched_at", "outage", "outage_at",
        "poll_is_on", "poll_minutes", "poll_answered_at", "poll_failing_since",
    )  # fmt: skip
    def _compute_watch_next_at(self):
        for source in self:
            source.watch_next_at = hearing.next_look(source._get_hearing()) or False

    def write(self, vals):
        if not SWITCHES & vals.keys():
            return super().write(vals)
        anew = {"watched_at": fields.Datetime.now(), "outage": False, "outage_at": False}
        switched = self.filtered(lambda one: any(one[name] != vals[name] for name in SWITCHES & vals.keys()))
        super(PsaAlertSource, switched).write(vals | anew)
        return super(PsaAlertSource, self - switched).write(vals)

    @api.model
    def _cron_watch(self, now=None):
        """Tell of the sources whose moment has come; no other is touched.

        :param datetime now: the moment to judge by, for tests
        """
        now = now or fields.Datetime.now()
        due = Domain("watch_next_at", "<=", now)
        for source in self.search(due, order="watch_next_at, id"):
            locked = source.try_lock_for_update().filtered_domain(due)
            locked._watch_apart(now)
            if not self.env["ir.cron"]._commit_progress(1):
                return

    def _watch_apart(self, now):
        """Look at this source; what goes wrong harms no other and is tried again."""
        try:
            with self.env.cr.savepoint():
                for source in self:
                    source._watch(now)
        except Exception:
            _logger.exception("Alert source %s could not be watched", self.ids)

    def _watch(self, now):
        known = self._get_hearing()
        news = hearing.judge(known, now)
        if news is None:
            return
        found = hearing.find_outage(known, now)
        told = found or known.outage
        self.write({"outage": found.value if found else False, "outage_at": now if found else False})
        self.message_post(body=self._say_outage(told, news, self.env.user)[1])
        if news is not News.CHANGED:
            self._tell_outage(told, news, now)

    def _tell_outage(self, outage, news, now):
        """Write one notice for each responsible person, in that person's language and time zone."""
        for user in self._get_responsible():
            source = self.with_context(lang=user.lang)
            notices = source.env["psa.notice"]._tell(user, *source._say_outage(outage, news, user), now=now)
            notices.write({"alert_source_id": self.id, "company_id": self.company_id.id})

    def _get_responsible(self):
        """Return who is told: those named here, else the lead of the queue, else the service managers."""
        named = self.responsible_ids.filtered(lambda user: user.active and not user.share)
        queue = self.team_id or self.env["helpdesk.ticket.team"]._psa_get_default(self.company_id)
        return (
            named
            or queue.user_id.filtered("active")
            or self.env["psa.sla.threshold"]._get_service_managers(self.company_id)
        )

    def _say_outage(self, outage, news, user):
        """Return (subject, text) in the language of the environment."""
        since = self._get_hearing().heard_at if outage is Outage.SILENT else self.poll_answered_at
        zone = usable_zone(user.tz, self.company_id.partner_id.tz)
        facts = {
            "source_name": self.name,
            "moment": format_datetime(self.env, since, tz=zone, dt_format="short") if since else "",
            "zone": zone,
        }
        if news is News.OVER:
            return (
                self.env._("%(source_name)s is heard again", **facts),
                self.env._(
                    "%(source_name)s is heard again. Alerts of the time between may be missing.", **facts
                ),
            )
        if outage is Outage.UNANSWERED:
            return (
                self.env._("%(source_name)s does not answer", **facts),
                self.env._(
                    "%(source_name)s is asked what is firing and does not answer. Its last answer came %(moment)s "
                    "(%(zone)s). Look at the other system, then press Ask now on the source. %(problem)s",
                    problem=self.poll_problem or "",
                    **facts,
                ).strip(),
            )
        return (
            self.env._("%(source_name)s is silent", **facts),
            self.env._(
                "%(source_name)s has sent nothing since %(moment)s (%(zone)s), so its alerts may not arrive. "
                "Look at the other system, then send a test from there.",
                **facts,
            ),
        )

    def _get_hearing(self):
        """Return what is known of this source as plain values."""
        self.ensure_one()
        return Hearing(
            watched_at=self.watched_at or self.create_date or fields.Datetime.now(),
            message_at=self.last_seen_at or None,
            silence=timedelta(hours=self.silence_hours) if self.silence_hours > 0 else None,
            is_asked=self.poll_is_on,
            answered_at=self.poll_answered_at or None,
            failing_since=self.poll_failing_since or None,
            patience=hearing.patience(self.poll_minutes),
            outage=Outage(self.outage) if self.outage else None,
            outage_at=self.outage_at or None,
        )
