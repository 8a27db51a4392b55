from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import Command, api, models
from odoo.exceptions import UserError

from odoo.addons.psa_crm.logic.outside import read_moment
from odoo.addons.psa_crm.outside import read

from ..logic import call_stages
from ..own_word import OWN_WORD
from ..time_zones import usable_zone

# Office hours stand for an entry that somebody made last all day.
ALL_DAY = (time(8), time(18))
# A year, and the weeks that a view shows before and after it.
MOST_SHADED = timedelta(days=400)


class PsaServiceCall(models.Model):
    """The call in the calendar of its technicians: one entry each, which both sides may move.

    What is compared is the state of both, never who wrote last, so that no move can go round in circles.
    """

    _inherit = "psa.service.call"

    @api.model
    def get_unusual_days(self, date_from, date_to=None):
        """Return {day: whether the company does not work}: what the calendar view shades."""
        start, stop = (read(self.env, read_moment, day) for day in (date_from, date_to or date_from))
        if stop - start > MOST_SHADED:
            raise UserError(self.env._("Days can be shown for a year at once."))
        # sudo: on which days the company works is no secret
        calendar = self.env.company.sudo().resource_calendar_id
        return calendar._get_unusual_days(*(day.replace(tzinfo=timezone.utc) for day in (start, stop)))

    def _psa_get_event_env(self):
        """Return the calendar as the call writes into it: nobody is mailed twice, and the call does not hear itself."""
        # sudo: an entry in the calendar of technicians, by whoever may plan the call
        return (
            self.env["calendar.event"]
            .sudo()
            .with_context(
                psa_call_speaks=OWN_WORD,
                no_mail_to_attendees=True,
                skip_attendee_notification=True,
                skip_contact_description=True,
                archive_on_error=True,
            )
        )

    def _psa_push_events(self):
        """Make the entries of the calendar what the calls say; the technician is their organizer."""
        if self._psa_is_from_calendar():
            return
        events = self._psa_get_event_env()
        for call in self.sudo():
            values = call._prepare_event()
            event = events.browse(call.calendar_event_id.id)
            if event and event.user_id == call.technician_id:
                event.write(values)
                continue
            # Another organizer means another calendar: services outside do not let an entry change hands.
            event.unlink()
            call.calendar_event_id = events.create(values | {"user_id": call.technician_id.id})

    def _psa_drop_event(self):
        self._psa_get_event_env().browse(self.calendar_event_id.ids).unlink()

    def _prepare_event(self):
        """Return the values of the entry. A hook: what puts more into the calendar adds it here."""
        people = self.technician_ids.partner_id
        if self.is_contact_invited:
            people |= self.contact_id
        return {
            "name": self.display_name,
            "start": self.start_at,
            "stop": self.stop_at,
            "allday": False,
            "location": self._psa_say_address(),
            "description": self._psa_word_body(),
            "partner_ids": [Command.set(people.ids)],
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
        }

    def _psa_follow_event(self):
        """Give these calls the time of their entries: somebody moved them in the calendar."""
        for call in self.sudo():  # the right to move the call was checked on the entry
            start, stop = call._psa_read_event(call.calendar_event_id)
            if (start, stop) != (call.start_at, call.stop_at) and call.state in call_stages.OPEN:
                # sudo is kept for the values alone: who acts is still the one at the calendar
                call.with_context(psa_from_calendar=OWN_WORD).write({"start_at": start, "stop_at": stop})
                call._psa_log(self.env._("Moved in the calendar."))

    def _psa_read_event(self, event):
        """Return the beginning and end that an entry means; one that lasts all day means office hours."""
        if not event.allday:
            return event.start, max(event.stop, event.start + timedelta(minutes=1))
        zone = ZoneInfo(usable_zone(self.technician_id.tz, self.company_id.partner_id.tz))
        days = (event.start_date or event.start.date(), event.stop_date or event.stop.date())
        return tuple(
            datetime.combine(day, moment, zone).astimezone(timezone.utc).replace(tzinfo=None)
            for day, moment in zip(days, ALL_DAY, strict=True)
        )

    def _psa_cancel_from_calendar(self):
        """Cancel the calls whose entries were deleted."""
        still_open = self.filtered(lambda call: call.state in call_stages.OPEN)
        if still_open:
            still_open._psa_cancel(self.env._("Deleted in the calendar."), is_deleted_in_calendar=True)
