"""Tickets through route, clocks and twenty workflow rules, against bare tickets of helpdesk_mgmt: both in one batch."""

from __future__ import annotations

import time
from itertools import count
from typing import TYPE_CHECKING

from bench.desk import make_rule
from bench.harness import Context, Figure, interleaved
from tools.progress import Fail

if TYPE_CHECKING:
    from odoo.api import Environment

TICKETS = 200
RULES = 20


def run(ctx: Context) -> Figure:
    """Seconds for as many tickets on either side; the ratio is that of tickets a second."""
    with ctx.env() as ours, ctx.env(template="host") as host:
        make_rules(ours)
        ours.cr.commit()
        tickets, bare = Tickets(ours), Tickets(host)
        seconds = interleaved({"ours": tickets.create, "host": bare.create})
        _check(ours, tickets)
    speed = {name: TICKETS / taken for name, taken in seconds.items()}
    return Figure.at_least(
        "ticket_create",
        speed["ours"] / speed["host"],
        0.5,
        detail=f"{speed['ours']:.0f} tickets/s with clocks, {RULES} rules, of which two act for a tenth each, and a trace a ticket, "
        f"{speed['host']:.0f}/s bare on helpdesk_mgmt, in batches of {TICKETS}",
    )


def make_rules(env: Environment) -> None:
    """Twenty rules about new tickets: one raises the priority of a tenth of them, one marks another tenth."""
    env["psa.workflow.rule"].search([]).active = False
    tag = env["helpdesk.ticket.tag"].create({"name": "Storage"})
    other = env["res.partner"].create({"name": "Beacon Foods Ltd", "is_company": True})
    make_rule(env, "Raise", "created", [("name", "ilike", "0 of")], [{"kind": "priority", "priority": "2"}])
    make_rule(
        env, "Mark", "created", [("name", "ilike", "1 of")], [{"kind": "tag", "tag_ids": [(6, 0, tag.ids)]}]
    )
    for number in range(RULES - 2):
        domain = [("commercial_partner_id", "=", other.id), ("name", "ilike", f"server {number}")]
        make_rule(env, f"Other {number}", "created", domain, [{"kind": "priority", "priority": "3"}])


class Tickets:
    """Batches of new tickets of one customer."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.customer = env["res.partner"].create({"name": "Cobalt Freight Ltd", "is_company": True})
        self.team = env["helpdesk.ticket.team"].search([], limit=1)
        self.channel = env["helpdesk.ticket.channel"].search([], limit=1)
        self.turn = count()
        self.made = env["helpdesk.ticket"]
        env.cr.commit()

    def create(self) -> float:
        """Create a batch and commit it; return the seconds."""
        turn = next(self.turn)
        values = [
            {
                "name": f"Disk {number} of COB-WEB{turn} is almost full",
                "description": "<p>4 % are free. Last week it was 9 %.</p>",
                "partner_id": self.customer.id,
                "team_id": self.team.id,
                "channel_id": self.channel.id,
                "priority": "1",
                "user_id": False,
            }
            for number in range(TICKETS)
        ]
        self.env.invalidate_all()
        began = time.perf_counter()
        self.made = self.env["helpdesk.ticket"].create(values)
        self.env.cr.commit()
        return time.perf_counter() - began


def _check(env: Environment, tickets: Tickets) -> None:
    """Fail where the bench did not do what it claims to measure."""
    made = tickets.made
    traces = env["psa.workflow.run"].search([("ticket_id", "in", made.ids), ("event", "=", "created")])
    marked, raised = made.filtered("tag_ids"), made.filtered(lambda ticket: ticket.priority == "2")
    clocks = env["psa.sla.clock"].search([("ticket_id", "in", made.ids)])
    held = (
        len(raised) == len(marked) == TICKETS // 10
        and len(traces) == len(made)
        and all(len(trace.entries) == RULES for trace in traces)
        and clocks.ticket_id == made
    )
    if not held:
        raise Fail(
            f"{len(made)} tickets, {len(traces)} traces, {len(raised)} raised, {len(marked)} marked, "
            f"{len(clocks.ticket_id)} with clocks"
        )
