from datetime import datetime, time
from zoneinfo import ZoneInfo

from babel.dates import format_time, get_day_names

from odoo import models
from odoo.tools.misc import babel_locale_parse

from odoo.addons.psa_helpdesk.time_zones import usable_zone

from ..logic.desk_hours import DAY, Spell, read_week


class ResCompany(models.Model):
    _inherit = "res.company"

    def _psa_get_portal_hours(self, user):
        """The hours of the desk in sentences: the working hours of the company, empty where they change by week.

        :param user: the reader, whose language and zone count
        """
        self.ensure_one()
        calendar = self.resource_calendar_id
        if not calendar or calendar.two_weeks_calendar or calendar.flexible_hours:
            return []
        spells = (
            Spell(int(slot.dayofweek), round(slot.hour_from * 60), round(slot.hour_to * 60))
            for slot in calendar.attendance_ids
            if slot.day_period != "lunch" and not slot.display_type
        )
        lines = [self._psa_say_hours(line) for line in read_week(spells)]
        zone = usable_zone(calendar.tz)
        if lines and not _is_same_clock(ZoneInfo(zone), user._psa_get_portal_zone()):
            lines[-1] = self.env._("%(hours)s (time zone %(zone)s)", hours=lines[-1], zone=zone)
        return lines

    def _psa_say_hours(self, line):
        """Return "Mon to Fri, 8:00 AM to 6:00 PM" in the reader's language."""
        if line.is_around_the_clock:
            return self.env._("every day, around the clock")
        locale = babel_locale_parse(self.env.lang)
        names = get_day_names("abbreviated", locale=locale)
        days = names[line.first]
        if line.first != line.last:
            days = self.env._("%(first)s to %(last)s", first=days, last=names[line.last])
        hours = ", ".join(
            self.env._("%(start)s to %(end)s", start=_say(start, locale), end=_say(end, locale))
            for start, end in line.hours
        )
        return self.env._("%(days)s, %(hours)s", days=days, hours=hours)


def _say(minutes, locale):
    return format_time(time(minutes % DAY // 60, minutes % 60), format="short", locale=locale)


def _is_same_clock(one, other):
    now = datetime.now().astimezone()
    return now.astimezone(one).utcoffset() == now.astimezone(other).utcoffset()
