from odoo import models

# What changes the hours that clocks count by.
COUNTED_FIELDS = {"tz", "two_weeks_calendar", "company_id"}


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        result = super().write(vals)
        if COUNTED_FIELDS & vals.keys():
            self.env["psa.sla.calendar.version"]._note_edit(self)
        return result

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
