"""A desk for the benches: a technician, rules, and open tickets, of which the many are copied row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from odoo.api import Environment

# Far above any id that is given out meanwhile
TURN = 1_000_000


def make_technician(env: Environment):
    """Return a technician who hears by inbox."""
    return env["res.users"].create(
        {
            "name": "Technician",
            "login": "bench",
            "notification_type": "inbox",
            "group_ids": [(4, env.ref("psa_helpdesk.psa_helpdesk_group_technician").id)],
        }
    )


def make_rule(env: Environment, name: str, event: str, domain: list, actions: list[dict], **values):
    """Return a rule that is switched on."""
    return env["psa.workflow.rule"].create(
        {
            "name": name,
            "event": event,
            "domain": repr(domain),
            "action_ids": [(0, 0, {"sequence": number, **action}) for number, action in enumerate(actions)],
            "active": True,
            **values,
        }
    )


def copy_rows(env: Environment, table: str, ticket: str, ids: list[int], copies: int) -> None:
    """Copy the rows of these tickets `copies` times: a copy's ticket has the id and a million for each turn."""
    from odoo.tools import SQL

    rows = env.execute_query(
        SQL(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND column_name NOT IN ('id', %s) AND is_generated = 'NEVER'",
            table,
            ticket,
        )
    )
    columns = SQL(", ").join(SQL.identifier(name) for (name,) in rows)
    env.cr.execute(
        SQL(
            "INSERT INTO %(table)s (%(ticket)s, %(columns)s) SELECT %(ticket)s + turn * %(far)s, %(columns)s"
            " FROM %(table)s CROSS JOIN generate_series(1, %(copies)s) turn WHERE %(ticket)s = ANY(%(ids)s)",
            table=SQL.identifier(table),
            ticket=SQL.identifier(ticket),
            columns=columns,
            copies=copies,
            far=TURN,
            ids=ids,
        )
    )


def settle(env: Environment, *tables: str) -> None:
    """Commit, and do what autovacuum does by itself in a database that grows over months."""
    env.cr.commit()
    for table in tables:
        env.cr.execute(f"ANALYZE {table}")
    env.cr.commit()
    env.invalidate_all()
