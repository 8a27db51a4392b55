"""Ticket list, kanban and My day with 100,000 tickets of which 1,000 are open, against 1,000 open ones alone."""

from __future__ import annotations

from ast import literal_eval
from typing import TYPE_CHECKING

from lxml import etree

from bench.desk import copy_rows, make_technician, settle
from bench.harness import Context, Figure, interleaved
from tools.progress import Fail

if TYPE_CHECKING:
    from odoo.api import Environment

OPEN, CLOSED = 1_000, 99_000
# Closed tickets that are made as people make them; the others are copies
SAMPLE = 100
PAGE = 80
BAND = (
    ["sla_late"],
    ["sla_at_risk"],
    ["sla_due_today"],
    ["open", "unassigned"],
    ["open", "needs_reply"],
    ["done_today"],
)
TABLES = {"helpdesk_ticket": "id", "psa_sla_event": "ticket_id", "psa_sla_clock": "ticket_id"}


def run(ctx: Context) -> list[Figure]:
    """Server time of what the web client asks for when a screen is opened, as a technician."""
    with ctx.env() as few, ctx.env() as many:
        desks = {"few": Desk(few, closed=0), "many": Desk(many, closed=CLOSED)}
        return [_compare(name, desks) for name in ("list", "kanban", "my_day")]


def _compare(name: str, desks: dict[str, Desk]) -> Figure:
    screens = {side: getattr(desk, name) for side, desk in desks.items()}
    seconds = interleaved({side: screens[side] for side in ("few", "many")})
    queries = {side: desk.count(screens[side]) for side, desk in desks.items()}
    if queries["few"] != queries["many"]:
        raise Fail(f"{name}: {queries} queries")
    return Figure.at_most(
        name if name == "my_day" else f"ticket_{name}",
        seconds["many"] / seconds["few"],
        1.5,
        detail=f"{OPEN:,} open among {OPEN + CLOSED:,} tickets {1000 * seconds['many']:.0f} ms, "
        f"alone {1000 * seconds['few']:.0f} ms, {queries['few']} queries",
    )


class Desk:
    """Open tickets of one technician, closed ones of years."""

    def __init__(self, env: Environment, closed: int) -> None:
        self.env = env
        technician = make_technician(env)
        team = env.ref("psa_helpdesk.psa_queue_service_desk")
        customers = env["res.partner"].create(
            [{"name": f"Customer {number}", "is_company": True} for number in range(50)]
        )
        made = env["helpdesk.ticket"].create(
            [
                {
                    "name": f"Printer {number} is out of paper",
                    "description": "-",
                    "team_id": team.id,
                    "user_id": technician.id,
                    "partner_id": customers[number % len(customers)].id,
                }
                for number in range(OPEN + SAMPLE * bool(closed))
            ]
        )
        if closed:
            done = team._get_applicable_stages().filtered("closed")[:1]
            made[OPEN:].write({"stage_id": done.id})
            env.flush_all()
            for table, ticket in TABLES.items():
                copy_rows(env, table, ticket, made[OPEN:].ids, closed // SAMPLE - 1)
            # A hundred a day, as years have made them
            env.cr.execute(
                "UPDATE helpdesk_ticket SET closed_date = closed_date - (id %% %s) * interval '1 day' WHERE closed_date IS NOT NULL",
                [closed // SAMPLE],
            )
        settle(env, *TABLES)
        # As the technician: record rules are part of what a screen costs
        self.tickets = env["helpdesk.ticket"].with_user(technician).with_context(lang="en_US", tz="UTC")
        if (
            self.tickets.search_count([]) != OPEN + closed
            or self.tickets.search_count(self._find("open")) != OPEN
        ):
            raise Fail("the desk does not hold what is measured")

    def _find(self, *filters: str) -> list:
        """Domain of these filters of the search view."""
        tree = etree.fromstring(self.tickets.get_view(view_type="search")["arch"])
        found = []
        for name in filters:
            domain = tree.xpath(f"//filter[@name='{name}']/@domain")[0]
            found += literal_eval(domain.replace("uid", str(self.tickets.env.uid)))
        return found

    def _specify(self, kind: str) -> dict:
        """What the web client reads of each record of a view: its fields, names of records."""
        view = self.tickets.get_view(view_type=kind)
        names = {field.get("name") for field in etree.fromstring(view["arch"]).iter("field")}
        return {
            name: {"fields": {"display_name": {}}} if self.tickets._fields[name].relational else {}
            for name in names & set(self.tickets._fields)
        }

    def _forget(self) -> None:
        self.env.cr.rollback()
        self.env.invalidate_all()

    def _count_band(self) -> None:
        domains = [self._find(*filters) for filters in BAND]
        self.tickets.env["psa.band"].count("helpdesk.ticket", domains)

    def _count_queues(self) -> None:
        """The panel at the side: open tickets of each queue."""
        panel = self.tickets.search_panel_select_multi_range(
            "team_id", enable_counters=True, search_domain=self._find("open"), expand=True
        )
        if sum(row["__count"] for row in panel["values"]) != OPEN:
            raise Fail("the panel does not count all open tickets")

    def list(self) -> None:
        """Open the list of open tickets: the first page, the number of all, the figures above it and those of the queues."""
        self._forget()
        found = self.tickets.web_search_read(
            self._find("open"), self._specify("list"), limit=PAGE, count_limit=10_001
        )
        self._count_band()
        self._count_queues()
        if len(found["records"]) != PAGE or found["length"] != OPEN:
            raise Fail(f"{found['length']} tickets in the list")

    def kanban(self) -> None:
        """Open the kanban of open tickets by stage: the columns with their first cards, and the figures above and beside."""
        self._forget()
        found = self.tickets.web_read_group(
            self._find("open"),
            ["stage_id"],
            ["__count"],
            auto_unfold=True,
            unfold_read_specification=self._specify("kanban"),
        )
        self._count_band()
        self._count_queues()
        if sum(group["__count"] for group in found["groups"]) != OPEN:
            raise Fail("the kanban does not show all open tickets")

    def my_day(self) -> None:
        """Open My day: all that the screen shows comes with one call."""
        self._forget()
        day = self.tickets.env["psa.my.day"].get_day()
        # Late in the day what comes next is due tomorrow, in the evening on Monday.
        if not any(day["sections"].values()):
            raise Fail("the technician has nothing to do")

    def count(self, screen) -> int:
        """How often the database is asked for a screen."""
        from odoo import sql_db

        before = sql_db.sql_counter
        screen()
        return sql_db.sql_counter - before
