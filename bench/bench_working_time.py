"""Due dates of 10,000 random cases: our laid out calendars against `resource.calendar.plan_hours`, equal to the second."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bench.harness import ROUNDS, Context, Figure, interleaved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from odoo.api import Environment
    from odoo.models import BaseModel

SLICE = 1_667  # cases a round; with the warm-up round 10,002 in all
CASES = SLICE * (ROUNDS + 1)
START = datetime(2026, 1, 1)
DAYS = 400
HALF_DAYS = [(8, 12), (13, 17)]
# (rows as (weekday, from, to), time zone): office with a lunch break, nights, round the clock, weekends as well
CALENDARS = {
    "Office": ([(day, *hours) for day in range(5) for hours in HALF_DAYS], "Europe/Berlin"),
    "Nights": ([(day, *hours) for day in range(7) for hours in ((0, 6), (22, 24))], "Europe/Berlin"),
    "All hours": ([(day, 0, 24) for day in range(7)], "America/New_York"),
    "Early": (
        [(day, 1, 2.5) for day in range(7)] + [(day, 7.25, 18.75) for day in range(6)],
        "Australia/Sydney",
    ),
}


def run(ctx: Context) -> Figure:
    with ctx.env() as env:
        calendars = make_calendars(env)
        cases = make_cases(calendars)
        host, ours = Host(calendars, cases), Ours(env, calendars, cases)
        seconds = interleaved({"ours": ours.run, "host": host.run})
        ratio, faults = seconds["host"] / seconds["ours"], compare(host.dues, ours)
    return Figure.at_least(
        "working_time",
        ratio,
        100,
        detail=f"{SLICE} dues of 4 calendars: host {seconds['host']:.2f} s, ours with reading and laying out the "
        f"calendars {seconds['ours'] * 1000:.1f} ms; {CASES} cases equal to the second, save {faults} of the host's "
        "known fault (a due exactly on a closing, calendar with 24:00 rows)",
    )


def make_calendars(env: Environment) -> BaseModel:
    """Four calendars, each with 20 leaves of random length, seeded."""
    chance = random.Random(19)
    calendars = env["resource.calendar"].create(
        [
            {
                "name": name,
                "company_id": False,
                "tz": zone,
                "attendance_ids": [
                    (0, 0, {"name": name, "dayofweek": str(day), "hour_from": start, "hour_to": end})
                    for day, start, end in rows
                ],
            }
            for name, (rows, zone) in CALENDARS.items()
        ]
    )
    leaves = []
    for calendar in calendars:
        for week in range(20):
            start = START + timedelta(days=20 * week, minutes=chance.randrange(14 * 1440))
            end = start + timedelta(minutes=chance.choice([45, 480, 1440, 4321]))
            leaves.append({"name": "Leave", "calendar_id": calendar.id, "date_from": start, "date_to": end})
    env["resource.calendar.leaves"].create(leaves)
    env.flush_all()
    return calendars


def make_cases(calendars: BaseModel) -> list[tuple[BaseModel, datetime, int]]:
    """(calendar, start, minutes): starts to the second over more than a year, both changes of the clocks included."""
    chance = random.Random(26)
    return [
        (
            chance.choice(calendars),
            START + timedelta(seconds=chance.randrange(DAYS * 86_400)),
            chance.choice([15, 60, 240, 480, 1440, 2400, chance.randrange(1, 3000)]),
        )
        for _ in range(CASES)
    ]


class Side:
    """One side; each round takes the next slice, so that all cases are computed once by the end."""

    def __init__(self, cases: list[tuple[BaseModel, datetime, int]]) -> None:
        self.cases = cases
        self.dues: list[datetime | bool | None] = []

    def slice(self) -> Iterator[tuple[BaseModel, datetime, int]]:
        begin = len(self.dues)
        return iter(self.cases[begin : begin + SLICE])


class Host(Side):
    """`plan_hours`, as the host's users of it call it: naive UTC, holidays included."""

    def __init__(self, calendars: BaseModel, cases: list[tuple[BaseModel, datetime, int]]) -> None:
        super().__init__(cases)
        self.calendars = calendars

    def run(self) -> None:
        self.dues += [
            calendar.plan_hours(minutes / 60, start, compute_leaves=True)
            for calendar, start, minutes in self.slice()
        ]


class Ours(Side):
    """Our side: the calendars are read and laid out anew in each round."""

    def __init__(
        self, env: Environment, calendars: BaseModel, cases: list[tuple[BaseModel, datetime, int]]
    ) -> None:
        super().__init__(cases)
        self.env, self.calendars = env, calendars
        self.hours = {}

    def run(self) -> None:
        from odoo.addons.psa_helpdesk.logic.working_time import Schedule, Span, WeekRow, WorkingTime

        contents = self.env["psa.sla.calendar.version"]._get_contents(self.calendars)
        self.hours = {
            calendar.id: WorkingTime(
                Schedule(
                    content["zone"],
                    tuple(WeekRow(*row) for row in content["rows"]),
                    tuple(Span(*map(datetime.fromisoformat, leave)) for leave in content["leaves"]),
                )
            )
            for calendar, content in contents.items()
        }
        self.dues += [
            self.hours[calendar.id].add(start, minutes * 60) for calendar, start, minutes in self.slice()
        ]


def compare(hosts: list[datetime | bool | None], ours: Ours) -> int:
    """Compare all dues to the second; return how many differ by the one known fault of the host (rule D10.19).

    The host ends a 24:00 row a microsecond early, so a due that falls exactly on a closing moves to the next opening.
    :raises ValueError: for any other difference
    """
    faults = 0
    for (calendar, start, minutes), theirs, due in zip(ours.cases, hosts, ours.dues, strict=True):
        rounded = (theirs + timedelta(microseconds=500_000)).replace(microsecond=0) if theirs else None
        if rounded == due:
            continue
        hours = ours.hours[calendar.id]
        is_closing = due and hours.between(due, due + timedelta(seconds=1)) == 0
        is_next_opening = rounded and due and due < rounded and hours.between(due, rounded) == 0
        if calendar.name not in ("Nights", "All hours") or not is_closing or not is_next_opening:
            raise ValueError(f"{calendar.name} from {start}, {minutes} min: host {theirs}, ours {due}")
        faults += 1
    return faults
