from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._psa_note_edit(leaves._psa_get_calendars())
        return leaves

    def write(self, vals):
        calendars = self._psa_get_calendars()
        result = super().write(vals)
        self._psa_note_edit(calendars | self._psa_get_calendars())
        return result

    def unlink(self):
        calendars = self._psa_get_calendars()
        result = super().unlink()
        self._psa_note_edit(calendars)
        return result

    def _psa_get_calendars(self):
        """Return the calendars whose hours these leaves take away; leaves of one person take none from tickets."""
        public = self.filtered(lambda leave: not leave.resource_id)
        company_wide = public.filtered(lambda leave: not leave.calendar_id)
        calendars = public.calendar_id
        if company_wide:
            # sudo: whoever enters a public holiday need not see every calendar of the company
            calendars |= (
                calendars.sudo().search([("company_id", "in", company_wide.company_id.ids)]).sudo(False)
            )
        return calendars

    def _psa_note_edit(self, calendars):
        if calendars:
            self.env["psa.sla.calendar.version"]._note_edit(calendars)
