"""Uninstalling our addons leaves the host as a working desk, with nothing of ours in its database."""

import urllib.request

from harness import client, database, rows, running

from tools import addons, databases
from tools.postgres import TEST
from tools.server import HOST_WIDE

OURS = "'psa\\_%'"
# Queues, roles and products of ours that tickets, rates and posted lines use stay, with their external ids: Odoo tries
# to delete each, and logs that the database refused.
STAYING = "'helpdesk.ticket.team', 'mail.alias', 'project.role', 'product.product', 'product.template'"
IN_USE = r'bad query: b\'DELETE FROM "(helpdesk_ticket_team|mail_alias|project_role|product_product|product_template)"'
# Odoo leaves columns that hosts' tables got from us only where they are in use elsewhere; tables and data must go.
LEFTOVERS = {
    "tables": f"SELECT tablename FROM pg_tables WHERE tablename LIKE {OURS}",
    "columns": (
        "SELECT table_name || '.' || column_name FROM information_schema.columns "
        f"WHERE table_schema = 'public' AND column_name LIKE {OURS}"
    ),
    "external ids": (
        f"SELECT module || '.' || name FROM ir_model_data WHERE module LIKE {OURS} AND model NOT IN ({STAYING})"
    ),
    "models": "SELECT model FROM ir_model WHERE model LIKE 'psa.%'",
    "fields": f"SELECT model || '.' || name FROM ir_model_fields WHERE name LIKE {OURS}",
    "menus": "SELECT name->>'en_US' FROM ir_ui_menu WHERE name->>'en_US' = 'PSA'",
    "scheduled actions": (
        "SELECT cron_name FROM ir_cron WHERE ir_actions_server_id NOT IN (SELECT id FROM ir_act_server)"
    ),
}
LINES = (
    "SELECT m.name, m.state, m.amount_total, l.name, l.product_id, l.quantity, l.price_unit, l.price_subtotal "
    "FROM account_move m JOIN account_move_line l ON l.move_id = m.id WHERE m.id = {invoice} ORDER BY l.id"
)


def make_ticket(desk, title):
    """A ticket of the host, with what its form asks for."""
    teams = desk.call("helpdesk.ticket.team", "search", domain=[], limit=1)
    team = (teams or desk.call("helpdesk.ticket.team", "create", vals_list=[{"name": "Desk"}]))[0]
    values = {"name": title, "description": "<p>It hums.</p>", "team_id": team}
    (ticket,) = desk.call("helpdesk.ticket", "create", vals_list=[values])
    return ticket


def test_the_host_works_on_without_us(story):
    """What the main job left in the host's tables stays: ticket, time, and the posted invoice to the cent."""
    with database(story.database) as name:
        invoice_before = rows(name, LINES.format(invoice=story.invoice))
        assert invoice_before
        # Odoo lets nobody uninstall what its server was told to load for every database.
        with running(name, provokes=[IN_USE], options={"server_wide_modules": HOST_WIDE}) as server:
            admin = client(server)
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
            assert "Disk is full" in admin.read("helpdesk.ticket", story.ticket, "name")["name"]
            ticket = make_ticket(admin, "Made after we went")
            admin.call("helpdesk.ticket", "write", ids=[ticket], vals={"priority": "2"})
            assert admin.read("helpdesk.ticket", ticket, "priority")["priority"] == "2"
            assert rows(name, LINES.format(invoice=story.invoice)) == invoice_before
            use_the_invoice(admin, story.invoice)
            use_the_time(admin, story.entry)


def use_the_invoice(admin, invoice):
    """It opens as its form does, and accountants go on with it: back to draft, and posted again."""
    read = admin.call(
        "account.move", "web_read", ids=[invoice], specification={"amount_total": {}, "invoice_line_ids": {}}
    )
    assert read[0]["invoice_line_ids"]
    for button in ("button_draft", "action_post"):
        admin.call("account.move", button, ids=[invoice])
    assert admin.read("account.move", invoice, "state")["state"] == "posted"


def use_the_time(admin, entry):
    """The entry can be changed, and another is entered on its project."""
    read = admin.read("account.analytic.line", entry, "project_id", "unit_amount", "employee_id")
    assert round(read["unit_amount"] * 60) == 50
    admin.call("account.analytic.line", "write", ids=[entry], vals={"name": "Changed"})
    values = {
        "project_id": read["project_id"][0],
        "employee_id": read["employee_id"][0],
        "unit_amount": 1,
        "name": "More",
    }
    admin.call("account.analytic.line", "create", vals_list=[values])
