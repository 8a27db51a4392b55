import functools
import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..conflicts import CONFLICTS
from ..logic.escalation import agenda
from ..own_word import OWN_WORD

_logger = logging.getLogger(__name__)

TRY_AGAIN = timedelta(minutes=10)
LOCK_TRIES = 3


class PsaSlaClock(models.Model):
    """The sweep: look at the clocks whose moment has come, at no others, and take each step once."""

    _inherit = "psa.sla.clock"

    @api.model
    def _cron_sweep(self, now=None, limit=50):
        """Look at all clocks that are due, `limit` at a time, and commit after each batch.

        Clocks that somebody else is writing, or wrote since this batch began, are left to the next run. A clock whose
        look fails is noted and tried again in ten minutes; the others go on. What is decided comes from the ledger, so
        a late run changes only when we act (Rule D10.27).

        :param datetime now: the moment to look by, for tests; the database's own clock cannot be turned back
        """
        now = now or fields.Datetime.now()
        self.env["helpdesk.ticket"]._psa_sweep_dues(now)
        met = self.browse()
        while True:
            due, locked = self._lock_due(now, met, limit)
            if not locked:
                return
            met |= locked._look(now)
            remaining = self.search_count(self._get_due_domain(now, met)) if len(due) == limit else 0
            if not self.env["ir.cron"]._commit_progress(len(locked), remaining=remaining) or not remaining:
                return

    @api.model
    def _get_due_domain(self, now, met):
        return [("next_at", "<=", now), ("id", "not in", met.ids)]

    @api.model
    def _lock_due(self, now, met, limit):
        """Return the next clocks that are due, and those of them that nobody else holds, locked.

        Rows written after the transaction began cannot be locked in it: a commit lets us see them as they are.
        """
        for _attempt in range(LOCK_TRIES):
            due = self.search(self._get_due_domain(now, met), order="next_at, id", limit=limit)
            try:
                with self.env.cr.savepoint(flush=False):
                    return due, due.try_lock_for_update()
            except CONFLICTS as conflict:
                _logger.info("SLA sweep: met %s", type(conflict).__name__)
                self.env["ir.cron"]._commit_progress(remaining=len(due))
        return due, self.browse()

    def _look(self, now):
        """Read these clocks at `now`, take the steps that are due and store when to look again.

        :return: the clocks that were left as they are, because somebody else wrote their ticket meanwhile
        """
        read = self._get_reader()
        return self.filtered(lambda clock: not clock._look_alone(read, now))

    def _get_reader(self):
        """Return a function (ticket, moment) -> readings. All ledgers are loaded at once; if one breaks that, singly."""
        events = self.env["psa.sla.event"]
        try:
            with self.env.cr.savepoint(flush=False):
                ledgers = events._get_ledgers(self.ticket_id)
        except CONFLICTS:
            raise
        except Exception:
            _logger.info("SLA ledgers of %s clocks are read one by one", len(self), exc_info=True)
            ledgers = {}

        @functools.cache
        def read(ticket, moment):
            ledger = ledgers.get(ticket) or events._get_ledgers(ticket)[ticket]
            return ledger.read(moment)

        return read

    def _look_alone(self, read, now):
        """Look at one clock; whatever breaks it must not stop the others. Return False if somebody else was faster."""
        try:
            with self.env.cr.savepoint():
                self._act(self._find_reading(read(self.ticket_id, now)), now)
        except CONFLICTS as conflict:
            _logger.info("SLA clock %s: met %s", self.id, type(conflict).__name__)
            return False
        except Exception as error:
            _logger.exception("SLA clock %s could not be looked at", self.id)
            self.write({"problem": str(error)[:500] or repr(error), "next_at": now + TRY_AGAIN})
        return True

    def _find_reading(self, readings):
        """Return the reading of this clock among those of its ticket."""
        return next(
            reading for reading in readings if (reading.cycle, reading.kind) == (self.cycle, self.kind)
        )

    def _act(self, reading, now):
        plan = agenda(reading, self._get_ladder(), self._get_done_steps(), now)
        if plan.steps:
            self._take(plan.steps, reading, now)
        self._update(
            {
                **self._prepare_figures(reading),
                "counts_at": reading.counts_at,
                "why": self._prepare_why(reading),
                "read_at": now,
                "next_at": plan.next_at,
                "problem": False,
            }
        )

    def _take(self, steps, reading, now):
        """Write the steps down, and tell everybody they name with one message."""
        thresholds = {
            (threshold.percent, threshold.mode): threshold for threshold in self.policy_id.threshold_ids
        }
        told = {
            taken: thresholds[taken.step.percent, taken.step.mode]._get_audience(self.ticket_id)
            for taken in steps
            if not taken.overtaken and taken.step.mode != "rule"
        }
        self.env["psa.sla.step"].create(
            [
                {
                    "clock_id": self.id,
                    "mode": taken.step.mode,
                    "percent": taken.step.percent,
                    "due_at": taken.due_at,
                    "acted_at": now,
                    "is_overtaken": taken.overtaken,
                    "partner_ids": told[taken].partner_id.ids if taken in told else [],
                }
                for taken in steps
            ]
        )
        self.env["psa.workflow.timer"]._arm_steps(self, steps)
        users = self.env["res.users"].union(*told.values())
        if users:
            self._tell(users, reading)

    def _tell(self, users, reading):
        """Post an internal note and tell `users`; from the due on leave them an activity, too."""
        ticket = self.ticket_id.with_context(psa_automation=OWN_WORD, mail_post_autofollow=False)
        text = self._describe(reading)
        subject = self.env._("[%(number)s] %(what)s", number=ticket.number, what=text)
        ticket.message_post(
            author_id=self.env.ref("base.partner_root").id,
            subject=subject,
            body=Markup("<p>%s</p>") % text,
            message_type="notification",
            subtype_xmlid="mail.mt_note",
        )
        # Delivered by a cron of its own: the sweep must not wait for a mail server.
        ticket._psa_notify_users(users, subject, text, urgent=ticket.priority == "3")
        if reading.remaining <= 0:
            self._schedule_activity(ticket, users & ticket.user_id or users[:1], text)

    def _schedule_activity(self, ticket, user, text):
        """Leave one activity for a clock; later steps of it remind of the same one."""
        todo = self.env.ref("mail.mail_activity_data_todo")
        summary = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        already = ticket.activity_ids.filtered(
            lambda activity: activity.activity_type_id == todo and activity.summary == summary
        )
        if not already:
            # The note has told them: no second message for the same thing.
            ticket.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo", user_id=user.id, summary=summary, note=text
            )

    def _describe(self, reading):
        """Say in one sentence which target stands how; the share is that of this moment, not that of the step."""
        zone = self.ticket_id.user_id.tz or self.ticket_id.company_id.partner_id.tz or "UTC"
        values = {
            "target": dict(self._fields["kind"]._description_selection(self.env))[self.kind],
            "due": f"{format_datetime(self.env, reading.due_at, zone, 'short')} {zone}"
            if reading.due_at
            else "-",
            "percent": reading.used_percent,
        }
        if reading.state == "overdue":
            return self.env._("%(target)s is overdue since %(due)s (%(percent)s %% used up).", **values)
        if reading.remaining <= 0:
            return self.env._("%(target)s is due now (%(due)s).", **values)
        return self.env._("%(target)s: %(percent)s %% of the time is used up, due %(due)s.", **values)
