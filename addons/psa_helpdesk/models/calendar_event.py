from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..own_word import is_said

TIMES = frozenset({"start", "stop", "duration", "allday", "start_date", "stop_date", "active", "recurrency"})


class CalendarEvent(models.Model):
    """The entry of a service call: moved here, the call moves; deleted here, the call is cancelled.

    Also what comes in from a calendar outside passes here, with the rights of the system.
    """

    _inherit = "calendar.event"

    psa_service_call_ids = fields.One2many(
        "psa.service.call", "calendar_event_id", string="Service call", groups="base.group_user", copy=False
    )

    def write(self, vals):
        if not TIMES & vals.keys() or is_said(self.env, "psa_call_speaks"):
            return super().write(vals)
        calls = self._psa_get_service_calls()
        self._psa_check_calendar_right(calls)
        if calls and vals.get("recurrency"):
            raise UserError(self.env._("A service call does not repeat. Book one for each time."))
        result = super().write(vals)
        gone = calls.filtered(lambda call: not call.calendar_event_id.active)
        gone._psa_cancel_from_calendar()
        (calls - gone)._psa_follow_event()
        return result

    def unlink(self):
        if is_said(self.env, "psa_call_speaks"):
            return super().unlink()
        calls = self._psa_get_service_calls()
        self._psa_check_calendar_right(calls)
        result = super().unlink()
        calls._psa_cancel_from_calendar()
        return result

    def _psa_get_service_calls(self):
        """Return the calls of these entries, as the system sees them."""
        # sudo: everybody may write into the calendar; whether into this entry is checked on the calls
        return self.env["psa.service.call"].sudo().search([("calendar_event_id", "in", self.ids)])

    def _psa_check_calendar_right(self, calls):
        """Refuse to whoever may not plan these calls to move or delete their entries.

        What syncs with a calendar outside acts with the rights of the system, for the one whose calendar it is.
        """
        if self.env.su:
            return
        for call in calls:
            if not call.sudo(False)._psa_may_plan():
                raise AccessError(
                    self.env._(
                        "This entry is service call %(call)s. Only its technicians and dispatchers move it.",
                        call=call.number,
                    )
                )
