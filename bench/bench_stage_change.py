"""Queries of a stage change of 100 tickets with clocks and twenty rules, against helpdesk_mgmt alone; and of 200."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.bench_ticket_create import RULES, Tickets
from bench.desk import make_rule
from bench.harness import Context, Figure
from tools.progress import Fail

if TYPE_CHECKING:
    from odoo.api import Environment

TICKETS = 100


def run(ctx: Context) -> list[Figure]:
    """How often the database is asked, which is the same in every run."""
    with ctx.env() as ours, ctx.env(template="host") as host:
        make_rules(ours)
        ours.cr.commit()
        counts = {name: _count(env) for name, env in {"ours": ours, "host": host}.items()}
    once, twice = counts["ours"]
    bare, _bare_twice = counts["host"]
    return [
        Figure.at_most(
            "stage_change",
            once / bare,
            1.5,
            detail=f"{TICKETS} tickets with clocks and {RULES} rules: {once} queries, on helpdesk_mgmt alone {bare}",
        ),
        Figure.at_most(
            "stage_change_per_ticket",
            (twice / (2 * TICKETS)) / (once / TICKETS),
            1.0,
            detail=f"{2 * TICKETS} tickets {twice} queries, {TICKETS} tickets {once}",
        ),
    ]


def make_rules(env: Environment) -> None:
    """Twenty rules about stages, whose conditions do not hold."""
    env["psa.workflow.rule"].search([]).active = False
    for number in range(RULES):
        domain = [("name", "ilike", f"server {number}"), ("priority", "=", "3")]
        make_rule(env, f"Stage {number}", "stage", domain, [{"kind": "priority", "priority": "0"}])


def _count(env: Environment) -> tuple[int, int]:
    """Queries of one write of the stage of as many tickets, and of twice as many."""
    tickets = Tickets(env)
    made = env["helpdesk.ticket"]
    for _turn in range(2):
        tickets.create()
        made += tickets.made
    stages = made[0].team_id._get_applicable_stages()
    if len(stages) < 3:
        raise Fail("the queue has too few stages")
    warm, few, many = made[:10], made[10 : 10 + TICKETS], made[10 + TICKETS : 10 + 3 * TICKETS]
    counted = [_move(env, some, stages[1]) for some in (warm, few, many)]
    return counted[1], counted[2]


def _move(env: Environment, tickets, stage) -> int:
    from odoo import sql_db

    env.cr.commit()
    env.invalidate_all()
    tickets = tickets.browse(tickets.ids)
    before = sql_db.sql_counter
    tickets.write({"stage_id": stage.id})
    env.cr.commit()
    return sql_db.sql_counter - before
