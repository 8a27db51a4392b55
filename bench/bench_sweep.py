"""The sweeps with 100 due clocks and 100 due rules among 100,000 open tickets, against the same among 1,000.

On every one of the other tickets a rule about idle time is armed too: its conditions do not hold, so each sweep asks
again for all of them.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from bench.desk import copy_rows, make_rule, make_technician, settle
from bench.harness import ROUNDS, Context, Figure, interleaved
from tools.progress import Fail

if TYPE_CHECKING:
    from odoo.api import Environment

DUE, FEW, MANY = 100, 1_000, 100_000
TARGET_MINUTES, USED_MINUTES = 480, 400  # 83 %: one warning acts, a lower one is overtaken
IDLE_MINUTES = 10
TABLES = {
    "helpdesk_ticket": "id",
    "psa_sla_event": "ticket_id",
    "psa_sla_clock": "ticket_id",
    "psa_workflow_timer": "ticket_id",
}


def run(ctx: Context) -> Figure:
    with ctx.env() as few, ctx.env() as many:
        among_few, among_many = Desk(few, FEW), Desk(many, MANY)
        seconds = interleaved({"few": among_few.sweep, "many": among_many.sweep})
    return Figure.at_most(
        "sweep",
        seconds["many"] / seconds["few"],
        1.2,
        detail=f"{DUE} due clocks, each with a note to its technician, and {DUE} idle tickets for which a rule acts, "
        f"among {MANY:,} open tickets {seconds['many']:.2f} s, among {FEW:,} {seconds['few']:.2f} s",
    )


class Desk:
    """Open tickets of one policy. The first ones are made as people make them, the others copied row by row."""

    def __init__(self, env: Environment, number: int) -> None:
        self.env = env
        env["psa.workflow.rule"].search([]).active = False
        self.policy = env["psa.sla.policy"].create(
            {
                "name": "Bench",
                "target_ids": [(0, 0, {"kind": "resolution", "minutes": TARGET_MINUTES, "is_always": True})],
                "threshold_ids": [
                    (0, 0, {"percent": 50, "audience": "nobody"}),
                    (0, 0, {"percent": 80, "audience": "technician"}),
                ],
            }
        )
        team = env.ref("psa_helpdesk.psa_queue_service_desk")
        team.psa_sla_policy_id = self.policy
        technician = make_technician(env)
        values = {"name": "Open", "description": "-", "team_id": team.id, "user_id": technician.id}
        made = env["helpdesk.ticket"].create([dict(values) for _ in range(FEW)])
        self.pool = made.ids[: DUE * (ROUNDS + 1)]
        self.rule = make_rule(
            env,
            "Idle",
            "idle",
            [("priority", "=", "3")],
            [{"kind": "notice", "audience": "assignee"}],
            idle_minutes=IDLE_MINUTES,
        )
        self._let_all_be_idle(made.ids)
        for table, ticket in TABLES.items():
            copy_rows(env, table, ticket, made.ids, number // FEW - 1)
        settle(env, *TABLES)
        self._check(number)

    def _now(self):
        self.env.cr.execute("SELECT now() AT TIME ZONE 'UTC'")
        return self.env.cr.fetchone()[0].replace(microsecond=0)

    def _let_all_be_idle(self, ids: list[int]) -> None:
        """Let nobody have touched these tickets for a day, the rule be older, and a sweep have seen that."""
        env, now = self.env, self._now()
        env.flush_all()
        ago = now - timedelta(days=1)
        env.cr.execute("UPDATE helpdesk_ticket SET psa_idle_since = %s WHERE id = ANY(%s)", [ago, ids])
        env.cr.execute(
            "UPDATE psa_workflow_rule SET switched_on_at = %s WHERE id = %s",
            [ago - timedelta(days=1), self.rule.id],
        )
        env.cr.commit()
        env.invalidate_all()
        env["psa.workflow.timer"]._cron_sweep(now=now)

    def _check(self, number: int) -> None:
        env = self.env
        running = env["psa.sla.clock"].search_count(
            [("next_at", "!=", False), ("policy_id", "=", self.policy.id)]
        )
        armed = env["psa.workflow.timer"].search_count(
            [("rule_id", "=", self.rule.id), ("looked_at", "!=", False), ("done_at", "=", False)]
        )
        if not running == armed == number:
            raise Fail(f"{running} clocks run and {armed} rules are armed, not {number}")

    def sweep(self) -> float:
        """Let the next 100 clocks be due, as if their tickets were older, and the rule hold for them; sweep."""
        env, ids, now = self.env, [self.pool.pop() for _ in range(DUE)], self._now()
        since = now - timedelta(minutes=USED_MINUTES)
        env.cr.execute("UPDATE psa_sla_event SET happened_at = %s WHERE ticket_id = ANY(%s)", [since, ids])
        env.cr.execute("UPDATE psa_sla_clock SET next_at = %s WHERE ticket_id = ANY(%s)", [now, ids])
        env.cr.execute("UPDATE helpdesk_ticket SET priority = '3' WHERE id = ANY(%s)", [ids])
        env.cr.commit()
        env.invalidate_all()
        begun = time.perf_counter()
        env["psa.sla.clock"]._cron_sweep(now=now)
        env["psa.workflow.timer"]._cron_sweep(now=now)
        seconds = time.perf_counter() - begun
        steps = env["psa.sla.step"].search_count([("ticket_id", "in", ids)])
        acted = env["psa.workflow.timer"].search_count([("ticket_id", "in", ids), ("done_at", "=", now)])
        if steps != 2 * DUE or acted != DUE:
            raise Fail(f"{steps} steps instead of {2 * DUE}, {acted} rules instead of {DUE}")
        return seconds
