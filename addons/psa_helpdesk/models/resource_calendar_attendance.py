from odoo import api, models


class ResourceCalendarAttendance(models.Model):
    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        self.env["psa.sla.calendar.version"]._note_edit(rows.calendar_id)
        return rows

    def write(self, vals):
        calendars = self.calendar_id
        result = super().write(vals)
        self.env["psa.sla.calendar.version"]._note_edit(calendars | self.calendar_id)
        return result

    def unlink(self):
        calendars = self.calendar_id
        result = super().unlink()
        self.env["psa.sla.calendar.version"]._note_edit(calendars)
        return result
