"""The words of the worked examples: Berlin wall times, office hours, policies P1 to P3 (rule D10)."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo.addons.psa_helpdesk.logic.clock_track import Target
from odoo.addons.psa_helpdesk.logic.sla_clock import Event, in_save_order, read_clocks
from odoo.addons.psa_helpdesk.logic.working_time import AlwaysOpen, Schedule, Span, WeekRow, working_time

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
HOUR = 3600
# The week of Monday 2 March 2026, and the days around it that the examples name.
DAYS = {"Fri-": "2026-02-27", "Mon": "2026-03-02", "Tue": "2026-03-03", "Wed": "2026-03-04", "Thu": "2026-03-05",
        "Mon+": "2026-03-09"}  # fmt: skip
P1 = {"response": 20, "plan": 60, "resolution": 240}
P2 = {"response": 60, "plan": 240, "resolution": 480}
P3 = {"response": 240, "plan": 480, "resolution": 960}


def at(text, zone=BERLIN):
    """The instant of a wall time: "Mon 09:00", "Mon 09:00:30" or "2026-03-29 06:16"."""
    day, clock = text.split()
    local = datetime.fromisoformat(f"{DAYS.get(day, day)}T{clock}")
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(timezone.utc).replace(tzinfo=None)


def rows(text):
    """Weekly rows: "0-4 09:00-17:00, 5 22:00-24:00"."""
    made = []
    for part in text.split(", "):
        days, hours = part.split()
        first, _, last = days.partition("-")
        opens, closes = ((int(h) * 60 + int(m)) * 60 for h, m in (x.split(":") for x in hours.split("-")))
        made += [WeekRow(day, opens, closes) for day in range(int(first), int(last or first) + 1)]
    return tuple(made)


def calendar(text, *leaves, zone=BERLIN):
    """A laid out calendar; leaves as pairs of wall times."""
    spans = tuple(Span(at(start, zone), at(end, zone)) for start, end in leaves)
    return working_time(Schedule(zone, rows(text), spans))


OFFICE = calendar("0-4 09:00-17:00")
NIGHTS = calendar("0-6 22:00-24:00, 0-6 00:00-06:00")
ALWAYS = AlwaysOpen()


def targets(policy, hours=OFFICE, **options):
    """The targets of a policy such as P1, in minutes."""
    return tuple(Target(kind, minutes * 60, hours, **options) for kind, minutes in policy.items())


def story(*lines):
    """A ledger: ("Mon 09:00", "started", P1) or ("Mon 10:00", "paused"), one save where instants are equal."""
    saves = {}
    for when, what, *rest in lines:
        moment = at(when) if isinstance(when, str) else when
        promise = rest[0] if rest else ()
        kept = targets(promise) if isinstance(promise, dict) else promise
        options = rest[1] if len(rest) > 1 else {}
        saves.setdefault(moment, []).append(Event(moment, what, kept, **options))
    return [event for moment in saves for event in in_save_order(saves[moment])]


def read(events, now, kind="resolution", cycle=None):
    """The reading of one clock, of the last cycle unless another is named."""
    found = [
        reading
        for reading in read_clocks(events, at(now) if isinstance(now, str) else now)
        if reading.kind == kind
    ]
    return [reading for reading in found if cycle in (None, reading.cycle)][-1]


def later(moment, seconds):
    return moment + timedelta(seconds=seconds)
