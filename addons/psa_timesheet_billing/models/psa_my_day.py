from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.psa_helpdesk.logic.working_day import working_minutes

from ..logic.day_balance import Balance, find_missing
from ..logic.plausible import LONGEST_MINUTES

# The last working day is looked for so far back: longer than a long weekend.
DAYS_BACK = 7


class PsaMyDay(models.AbstractModel):
    """Time on the day's screen: what is entered and missing, what the timer runs on, and time in the finish sheet."""

    _inherit = "psa.my.day"

    @api.model
    def get_day(self):
        day = super().get_day()
        if not self._may_log():
            return day
        tickets = [card for cards in day["sections"].values() for card in cards if card["kind"] == "ticket"]
        entered = self._read_entered_today([card["id"] for card in tickets])
        for card in tickets:
            card["entered"] = entered.get(card["id"], 0)
        return day | {"time": self._get_head()}

    @api.model
    def _has_timers(self):
        return self.env["psa.timer"].has_access("read")

    @api.model
    def _may_log(self, companies=None):
        """Say whether the reader can enter time in one of these companies; without any, in one of the own ones."""
        return self._has_timers() and self.env["psa.timer"]._is_employee(
            companies or self.env.user.company_ids
        )

    @api.model
    def _get_timed_ids(self):
        timed = super()._get_timed_ids()
        return (
            timed | frozenset(self.env["psa.timer"]._get_running().ticket_id.ids)
            if self._has_timers()
            else timed
        )

    # The head

    @api.model
    def _get_head(self):
        """Return {entered, expected, missing, running_ticket_id}: minutes of today, and the last working day's gap."""
        now = fields.Datetime.now()
        tickets = self.env["helpdesk.ticket"]
        days = [tickets._psa_get_day(now - timedelta(days=back)) for back in range(DAYS_BACK + 1)]
        hours = self.env["psa.service.call"]._psa_get_days(self.env.user, days[-1].start, days[0].end)
        own = hours[self.env.user]
        entered = self._read_entered_by_date()
        balances = [
            Balance(
                self._get_date(day),
                working_minutes(own.work, own.leaves, day.start, day.end),
                entered.get(self._get_date(day), 0),
            )
            for day in days
        ]
        missing = find_missing(balances, balances[0].day)
        return {
            "entered": balances[0].entered,
            "expected": balances[0].expected,
            "missing": missing
            and {
                "minutes": missing.missing,
                "date": fields.Date.to_string(missing.day),
                "is_yesterday": missing.day == balances[0].day - timedelta(days=1),
                "day": format_date(self.env, missing.day, date_format="EEEE"),
            },
            "running_ticket_id": next(iter(self._get_timed_ids()), False),
        }

    @api.model
    def _get_date(self, day):
        return fields.Datetime.context_timestamp(self, day.start).date()

    @api.model
    def _get_own_domain(self, since):
        return [("user_id", "=", self.env.uid), ("project_id", "!=", False), ("date", ">=", since)]

    @api.model
    def _read_entered_by_date(self):
        """{date: minutes} of own time of the last days."""
        since = fields.Date.context_today(self) - timedelta(days=DAYS_BACK + 1)
        # sudo: own time only, also where its project or company is out of sight
        lines = self.env["account.analytic.line"].sudo()
        rows = lines._read_group(self._get_own_domain(since), ["date:day"], ["psa_minutes:sum"])
        return {fields.Date.to_date(day): minutes for day, minutes in rows}

    @api.model
    def _read_entered_today(self, ticket_ids):
        """{id of a ticket: minutes of own time of today}."""
        today = fields.Date.context_today(self)
        domain = [*self._get_own_domain(today), ("date", "=", today), ("psa_ticket_id", "in", ticket_ids)]
        # sudo: as above
        lines = self.env["account.analytic.line"].sudo()
        return {
            ticket.id: minutes
            for ticket, minutes in lines._read_group(domain, ["psa_ticket_id"], ["psa_minutes:sum"])
        }

    # The finish sheet

    @api.model
    def get_sheet(self, ticket_id, place=""):
        """Return what the sheet offers: the work types of the ticket's company, and the one to begin with.

        Where no time can be entered, `problem` is the sentence that says why; empty for whoever enters none anyway.

        :param str place: where the service call is that is finished; at the customer's the work is on site
        """
        self._check_staff()
        nothing = {"may_log": False, "problem": "", "work_types": [], "work_type_id": False}
        if not self._has_timers():
            return nothing
        ticket = self._find_ticket(ticket_id)
        company = ticket.sudo().company_id  # sudo: compared, and named to whoever may read the ticket
        if not self._may_log(company):
            return nothing | {"problem": self._say_no_employee(company)}
        types = self._get_work_types(ticket)
        return {
            "may_log": True,
            "problem": "",
            "work_types": [{"id": work_type.id, "name": work_type.name} for work_type in types],
            "work_type_id": self._get_first_type(ticket, types.sudo(), place).id,
        }

    @api.model
    def _get_first_type(self, ticket, types, place):
        # Somebody may have archived or deleted what is shipped: then the usual one is as good.
        on_site = self.env.ref("psa_contracts.psa_work_type_on_site", raise_if_not_found=False)
        if place == "on_site" and on_site and on_site.sudo() in types:  # sudo: compared with the offered ones
            return on_site.sudo()
        return self.env["psa.work.type"]._psa_get_usual(ticket.company_id) & types

    @api.model
    def get_cover(self, ticket_id, minutes, work_type_id):
        """Return the sentence that says who would pay, before anything is saved; empty for whoever sees no contracts."""
        self._check_staff()
        ticket = self._find_ticket(ticket_id)
        lines = self.env["account.analytic.line"].with_context(is_timesheet=True)
        may_log = self._may_log(ticket.sudo().company_id)  # sudo: as in get_sheet
        if not may_log or not lines._has_field_access(lines._fields["psa_cover_text"], "read"):
            return ""
        values = self._prepare_time(ticket, self._read_minutes(minutes), work_type_id, "")
        lines._psa_fill_from_ticket([values])
        lines._psa_fill_time([values])
        return lines.new(values | {"user_id": self.env.uid}).psa_cover_text or ""

    @api.model
    def _record_work(self, ticket, call, report, values):
        super()._record_work(ticket, call, report, values)
        if values.get("minutes") is None or not self._has_timers():
            return
        minutes = self._read_minutes(values["minutes"])
        company = ticket.sudo().company_id  # sudo: as in get_sheet
        if not self._may_log(company):
            if minutes:
                # A sheet that was opened before: minutes are not lost in silence.
                raise UserError(self._say_no_employee(company))
            return
        entry = self._prepare_time(ticket, minutes, values.get("work_type_id"), report.summary)
        timer = self.env["psa.timer"]._get_running()
        if timer.ticket_id == ticket:
            self._end_timer(timer, minutes, entry)
        elif minutes:
            self.env["account.analytic.line"].with_context(is_timesheet=True).create(entry)

    @api.model
    def _say_no_employee(self, company):
        return self.env._(
            "Time cannot be entered here because you are no employee of %(company)s. "
            "Ask for an employee that is linked to your user.",
            company=company.name,
        )

    @api.model
    def _end_timer(self, timer, minutes, entry):
        """Stop the timer on the ticket that is finished: what the sheet says is what was worked."""
        if not minutes:
            self.env["psa.timer"].action_discard()
            return
        line = timer._stop()
        said = {name: entry[name] for name in ("name", "psa_work_type_id") if entry.get(name)}
        line.write(said | ({"psa_minutes": minutes} if line.psa_minutes != minutes else {}))

    @api.model
    def _prepare_time(self, ticket, minutes, work_type_id, summary):
        """Values of the time entry of a finish sheet."""
        values = {"psa_ticket_id": ticket.id, "psa_minutes": minutes, "name": summary or ticket.name}
        if work_type_id:
            types = self._get_work_types(ticket)
            if work_type_id not in types.ids:
                raise UserError(self.env._("This work type cannot be used here. Choose another one."))
            values["psa_work_type_id"] = work_type_id
        return values

    @api.model
    def _get_work_types(self, ticket):
        return self.env["psa.work.type"].search([("company_id", "in", [False, ticket.company_id.id])])

    @api.model
    def _read_minutes(self, minutes):
        if isinstance(minutes, bool) or not isinstance(minutes, int) or not 0 <= minutes <= LONGEST_MINUTES:
            raise UserError(self.env._("This is no duration. Type 1:30, 1h30 or 90m."))
        return minutes
