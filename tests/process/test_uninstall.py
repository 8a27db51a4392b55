"""Uninstalling our addons leaves the host as a working desk, with nothing of ours in its database."""

import urllib.request

from harness import client, database, rows, running

from tools import addons, databases
from tools.postgres import TEST

OURS = "'psa\\_%'"
# Odoo leaves columns that hosts' tables got from us only where they are in use elsewhere; tables and data must go.
LEFTOVERS = {
    "tables": f"SELECT tablename FROM pg_tables WHERE tablename LIKE {OURS}",
    "columns": (
        "SELECT table_name || '.' || column_name FROM information_schema.columns "
        f"WHERE table_schema = 'public' AND column_name LIKE {OURS}"
    ),
    "external ids": f"SELECT module || '.' || name FROM ir_model_data WHERE module LIKE {OURS}",
    "models": "SELECT model FROM ir_model WHERE model LIKE 'psa.%'",
    "fields": f"SELECT model || '.' || name FROM ir_model_fields WHERE name LIKE {OURS}",
    "menus": "SELECT name->>'en_US' FROM ir_ui_menu WHERE name->>'en_US' = 'PSA'",
    "scheduled actions": (
        "SELECT cron_name FROM ir_cron WHERE ir_actions_server_id NOT IN (SELECT id FROM ir_act_server)"
    ),
}


def make_ticket(desk, title):
    """A ticket of the host, with what its form asks for."""
    teams = desk.call("helpdesk.ticket.team", "search", domain=[], limit=1)
    team = (teams or desk.call("helpdesk.ticket.team", "create", vals_list=[{"name": "Desk"}]))[0]
    values = {"name": title, "description": "<p>It hums.</p>", "team_id": team}
    (ticket,) = desk.call("helpdesk.ticket", "create", vals_list=[values])
    return ticket


def test_the_host_works_on_without_us():
    with database() as name:
        with running(name) as server:
            admin = client(server)
            kept = make_ticket(admin, "Made while we were there")
            ours = admin.call("ir.module.module", "search", domain=[("name", "in", addons.suite())])
            admin.timeout = 300
            admin.call("ir.module.module", "button_immediate_uninstall", ids=ours)
        assert not set(databases.modules(TEST, name)) & set(addons.ours())
        left = {what: found for what, query in LEFTOVERS.items() if (found := rows(name, query))}
        assert left == {}
        with running(name) as server:
            with urllib.request.urlopen(f"{server.url}/web/login", timeout=120) as page:
                assert page.status == 200
            admin = client(server)
            assert admin.read("helpdesk.ticket", kept, "name")["name"] == "Made while we were there"
            ticket = make_ticket(admin, "Made after we went")
            admin.call("helpdesk.ticket", "write", ids=[ticket], vals={"priority": "2"})
            assert admin.read("helpdesk.ticket", ticket, "priority")["priority"] == "2"
