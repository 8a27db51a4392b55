"""Beside sale_management, which brings sale_timesheet along: one entry, one invoice, whoever bills first."""

import pytest
from harness import client, database, rows, running

from tools import databases
from tools.json2 import Refused
from tools.places import LOGS
from tools.postgres import TEST


@pytest.fixture(scope="module")
def beside_sale():
    """A server with the suite and sale_management, and its administrator, who may do everything here."""
    with database() as name:
        databases.change_modules(
            TEST, name, install=["sale_management"], log=LOGS / "process" / "beside-sale-install.log"
        )
        assert "sale_timesheet" in databases.modules(TEST, name), "Odoo installs it by itself"
        with running(name, provokes=["its ticket or contract bills it"]) as server:
            yield name, client(server, "admin")


@pytest.fixture(scope="module")
def work(beside_sale):
    """A billable project of a sales order, a ticket on it, and an hour of work on each; nothing billed yet."""
    _name, admin = beside_sale

    def create(model, **values):
        return admin.call(model, "create", vals_list=[values])[0]

    [role] = admin.call("project.role", "search", domain=[("name", "=", "Technician")], limit=1)
    [employee] = admin.call("hr.employee", "search", domain=[("user_id.login", "=", "admin")])
    admin.call("hr.employee", "write", ids=[employee], vals={"psa_role_id": role})
    customer = create("res.partner", name="Harbor Dental", is_company=True)
    product = create(
        "product.product",
        name="Consulting",
        type="service",
        invoice_policy="delivery",
        service_type="timesheet",
        list_price=77,
        taxes_id=[[6, 0, []]],
    )
    project = create("project.project", name="Sold work", allow_billable=True, partner_id=customer)
    order = create(
        "sale.order",
        partner_id=customer,
        order_line=[[0, 0, {"product_id": product, "product_uom_qty": 1, "project_id": project}]],
    )
    admin.call("sale.order", "action_confirm", ids=[order])
    [so_line] = admin.read("sale.order", order, "order_line")["order_line"]
    admin.call("project.project", "write", ids=[project], vals={"sale_line_id": so_line})
    contract = create(
        "psa.contract",
        name="Services",
        partner_id=customer,
        date_start="2026-01-01",
        psa_approval_mode="on_timesheet",
    )
    admin.call("psa.contract", "action_activate", ids=[contract])
    ticket = create(
        "helpdesk.ticket",
        name="Printer",
        description="<p>Jammed</p>",
        partner_id=customer,
        project_id=project,
    )
    ours = create(
        "account.analytic.line",
        name="Roller changed",
        psa_ticket_id=ticket,
        psa_minutes=50,
        date="2026-03-10",
    )
    theirs = create(
        "account.analytic.line", name="Consulting", project_id=project, unit_amount=1, date="2026-03-10"
    )
    return {
        "order": order,
        "so_line": so_line,
        "project": project,
        "ticket": ticket,
        "ours": ours,
        "theirs": theirs,
    }


def line_of(admin, entry):
    """Name and sales order item of a time entry."""
    return admin.read("account.analytic.line", entry, "so_line", "timesheet_invoice_id", "project_id")


def test_time_on_a_ticket_never_gets_a_sales_order_item(beside_sale, work):
    _name, admin = beside_sale
    assert line_of(admin, work["theirs"])["so_line"][0] == work["so_line"]
    ours = line_of(admin, work["ours"])
    assert ours["project_id"][0] == work["project"]
    assert not ours["so_line"]
    # Odoo chooses again whenever the project's sales order item changes.
    for so_line in (False, work["so_line"]):
        admin.call("project.project", "write", ids=[work["project"]], vals={"sale_line_id": so_line})
    assert not line_of(admin, work["ours"])["so_line"]


def test_nobody_puts_time_on_a_ticket_onto_a_sales_order_by_hand(beside_sale, work):
    _name, admin = beside_sale
    with pytest.raises(Refused, match="its ticket or contract bills it"):
        admin.call("account.analytic.line", "write", ids=[work["ours"]], vals={"so_line": work["so_line"]})


def test_each_hour_is_on_one_invoice(beside_sale, work):
    name, admin = beside_sale
    for button in ("action_psa_submit", "action_psa_approve"):
        admin.call("account.analytic.line", button, ids=[work["ours"]])
    run = admin.call("psa.billing.run", "create", vals_list=[{"cutoff_date": "2026-03-31"}])[0]
    admin.call("psa.billing.run", "action_run", ids=[run])
    [[ours]] = rows(name, f"SELECT amount_untaxed FROM account_move WHERE psa_billing_run_id = {run}")
    assert float(ours) == 83.33
    advance = admin.call(
        "sale.advance.payment.inv",
        "create",
        vals_list=[{"advance_payment_method": "delivered", "sale_order_ids": [[6, 0, [work["order"]]]]}],
    )[0]
    admin.call("sale.advance.payment.inv", "create_invoices", ids=[advance])
    [theirs] = admin.read("sale.order", work["order"], "invoice_ids")["invoice_ids"]
    assert admin.read("account.move", theirs, "amount_untaxed")["amount_untaxed"] == 77
    assert line_of(admin, work["theirs"])["timesheet_invoice_id"][0] == theirs
    assert not line_of(admin, work["ours"])["timesheet_invoice_id"]


def test_time_on_a_ticket_by_the_context_gets_no_sales_order_item(beside_sale, work):
    _name, admin = beside_sale
    [entry] = admin.call(
        "account.analytic.line",
        "create",
        vals_list=[{"name": "By the context", "psa_minutes": 5, "date": "2026-03-11"}],
        context={"default_psa_ticket_id": work["ticket"]},
    )
    assert not line_of(admin, entry)["so_line"]


def test_ticket_time_that_a_sales_order_invoiced_before_hinders_no_approval(beside_sale, work):
    """It was there before the suite took the ticket: the approval goes through, the order's invoice keeps it."""
    name, admin = beside_sale
    [sold] = line_of(admin, work["theirs"])["timesheet_invoice_id"][:1]
    entries = admin.call(
        "account.analytic.line",
        "create",
        vals_list=[
            {"name": text, "psa_ticket_id": work["ticket"], "psa_minutes": 30, "date": "2026-03-12"}
            for text in ("Sold before", "New")
        ],
    )
    rows(
        name,
        f"UPDATE account_analytic_line SET so_line = {work['so_line']}, timesheet_invoice_id = {sold}, "
        f"is_so_line_edited = false WHERE id = {entries[0]}",
    )
    for button in ("action_psa_submit", "action_psa_approve"):
        admin.call("account.analytic.line", button, ids=entries)
    assert line_of(admin, entries[0])["timesheet_invoice_id"][0] == sold
    [[count]] = rows(name, f"SELECT count(*) FROM psa_billing_item WHERE source_id = {entries[0]}")
    assert int(count) == 0
    [[count]] = rows(name, f"SELECT count(*) FROM psa_billing_item WHERE source_id = {entries[1]}")
    assert int(count) == 1
