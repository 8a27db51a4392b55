from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.psa_crm.logic.outside import read_id
from odoo.addons.psa_crm.outside import read

from ..logic.duration import clock
from ..logic.plausible import LONGEST_MINUTES


class PsaTimer(models.Model):
    """A clock somebody started on a ticket. It lives on the server, so it survives logout and a dead battery."""

    _name = "psa.timer"
    _description = "Timer"
    _order = "started_at desc, id desc"

    user_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
        ondelete="cascade",
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True)
    started_at = fields.Datetime(string="Started", required=True, readonly=True, default=fields.Datetime.now)
    stopped_at = fields.Datetime(string="Stopped", readonly=True)
    line_id = fields.Many2one(
        "account.analytic.line",
        string="Time entry",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    _one_running = models.UniqueIndex(
        "(user_id) WHERE stopped_at IS NULL", "A timer of yours is running already."
    )
    _times_in_order = models.Constraint(
        "CHECK(stopped_at IS NULL OR started_at <= stopped_at)", "A timer may not stop before it started."
    )

    # ------------------------------------------------------------------
    # What browsers and apps call
    # ------------------------------------------------------------------

    @api.model
    def action_start(self, ticket_id):
        """Start a timer of the present user on a ticket; one that runs on another ticket is stopped first.

        :return: what `get_running` returns, with `stopped` = what became of the other one, or False
        """
        ticket = self.env["helpdesk.ticket"].browse(read(self.env, read_id, ticket_id))
        ticket.check_access("read")
        self._check_may_log(ticket)
        running = self._get_running()
        if running.ticket_id == ticket:
            return running._describe() | {"stopped": False}
        number = running.ticket_id.number
        running._stop()
        # sudo: timers are written by these buttons alone; the ticket was checked above.
        timer = self.sudo().create({"ticket_id": ticket.id, "user_id": self.env.uid})
        ticket._psa_touch_by_time()
        timer._tell_devices()
        return timer._describe() | {"stopped": number or False}

    @api.model
    def action_stop(self):
        """Stop my running timer.

        :return: an action that opens the time entry, so that what was done can be written down; False without a timer
        """
        line = self._get_running()._stop()
        if not line:
            return False
        if not line.has_access("read"):
            return self._tell_logged(line)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What did you do?"),
            "res_model": "account.analytic.line",
            "res_id": line.id,
            "view_mode": "form",
            "views": [
                (self.env.ref("psa_timesheet_billing.account_analytic_line_view_form_dialog").id, "form")
            ],
            "target": "new",
        }

    @api.model
    def _tell_logged(self, line):
        """An entry that cannot be opened here, because its company is switched off, is told instead."""
        # sudo: own time, just logged.
        logged = line.sudo()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "%(time)s logged on %(number)s in %(company)s.",
                    time=clock(logged.psa_minutes),
                    number=logged.psa_ticket_id.number,
                    company=logged.company_id.name,
                ),
            },
        }

    @api.model
    def action_discard(self):
        """Throw my running timer away; no time is logged."""
        timer = self._get_running()
        timer.unlink()
        self._tell_devices()
        return bool(timer)

    @api.model
    def get_running(self):
        """My running timer for the systray: {id, ticket_id, number, name, customer, started_at, cover} or False."""
        running = self._get_running()
        return running._describe() if running else False

    # ------------------------------------------------------------------

    @api.model
    def _check_may_log(self, ticket):
        """Refuse to start what could not become an entry when it stops."""
        self.check_access("read")
        self.env["account.analytic.line"].check_access("create")
        company = ticket.sudo().company_id  # sudo: compared, and named to whoever may read the ticket
        if not self._is_employee(company):
            raise UserError(
                self.env._(
                    "No timer was started because you are no employee of %(company)s. "
                    "Ask for an employee that is linked to your user.",
                    company=company.name,
                )
            )

    @api.model
    def _is_employee(self, companies):
        """Say whether the present user is an employee of one of these companies: only then is there an entry."""
        # sudo: whether there is one; nothing of it is shown
        employees = self.env["hr.employee"].sudo()
        domain = [("user_id", "=", self.env.uid), ("company_id", "in", companies.ids)]
        return bool(employees.search_count(domain, limit=1))

    @api.model
    def _get_running(self):
        """The running timer of the present user, as superuser.

        Its ticket may have left that user's sight since it was started, or its company be switched off: the time was
        worked nevertheless.
        """
        self.check_access("read")
        # sudo: own timers only.
        return self.sudo().search([("user_id", "=", self.env.uid), ("stopped_at", "=", False)], limit=1)

    def _stop(self, at=None):
        """Stop these timers and make a draft entry of exact minutes of each.

        :param at: when, where a phone without a line says so later
        :return: the entries, with the rights of the present user
        """
        now = at or fields.Datetime.now()
        # sudo: access to the ticket was checked when the timer was started.
        lines = self.env["account.analytic.line"].sudo().with_context(is_timesheet=True)
        for timer in self.sudo():
            company = timer.company_id
            maker = lines.with_context(allowed_company_ids=[company.id]).with_company(company)
            line = maker.create(
                timer._prepare_line(now) | {"psa_is_device_time": timer.is_device_time or bool(at)}
            )
            timer.write({"stopped_at": now, "line_id": line.id})
            lines |= line
        if self:
            # The database must know before the next timer is inserted: one runs at a time.
            self.flush_recordset()
            self._tell_devices()
        return self.env["account.analytic.line"].sudo(False).browse(lines.ids)

    def _prepare_line(self, now):
        """Hook: values of the entry that a stopped timer becomes."""
        self.ensure_one()
        return {
            "psa_ticket_id": self.ticket_id.id,
            "psa_start_at": self.started_at,
            # One that was forgotten for more than a month becomes the longest entry there is, to be corrected.
            "psa_end_at": min(
                max(now, self.started_at), self.started_at + timedelta(minutes=LONGEST_MINUTES)
            ),
            "user_id": self.user_id.id,
            "name": self.ticket_id.name,
        }

    def _describe(self):
        """What the systray shows; number and name also of a ticket that has left the user's sight since."""
        self.ensure_one()
        # sudo: own timer; the cover is told only to those who may read the ticket and its cover.
        ticket = self.sudo().ticket_id
        own = ticket.sudo(False)
        shows_cover = own.has_access("read") and own._has_field_access(own._fields["psa_cover_text"], "read")
        return {
            "id": self.id,
            "ticket_id": ticket.id,
            "number": ticket.number,
            "name": ticket.name,
            "customer": ticket.commercial_partner_id.name or "",
            "started_at": fields.Datetime.to_string(self.started_at),
            "cover": (own.psa_cover_text or "") if shows_cover else "",
        }

    def _tell_devices(self):
        """Make all browsers of this user read their timer again."""
        self.env.user._bus_send("psa_timer/changed", {})
