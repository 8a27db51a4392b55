import logging
from datetime import timedelta
from uuid import uuid4

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain

from ..logic import notice_plan

_logger = logging.getLogger(__name__)

CHANNELS = [
    ("inbox", "Inbox"),
    ("email", "Email"),
    ("sms", "SMS"),
    ("push", "Browser or phone"),
    ("pager", "Pager"),
]
UNSENT = ("waiting", "held")
# What interrupts without a rule that says so; each of us may switch each off.
EVENTS = [
    ("critical", "A ticket of mine is critical"),
    ("answer", "A customer answers what I wait for"),
]
# Somebody else wrote the same rows at the same moment: nothing is wrong with the notice.
CONFLICTS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)
TRY_AGAIN = timedelta(minutes=1)


class NoticeProblem(Exception):
    """A channel did not take the notice; the text says why and is shown."""


class PsaNotice(models.Model):
    """One delivery of a message to one of us: which way it went, when, and what came of it.

    The row is written in the transaction of what it tells of. Outside the notice may arrive twice (a server may die
    between sending and writing it down), never not at all: the receiver knows a repetition by its key.
    """

    _name = "psa.notice"
    _description = "Notice to one of us"
    _order = "due_at desc, id desc"
    _rec_name = "subject"

    user_id = fields.Many2one(
        "res.users", string="To", required=True, readonly=True, index=True, ondelete="cascade"
    )
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True, index="btree_not_null", ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    call_id = fields.Many2one("psa.oncall.call", readonly=True, index="btree_not_null", ondelete="cascade")
    subject = fields.Char(required=True, readonly=True)
    body = fields.Text(string="Text", readonly=True)
    count = fields.Integer(
        string="Messages", default=1, readonly=True, help="How many were gathered into this one."
    )
    is_urgent = fields.Boolean(string="Urgent", readonly=True)
    event = fields.Selection(EVENTS, string="Unasked", readonly=True)
    host_ways = fields.Char(
        string="Told by Odoo",
        readonly=True,
        help="The ways by which Odoo itself tells this person the same. They are not taken a second time.",
    )
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("held", "Held back"),
            ("sent", "Sent"),
            ("fell_through", "Fell through"),
            ("failed", "Failed"),
            ("acknowledged", "Acknowledged"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    due_at = fields.Datetime(string="Due", required=True, readonly=True)
    done_at = fields.Datetime(string="Done", readonly=True)
    problem = fields.Char(readonly=True)
    key = fields.Char(required=True, readonly=True, help="The same for each attempt to deliver this notice.")
    delivery_key = fields.Char(
        string="Delivery key", compute="_compute_delivery_key", help="The receiver knows a repetition by it."
    )

    _key_once = models.UniqueIndex("(key, channel)")
    _due_idx = models.Index("(due_at, id) WHERE state IN ('waiting', 'held')")
    _recent_idx = models.Index("(user_id, ticket_id, done_at)")

    @api.depends("key", "channel")
    def _compute_delivery_key(self):
        for notice in self:
            notice.delivery_key = f"{notice.key}-{notice.channel}"

    # Writing

    @api.model
    def _tell(self, users, subject, body, ticket=None, urgent=False, call=None, now=None, ways=(), more=None):
        """Write one notice for each of these users, and have them delivered at once or when their quiet hours end.

        What is not urgent and follows a message about the same ticket within minutes is gathered into one.

        :param str body: plain text
        :param ways: channels that are all used, whatever each person chose; one that fails falls to what is left
        :param dict more: further values of each notice
        :return: the notices, new or added to
        """
        now = now or fields.Datetime.now()
        # sudo: a notice goes to whom it concerns, whoever did what it tells of
        notices = self.sudo()
        users = users.sudo().filtered(lambda user: user.active and not user.share)
        gathered = (
            notices._gather(users, subject, body, ticket)
            if ticket and not (urgent or call or ways)
            else self.browse()
        )
        last_sent = notices._get_last_sent(users, ticket) if ticket and not urgent else {}
        preferences_model = self.env["psa.notice.preference"].sudo()
        preferences = preferences_model._get_for(users)
        with_browser = preferences_model._get_with_browser(users) if urgent else users.browse()
        keys = {user: uuid4().hex for user in users}
        vals_list = [
            {
                **preferences[user]._plan_first(
                    notice_plan.due_after_burst(now, last_sent.get(user), urgent),
                    urgent,
                    bool(ticket) and ticket.priority == "3",
                    user in with_browser,
                ),
                **way,
                "user_id": user.id,
                "ticket_id": ticket.id if ticket else False,
                "company_id": (ticket.company_id if ticket else user.company_id).id,
                "call_id": call.id if call else False,
                "subject": subject[:250],
                "body": body,
                "is_urgent": urgent,
                "key": keys[user],
                **(more or {}),
            }
            for user in users - gathered.user_id
            for way in [{"channel": channel} for channel in ways] or [{}]
        ]
        made = notices.create(vals_list)
        if made or gathered:
            self.env.ref("psa_helpdesk.psa_helpdesk_cron_notices")._trigger()
        return (made | gathered).with_env(self.env)

    def _gather(self, users, subject, body, ticket):
        """Add a message to the notices about the same ticket that are not out yet; return them."""
        found = self.search(
            [
                ("user_id", "in", users.ids),
                ("ticket_id", "=", ticket.id),
                ("state", "in", UNSENT),
                ("is_urgent", "=", False),
                ("call_id", "=", False),
            ]
        )
        for notice in found:
            text = f"{subject}\n{body}" if subject != notice.subject else body
            if text not in (notice.body or ""):
                notice.write({"body": f"{notice.body or ''}\n\n{text}".strip(), "count": notice.count + 1})
        return found

    def _get_last_sent(self, users, ticket):
        """{user: when the last notice about the ticket went out}, of the last minutes."""
        return dict(
            self._read_group(
                [("user_id", "in", users.ids), ("ticket_id", "=", ticket.id), ("state", "=", "sent")],
                ["user_id"],
                ["done_at:max"],
            )
        )

    # Delivering

    @api.model
    def _cron_deliver(self, now=None, limit=50):
        """Deliver the notices whose moment has come, each in a transaction of its own.

        :param datetime now: the moment to look by, for tests
        """
        now = now or fields.Datetime.now()
        met = self.browse()
        while True:
            due = self.search(self._get_due_domain(now, met), order="due_at, id", limit=limit)
            if not due:
                return
            for notice in due:
                met |= notice
                notice._deliver_locked(now)
                remaining = len(due) if len(due) == limit else len(due - met)
                if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                    return

    @api.model
    def _get_due_domain(self, now, met):
        return Domain("state", "in", UNSENT) & Domain("due_at", "<=", now) & Domain("id", "not in", met.ids)

    def _deliver_locked(self, now):
        """Deliver one notice unless somebody else is at it; whatever breaks it must not stop the others."""
        try:
            with self.env.cr.savepoint():
                if self.try_lock_for_update() and self.state in UNSENT:
                    self._deliver(now)
        except CONFLICTS as conflict:
            _logger.info("Notice %s: met %s", self.id, type(conflict).__name__)
        except Exception as problem:
            _logger.exception("Notice %s could not be delivered", self.id)
            self.write({"problem": str(problem)[:250] or repr(problem)[:250], "due_at": now + TRY_AGAIN})

    def _deliver(self, now):
        """Send by the channel of this row; where it fails by the next one, at once."""
        notice = self
        while notice:
            try:
                with self.env.cr.savepoint():
                    notice._send()
            except NoticeProblem as problem:
                notice = notice._fall_through(str(problem), now)
                continue
            notice.write({"state": "sent", "done_at": now, "problem": False})
            notice.call_id._note_delivered(now)
            return

    def _fall_through(self, problem, now):
        """Write down that this channel failed; return the row of the next one, empty where no way is left."""
        rows = self.search([("key", "=", self.key)])
        preference = self.env["psa.notice.preference"]._get_for(self.user_id)[self.user_id]
        has_browser = bool(preference._get_with_browser(self.user_id))
        order = preference._get_order(self.is_urgent, has_browser, bool(self.service_call_id))
        told = self.host_ways.split(",") if self.host_ways else []
        channel = notice_plan.next_channel(order, [*rows.mapped("channel"), *told])
        state = "fell_through" if channel or told else "failed"
        self.write({"state": state, "done_at": now, "problem": problem[:250]})
        if not channel:
            self.call_id._note_delivered(now)  # the ladder goes on
            return self.browse()
        return self.copy(
            {"channel": channel, "state": "waiting", "due_at": now, "done_at": False, "problem": False}
        )

    def _acknowledge(self, now):
        """Note that somebody took it up: what is not out yet stays here."""
        self.filtered(lambda notice: notice.state in UNSENT).done_at = now
        self.filtered(lambda notice: notice.state in (*UNSENT, "sent")).state = "acknowledged"

    @api.autovacuum
    def _gc_old(self):
        done = [("done_at", "<", fields.Datetime.now() - timedelta(days=365)), ("state", "not in", UNSENT)]
        self.search(done, limit=10000).unlink()
