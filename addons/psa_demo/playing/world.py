"""Names, days and hours of the demo world."""

import csv
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from odoo.tools import file_open

from odoo.addons.psa_helpdesk.own_word import OWN_WORD

ZONE = ZoneInfo("America/New_York")
# How far back the work reaches that is not billed yet, in working days.
LATELY = 10


class World:
    """The demo company at one moment, `now` in naive UTC; its day is the one on the wall in Portland."""

    def __init__(self, env, now):
        quiet = {"mail_create_nosubscribe": True, "tracking_disable": False, "psa_silent": OWN_WORD}
        self.env = env(context={**env.context, **quiet})
        self.now = now.replace(second=0, microsecond=0)
        self.today = self.now.replace(tzinfo=timezone.utc).astimezone(ZONE).date()
        self.month = self.today.replace(day=1)
        self.last_month = self.month - relativedelta(months=1)

    def ref(self, xml_id):
        """A record by its id, of this addon unless it says another."""
        return self.env.ref(xml_id if "." in xml_id else f"psa_demo.{xml_id}")

    def user(self, login):
        """A colleague."""
        return self.ref(f"user_{login}")

    def rows(self, name):
        """The rows of a table of the past, each a dictionary of texts."""
        with file_open(f"psa_demo/past/{name}.csv") as handle:
            return list(csv.DictReader(handle))

    def at(self, day, clock):
        """Naive UTC of a wall clock such as "09:30" in Portland."""
        local = datetime.combine(day, time.fromisoformat(clock), tzinfo=ZONE)
        return local.astimezone(timezone.utc).replace(tzinfo=None)

    def minutes_ago(self, minutes):
        """A moment before now."""
        return self.now - timedelta(minutes=int(minutes))

    def ago(self, number):
        """The number-th working day before today."""
        day = self.today
        while number:
            day -= timedelta(days=1)
            number -= day.weekday() < 5
        return day

    def workday(self, first, number):
        """The number-th working day after the first working day from `first` on."""
        day = first
        while day.weekday() >= 5 or number:
            number -= day.weekday() < 5
            day += timedelta(days=1)
        return day

    def get_company(self, partner):
        """Which of our companies looks after a customer."""
        europe = self.ref("partner_mueller")
        in_europe = partner.commercial_partner_id == europe
        return self.ref("company_europe" if in_europe else "base.main_company")
