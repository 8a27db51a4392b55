from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.psa_helpdesk.logic.zones import first_known

from ..logic import duration, span
from ..logic.plausible import LONGEST_MINUTES, Slip, find_slip

# Whoever writes one of these says how long was worked, or when.
TIME_FIELDS = {"psa_start_at", "psa_end_at", "psa_minutes", "unit_amount", "date"}


class AccountAnalyticLine(models.Model):
    """How long and when: exact minutes (Rule D9.1), the host's hours derived from them, the worked date (D9.12)."""

    _inherit = "account.analytic.line"

    psa_start_at = fields.Datetime(string="Start", copy=False)
    psa_end_at = fields.Datetime(string="End", copy=False)
    psa_minutes = fields.Integer(
        string="Worked",
        help="Whole minutes. Start and end are cut to the minute; typed hours become minutes, half up.",
    )

    _psa_times_in_order = models.Constraint(
        "CHECK(psa_end_at IS NULL OR psa_start_at <= psa_end_at)",
        "A time entry may not end before it starts.",
    )

    @api.constrains("unit_amount", "psa_ticket_id", "psa_contract_id")
    def _check_psa_minutes(self):
        # sudo: only whether the suite bills it.
        for line in self.sudo():
            if line.unit_amount < 0 and (line.psa_ticket_id or line.psa_contract_id):
                raise ValidationError(
                    self.env._(
                        "Time on a ticket or a contract cannot be negative. "
                        "Change or delete the entry that is too long."
                    )
                )

    @api.onchange("psa_start_at", "psa_end_at")
    def _onchange_psa_times(self):
        if self.psa_start_at and self.psa_end_at and self.psa_start_at <= self.psa_end_at:
            self.update(
                self._psa_prepare_time({"psa_start_at": self.psa_start_at, "psa_end_at": self.psa_end_at})
            )

    @api.onchange("psa_minutes")
    def _onchange_psa_minutes(self):
        self.unit_amount = duration.hours_from_minutes(self.psa_minutes)
        if self.psa_start_at and self.psa_minutes >= 0:
            self.psa_end_at = fields.Datetime.add(self.psa_start_at, minutes=self.psa_minutes)

    @api.model
    def _psa_fill_time(self, vals_list):
        """Complete the time fields of lines to be created; lines that are no time are left as they are."""
        default_date = fields.Date.context_today(self)
        for vals in vals_list:
            if vals.get("project_id") or vals.get("task_id"):
                given = {name: vals[name] for name in TIME_FIELDS & vals.keys()}
                zone = self._psa_get_zone(vals)
                vals.update(self._psa_prepare_span({"date": default_date} | given, span.Span(), zone))

    def _psa_write_time(self, vals):
        """Split `self` by what `vals` mean for each line: the same start is another day in another zone.

        :return: list of (lines, values)
        """
        given = {name: vals[name] for name in TIME_FIELDS & vals.keys()}
        if not given:
            return [(self, vals)]
        meant = {}
        for line in self:
            values = line._psa_prepare_time(given) if line.project_id else {}
            meant.setdefault(tuple(values.items()), self.browse())
            meant[tuple(values.items())] |= line
        return [(lines, vals | dict(values)) for values, lines in meant.items()]

    def _psa_prepare_time(self, given):
        """All time fields of this line after somebody said `given`."""
        self.ensure_one()
        before = span.Span(
            self.psa_start_at or None, self.psa_end_at or None, self.psa_minutes, self.date or None
        )
        return self._psa_prepare_span(given, before, self._psa_get_own_zone())

    def _psa_get_own_zone(self):
        # sudo: as in _psa_get_zone.
        line = self.sudo()
        names = ("psa_ticket_id", "psa_contract_id", "project_id", "company_id")
        return self._psa_get_zone({name: line[name].id for name in names})

    def _psa_settle_day(self):
        """Tell the day of timed work in the zone of the contract that takes it (Rule D9.12); approval fixes the day."""
        # sudo: the day follows from the facts, whoever may write the entry.
        for line in self.sudo():
            if line.psa_start_at and line.project_id and line.psa_state != "approved":
                times = {"psa_start_at": line.psa_start_at, "psa_end_at": line.psa_end_at}
                if line._psa_prepare_time(times)["date"] != line.date:
                    line.write(times)

    @api.model
    def _psa_prepare_span(self, given, before, zone):
        """Values for `given` time fields on top of the span `before`, told in `zone`.

        :raises ValidationError: for an end before the start, and for what nobody can have worked
        """
        times = bool({"psa_start_at", "psa_end_at"} & given.keys())
        change = span.Change(
            times=times,
            start=fields.Datetime.to_datetime(given.get("psa_start_at", before.start)) or None,
            end=fields.Datetime.to_datetime(given.get("psa_end_at", before.end)) or None,
            minutes=self._psa_read_minutes(given),
            day=fields.Date.to_date(given.get("date")) or None,
        )
        self._psa_check_slips(change)
        try:
            after = span.settle(before, change, zone)
        except ValueError:
            raise ValidationError(
                self.env._("A time entry cannot end before it starts. Change its start or its end.")
            ) from None
        self._psa_check_slip(find_slip(after.minutes, after.day, fields.Date.today()))
        return {
            "psa_start_at": after.start or False,
            "psa_end_at": after.end or False,
            "psa_minutes": after.minutes,
            "unit_amount": duration.hours_from_minutes(after.minutes),
            "date": after.day or False,
        }

    @api.model
    def _psa_check_slips(self, change):
        """Refuse what nobody can have worked before anything is counted with it.

        :raises ValidationError: naming the limit
        """
        today = fields.Date.today()
        days = [moment.date() for moment in (change.start, change.end) if moment]
        for day in [*days, change.day]:
            self._psa_check_slip(find_slip(change.minutes or 0, day, today))

    @api.model
    def _psa_check_slip(self, slip):
        if slip is Slip.TOO_LONG:
            raise ValidationError(
                self.env._(
                    "A time entry holds at most %(hours)s hours, a month. Check the duration, or make several "
                    "entries.",
                    hours=LONGEST_MINUTES // duration.MINUTES_AN_HOUR,
                )
            )
        if slip:
            raise ValidationError(
                self.env._("Nobody can have worked on that day. Check the year of the time entry.")
            )

    @api.constrains("psa_bill_minutes", "psa_bill_minutes_set")
    def _check_psa_bill_minutes(self):
        for line in self.filtered("psa_bill_minutes_set"):  # rounding may go over it
            self._psa_check_slip(find_slip(line.psa_bill_minutes, None, fields.Date.today()))

    @api.model
    def _psa_read_minutes(self, given):
        """The minutes somebody gave, as such or as the host's hours; None where nobody did.

        The host allows negative time on projects, as a correction; ours is refused by a constraint.

        :raises ValidationError: for a number so large that it cannot be counted with
        """
        if given.get("psa_minutes") is not None and "psa_minutes" in given:
            return int(given["psa_minutes"])
        if "unit_amount" not in given:
            return None
        hours = given["unit_amount"] or 0
        is_countable = (
            abs(hours) * duration.MINUTES_AN_HOUR <= LONGEST_MINUTES
        )  # false for "not a number", too
        if not is_countable:
            self._psa_check_slip(Slip.TOO_LONG)
        minutes = duration.minutes_from_hours(abs(hours))
        return -minutes if hours < 0 else minutes

    @api.model
    def _psa_get_zone(self, vals):
        """The zone that tells the worked date: of the contract's calendar, else the customer, else the company."""
        # sudo: the zone of the work is the same for everybody, whoever may read the contract.
        env = self.sudo().env
        ticket = env["helpdesk.ticket"].browse(vals.get("psa_ticket_id"))
        contract = env["psa.contract"].browse(vals.get("psa_contract_id")) or ticket.psa_contract_id
        partner = ticket.partner_id or env["project.project"].browse(vals.get("project_id")).partner_id
        company = env["res.company"].browse(vals.get("company_id")) or ticket.company_id or self.env.company
        return first_known(
            contract.calendar_id.tz, partner.commercial_partner_id.tz, company.resource_calendar_id.tz
        )
