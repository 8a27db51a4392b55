import math
from datetime import time

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..logic.recurrence import Series, first_after, occurrence, occurrences
from ..time_zones import usable_zone

SERIES_FIELDS = {"date_start", "date_end", "interval", "unit", "at_hour", "tz"}
PREVIEWED = 4


class PsaTicketPlan(models.Model):
    """Tickets that come again and again: a template, for a customer or for each of some assets, on a schedule."""

    _name = "psa.ticket.plan"
    _description = "Maintenance plan"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(string="Plan", required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    template_id = fields.Many2one(
        "psa.ticket.template", required=True, check_company=True, ondelete="restrict"
    )
    partner_id = fields.Many2one("res.partner", string="Customer")
    asset_ids = fields.Many2many(
        "psa.asset",
        string="Assets",
        check_company=True,
        domain="partner_id and [('partner_id', '=', partner_id)] or []",
        help="Each of them gets a ticket of its own every time. None: one ticket for the customer.",
    )
    date_start = fields.Date(string="First day", required=True, default=fields.Date.context_today)
    date_end = fields.Date(string="Last day", help="Empty: no end.")
    interval = fields.Integer(string="Every", required=True, default=1)
    unit = fields.Selection(
        [("day", "Days"), ("week", "Weeks"), ("month", "Months"), ("year", "Years")],
        required=True,
        default="month",
        help="Counted from the first day: the 31st falls on the last day of a shorter month, and on the 31st again after it.",
    )
    at_hour = fields.Float(string="Time of day", required=True, default=8.0)
    tz = fields.Selection(
        lambda self: [(name, name) for name in pytz.common_timezones],
        string="Time zone",
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
    )
    catch_up = fields.Selection(
        [("all", "Make all of them"), ("latest", "Make the latest one")],
        string="After an outage",
        required=True,
        default="all",
        help="What happens to tickets that fell due while nothing ran.",
    )
    next_number = fields.Integer(
        readonly=True, copy=False, default=0, help="Occurrences counted from the first day."
    )
    next_at = fields.Datetime(
        string="Next",
        compute="_compute_next_at",
        store=True,
        help="Empty: the plan has ended.",
    )
    preview = fields.Char(string="Next days", compute="_compute_preview")
    problem = fields.Char(readonly=True, copy=False, help="Why the last run made nothing; it is tried again.")
    run_ids = fields.One2many("psa.ticket.plan.run", "plan_id", string="Tickets made", readonly=True)

    _due_idx = models.Index("(next_at) WHERE active IS TRUE AND next_at IS NOT NULL")
    _interval_positive = models.Constraint(
        "CHECK (interval BETWEEN 1 AND 1000)", "A plan recurs every 1 to 1000 days, weeks, months or years."
    )
    _hour_of_a_day = models.Constraint(
        "CHECK (at_hour >= 0 AND at_hour < 24)", "The time of day lies between 0:00 and 23:59."
    )

    @api.depends("next_number", "active", *SERIES_FIELDS)
    def _compute_next_at(self):
        for plan in self:
            found = plan._find(plan.next_number)
            plan.next_at = found.at if found else False

    @api.depends("next_number", *SERIES_FIELDS)
    @api.depends_context("lang")
    def _compute_preview(self):
        for plan in self:
            found = []
            if plan.next_at and plan.date_start:
                for one in occurrences(plan._get_series(), plan.next_number):
                    found.append(format_date(self.env, one.day))
                    if len(found) == PREVIEWED:
                        break
            plan.preview = " · ".join(found)

    @api.constrains("tz")
    def _check_tz(self):
        # A selection that is computed takes any text from a program: the host checks only fixed ones.
        for plan in self:
            if plan.tz not in pytz.all_timezones_set:
                raise ValidationError(
                    self.env._(
                        "This time zone is not known. Choose one from the list, such as Europe/Berlin."
                    )
                )

    @api.constrains("partner_id", "asset_ids")
    def _check_asset_ids(self):
        for plan in self.filtered("partner_id"):
            if strange := plan.asset_ids.filtered(
                lambda asset, plan=plan: asset.partner_id != plan.partner_id.commercial_partner_id
            ):
                raise ValidationError(
                    self.env._(
                        "Asset %(asset)s does not belong to %(customer)s. Choose one of this customer's assets.",
                        asset=strange[0].display_name,
                        customer=plan.partner_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # Where a plan stands is counted, not said.
        fixed = {"next_number": 0, "problem": False}
        plans = super().create([vals | fixed for vals in vals_list])
        plans._look_ahead(fields.Datetime.now())
        return plans

    def write(self, vals):
        if not self.env.su:
            vals = {
                name: value
                for name, value in vals.items()
                if name not in ("next_number", "next_at", "problem")
            }
        before = {plan: plan._get_series() for plan in self} if SERIES_FIELDS & vals.keys() else {}
        result = super().write(vals)
        changed = self.filtered(lambda plan: plan in before and plan._get_series() != before[plan])
        changed._look_ahead(fields.Datetime.now())
        if vals.get("active"):
            # What fell due while the plan was archived was not wanted.
            self._look_ahead(fields.Datetime.now())
        return result

    def _get_series(self):
        """Return the schedule as plain values."""
        minutes = min(math.floor(self.at_hour * 60 + 0.5), 24 * 60 - 1)
        return Series(
            first=self.date_start,
            unit=self.unit,
            every=max(self.interval, 1),
            at=time(minutes // 60, minutes % 60),
            zone=usable_zone(self.tz),
            last=self.date_end or None,
        )

    def _find(self, number):
        """Return the occurrence of that number, None after the last one."""
        return occurrence(self._get_series(), number) if self.date_start and number >= 0 else None

    def _look_ahead(self, now):
        """Go on with the first occurrence that lies ahead: a new or changed schedule makes no tickets of the past."""
        # sudo: where a plan stands is the system's to write
        for plan in self.sudo():
            number = first_after(plan._get_series(), now)
            plan.next_number = -1 if number is None else number
