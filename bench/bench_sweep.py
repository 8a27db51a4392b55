"""The SLA sweep with 100 due clocks among 20,000 open tickets, against the same among 1,000."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from bench.harness import ROUNDS, Context, Figure, interleaved

if TYPE_CHECKING:
    from odoo.api import Environment

DUE, FEW, MANY = 100, 1_000, 20_000
TARGET_MINUTES, USED_MINUTES = 480, 400  # 83 %: one warning acts, a lower one is overtaken


def run(ctx: Context) -> Figure:
    with ctx.env() as few, ctx.env() as many:
        among_few, among_many = Desk(few, FEW), Desk(many, MANY)
        seconds = interleaved({"few": among_few.sweep, "many": among_many.sweep})
    return Figure.at_most(
        "sweep",
        seconds["many"] / seconds["few"],
        1.3,
        detail=f"{DUE} due clocks, each with a note to its technician, among {MANY:,} open tickets "
        f"{seconds['many']:.2f} s, among {FEW:,} {seconds['few']:.2f} s",
    )


class Desk:
    """Open tickets of one policy. The first ones are made as people make them, the others copied row by row."""

    def __init__(self, env: Environment, number: int) -> None:
        self.env = env
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
        technician = env["res.users"].create(
            {
                "name": "Technician",
                "login": "bench",
                "notification_type": "inbox",
                "group_ids": [(4, env.ref("psa_helpdesk.psa_helpdesk_group_technician").id)],
            }
        )
        values = {"name": "Open", "description": "-", "team_id": team.id, "user_id": technician.id}
        made = env["helpdesk.ticket"].create([dict(values) for _ in range(FEW)])
        self.pool = made.ids[: DUE * (ROUNDS + 1)]
        env.flush_all()
        for table, ticket in (
            ("helpdesk_ticket", "id"),
            ("psa_sla_event", "ticket_id"),
            ("psa_sla_clock", "ticket_id"),
        ):
            self._copy_rows(table, ticket, made.ids, number // FEW - 1)
        env.cr.commit()
        # What autovacuum does by itself in a database that grows over months
        env.cr.execute("ANALYZE helpdesk_ticket, psa_sla_event, psa_sla_clock")
        env.cr.commit()
        env.invalidate_all()
        if (
            env["psa.sla.clock"].search_count([("next_at", "!=", False), ("policy_id", "=", self.policy.id)])
            != number
        ):
            raise RuntimeError("not every ticket has a running clock")

    def _copy_rows(self, table: str, ticket: str, ids: list[int], copies: int) -> None:
        """Copy the rows of these tickets: the copy of a ticket has its id and a million for each turn."""
        from odoo.tools import SQL

        rows = self.env.execute_query(
            SQL(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name NOT IN ('id', %s)",
                table,
                ticket,
            )
        )
        columns = SQL(", ").join(SQL.identifier(name) for (name,) in rows)
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(ticket)s, %(columns)s) SELECT %(ticket)s + turn * 1000000, %(columns)s"
                " FROM %(table)s CROSS JOIN generate_series(1, %(copies)s) turn WHERE %(ticket)s = ANY(%(ids)s)",
                table=SQL.identifier(table),
                ticket=SQL.identifier(ticket),
                columns=columns,
                copies=copies,
                ids=ids,
            )
        )

    def sweep(self) -> float:
        """Let the next 100 clocks be due, as if their tickets were older, and sweep."""
        env, ids = self.env, [self.pool.pop() for _ in range(DUE)]
        env.cr.execute("SELECT now() AT TIME ZONE 'UTC'")
        now = env.cr.fetchone()[0].replace(microsecond=0)
        since = now - timedelta(minutes=USED_MINUTES)
        env.cr.execute("UPDATE psa_sla_event SET happened_at = %s WHERE ticket_id = ANY(%s)", [since, ids])
        env.cr.execute("UPDATE psa_sla_clock SET next_at = %s WHERE ticket_id = ANY(%s)", [now, ids])
        env.cr.commit()
        env.invalidate_all()
        begun = time.perf_counter()
        env["psa.sla.clock"]._cron_sweep(now=now)
        seconds = time.perf_counter() - begun
        steps = env["psa.sla.step"].search_count([("ticket_id", "in", ids)])
        if steps != 2 * DUE:
            raise RuntimeError(f"{steps} steps instead of {2 * DUE}")
        return seconds
