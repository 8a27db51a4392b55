from odoo import Command, api, models

# What changes the hours that clocks count by.
COUNTED_FIELDS = {"tz", "two_weeks_calendar", "company_id"}
# What a service manager says about a day on which nobody works
HOLIDAY_FIELDS = {"name", "date_from", "date_to"}


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        holidays = [vals.pop("global_leave_ids", None) for vals in vals_list]
        calendars = super().create(vals_list)
        for calendar, commands in zip(calendars, holidays, strict=True):
            if commands:
                calendar.write({"global_leave_ids": commands})
        return calendars

    def write(self, vals):
        if "global_leave_ids" in vals and self._psa_may_keep_holidays(vals["global_leave_ids"]):
            vals = dict(vals)
            # sudo: other modules follow a holiday up in records a service manager may not see, such as timesheets
            # of employees. The commands were found to be about holidays of these calendars only.
            super(ResourceCalendar, self.sudo()).write({"global_leave_ids": vals.pop("global_leave_ids")})
        result = super().write(vals)
        if COUNTED_FIELDS & vals.keys():
            self.env["psa.sla.calendar.version"]._note_edit(self)
        return result

    def _psa_may_keep_holidays(self, commands):
        """Say whether a service manager adds, changes or takes away holidays of this calendar, and does nothing else."""
        if self.env.su or not self.env.user.has_group("psa_helpdesk.psa_helpdesk_group_manager"):
            return False
        self.check_access("write")
        own = set(self.global_leave_ids.ids) if len(self) == 1 else set()
        for kind, leave_id, values in (tuple(command) + (None,) * (3 - len(command)) for command in commands):
            if kind not in (Command.CREATE, Command.UPDATE, Command.DELETE):
                return False
            if kind != Command.CREATE and leave_id not in own:
                return False
            if kind != Command.DELETE and not (values or {}).keys() <= HOLIDAY_FIELDS:
                return False
        return bool(commands)

    def _psa_get_week_rows(self):
        """Return the rows of this calendar as (weekday, opens, closes, parity of the week or None), in seconds.

        Minutes are rounded as the host does it.
        """
        self.ensure_one()
        return [
            (
                int(row.dayofweek),
                int(row.hour_from * 60 + 0.5) * 60,
                int(row.hour_to * 60 + 0.5) * 60,
                int(row.week_type or 0) if self.two_weeks_calendar else None,
            )
            for row in self.attendance_ids
            if row._is_work_period()
        ]
