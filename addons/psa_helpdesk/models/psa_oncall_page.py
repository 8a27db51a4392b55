import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import consteq
from odoo.tools.misc import hmac

from ..logic import oncall_ladder
from .psa_notice import CONFLICTS

_logger = logging.getLogger(__name__)

TRY_AGAIN = timedelta(minutes=1)


class PsaOncallPage(models.Model):
    """One ladder for one ticket: who was told when, until somebody acknowledges (Rule D10.35)."""

    _name = "psa.oncall.page"
    _description = "On-call page"
    _inherit = ["psa.ticket.part.mixin"]
    _order = "started_at desc, id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, precompute=True, index=True)
    rota_id = fields.Many2one("psa.oncall.rota", readonly=True, ondelete="restrict")
    state = fields.Selection(
        [
            ("calling", "Calling"),
            ("acknowledged", "Acknowledged"),
            ("silent", "Nobody acknowledged"),
            ("over", "Ticket closed"),
        ],
        required=True,
        readonly=True,
        default="calling",
    )
    started_at = fields.Datetime(string="Started", required=True, readonly=True)
    acknowledged_at = fields.Datetime(string="Acknowledged", readonly=True)
    acknowledged_by_id = fields.Many2one(
        "res.users", string="Acknowledged by", readonly=True, ondelete="restrict"
    )
    next_at = fields.Datetime(string="Next call", readonly=True)
    problem = fields.Char(readonly=True)
    # As the rota was when the ladder began: [[step, minutes]]
    ladder = fields.Json(readonly=True)
    call_ids = fields.One2many("psa.oncall.call", "page_id", string="Calls", readonly=True)

    _one_running = models.UniqueIndex("(ticket_id) WHERE state = 'calling'")
    _ticket_idx = models.Index("(ticket_id, id DESC)")
    _due_idx = models.Index("(next_at) WHERE state = 'calling'")

    @api.model
    def _start(self, tickets, now):
        """Begin a ladder for each of these open tickets that has none running."""
        # sudo: whoever or whatever made the ticket critical, those on call are told
        pages = self.sudo()
        running = pages.search([("ticket_id", "in", tickets.ids), ("state", "=", "calling")]).ticket_id
        made = pages.create(
            [
                {
                    "ticket_id": ticket.id,
                    "rota_id": ticket.team_id.psa_oncall_rota_id.id,
                    "ladder": [
                        [step.id, step.minutes] for step in ticket.team_id.psa_oncall_rota_id.step_ids
                    ],
                    "started_at": now,
                    "next_at": now,
                }
                for ticket in tickets.sudo() - running
                if ticket.psa_is_open
            ]
        )
        if made:
            self.env.ref("psa_helpdesk.psa_helpdesk_cron_oncall")._trigger()
        return made

    @api.model
    def _cron_call(self, now=None, limit=50):
        """Tell who is next on the ladders whose moment has come.

        :param datetime now: the moment to look by, for tests
        """
        now = now or fields.Datetime.now()
        met = self.browse()
        while due := self.search(
            [("state", "=", "calling"), ("next_at", "<=", now), ("id", "not in", met.ids)],
            order="next_at, id",
            limit=limit,
        ):
            for page in due:
                met |= page
                page._look_alone(now)
                remaining = len(due) if len(due) == limit else len(due - met)
                if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                    return

    def _look_alone(self, now):
        """Look at one ladder; whatever breaks it must not stop the others."""
        try:
            with self.env.cr.savepoint():
                if self.try_lock_for_update() and self.state == "calling":
                    self._look(now)
        except CONFLICTS as conflict:
            _logger.info("On-call page %s: met %s", self.id, type(conflict).__name__)
        except Exception as problem:
            _logger.exception("On-call page %s could not be looked at", self.id)
            self.write({"problem": str(problem)[:250] or repr(problem)[:250], "next_at": now + TRY_AGAIN})

    def _look(self, now):
        """Take the step that is due, and its notice with it, in one transaction."""
        if not self.ticket_id.psa_is_open:
            self.write({"state": "over", "next_at": False})
            return
        order = [step for step, _minutes in self.ladder or ()]
        people = self.env["psa.oncall.step"].browse(order).exists()._get_people(now)
        on_duty = {order.index(step.id): user for step, user in people.items()}
        found = oncall_ladder.look(
            [minutes for _step, minutes in self.ladder or ()],
            dict.fromkeys(on_duty, True),
            [
                oncall_ladder.Told(call.rung, call.delivered_at or None, call.is_skipped)
                for call in self.call_ids.sorted("rung")
            ],
            self.started_at,
            now,
        )
        for rung in found.skip:
            self._write_call(rung, self.env["res.users"], now)
        if found.tell:
            self._tell(found.tell, on_duty, now)
        self.write(
            {
                "next_at": found.next_at,
                "problem": False,
                "state": "silent" if found.tell and found.tell.step is None else self.state,
            }
        )

    def _tell(self, rung, on_duty, now):
        ticket = self.ticket_id
        if rung.step is None:
            users = self.env["psa.sla.threshold"]._get_service_managers(ticket.company_id)
        else:
            users = on_duty[rung.step]
        call = self._write_call(rung, users, now)
        subject = self.env._(
            "[%(number)s] %(customer)s: nobody has taken it up",
            number=ticket.number,
            customer=ticket.commercial_partner_id.name or ticket.partner_name or "-",
        )
        self.env["psa.notice"]._tell(users, subject, ticket.name, ticket, urgent=True, call=call, now=now)

    def _write_call(self, rung, users, now):
        return self.env["psa.oncall.call"].create(
            {
                "page_id": self.id,
                "rung": rung.index,
                "round": rung.round,
                "step_id": False if rung.step is None else self.ladder[rung.step][0],
                "user_ids": users.ids,
                "is_skipped": not users,
                "told_at": now,
            }
        )

    # Acknowledging

    def action_acknowledge(self):
        """The button: I take this up."""
        self.check_access("read")
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only our own people acknowledge a page."))
        self._acknowledge(self.env.user, fields.Datetime.now())
        return True

    def _acknowledge(self, user, now):
        """End these ladders: somebody took the ticket up, by the button, the link, or any touch."""
        # sudo: whoever may touch the ticket ends its ladder
        running = self.sudo().filtered(lambda page: page.state == "calling" or not page.acknowledged_at)
        running = running.filtered(lambda page: page.state in ("calling", "silent"))
        running.write(
            {
                "state": "acknowledged",
                "acknowledged_at": now,
                "acknowledged_by_id": user.id,
                "next_at": False,
            }
        )
        running.call_ids.notice_ids._acknowledge(now)
        for page in running:
            page.ticket_id._psa_note(self.env._("%(person)s acknowledged the page.", person=user.name))

    def _get_link(self, user):
        """Return the path of the page on which this user acknowledges; it is good for this user alone."""
        return f"/psa/page/{self.id}/{self._get_token(user)}"

    def _get_token(self, user):
        return hmac(self.env(su=True), "psa-oncall-page", (self.id, user.id))

    def _is_token_of(self, token, user):
        return consteq(token or "", self._get_token(user))
