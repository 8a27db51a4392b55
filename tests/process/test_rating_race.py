"""Several people approve at once: an hour of a block is spent once, and a ticket is rounded once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import client, database, rows, running

from tools.json2 import Refused

ENTRIES = 8
PEOPLE = 4


@pytest.fixture(scope="module")
def desk():
    with (
        database() as name,
        running(
            name, workers=PEOPLE, provokes=["being rated by somebody else", "could not serialize access"]
        ) as server,
    ):
        yield name, [client(server, "admin") for _person in range(PEOPLE)]


def log_work(admin, minutes, block=0, **terms):
    """Submitted entries on a contract with a prepaid block (minutes) and `terms`; returns contract and entries."""

    def create(model, **values):
        return admin.call(model, "create", vals_list=[values])[0]

    [role] = admin.call("project.role", "search", domain=[("name", "=", "Technician")], limit=1)
    [employee] = admin.call("hr.employee", "search", domain=[("user_id.login", "=", "admin")])
    admin.call("hr.employee", "write", ids=[employee], vals={"psa_role_id": role})
    customer = create("res.partner", name="Harbor Dental", is_company=True)
    contract = create(
        "psa.contract", name="Gold support", partner_id=customer, date_start="2026-01-01", **terms
    )
    if block:
        create(
            "psa.contract.block", contract_id=contract, minutes=block, date_start="2026-01-01", price_hour=100
        )
    admin.call("psa.contract", "action_activate", ids=[contract])
    ticket = create("helpdesk.ticket", name="Printer", description="<p>Jammed</p>", partner_id=customer)
    values = {"name": "Work", "psa_ticket_id": ticket, "psa_minutes": minutes, "date": "2026-03-10"}
    entries = admin.call("account.analytic.line", "create", vals_list=[values] * ENTRIES)
    admin.call("account.analytic.line", "action_psa_submit", ids=entries)
    return contract, entries


def approve(person, entry):
    """Approve one entry; where somebody else rates the contract at this moment, press again. Returns the presses."""
    for attempt in range(1, 200):
        try:
            person.call("account.analytic.line", "action_psa_approve", ids=[entry])
        except Refused as refused:
            assert "Try again in a moment" in refused.message or "concurrent" in refused.message, refused
            continue
        return attempt
    raise AssertionError("never approved")


def approve_all(people, entries):
    """Everybody approves a share of the entries at the same time."""
    with ThreadPoolExecutor(PEOPLE) as pool:
        jobs = [pool.submit(approve, people[place % PEOPLE], entry) for place, entry in enumerate(entries)]
        for job in jobs:
            job.result()


def billed(name, contract):
    """[(cover, minutes worked, minutes billed, drawn from blocks, amount)] of the work on a contract."""
    found = rows(
        name,
        "SELECT cover, sum(minutes_worked), sum(minutes_billed), sum(draw_hundredths), sum(amount) "
        f"FROM psa_billing_item WHERE contract_id = {contract} AND kind <> 'block' GROUP BY cover ORDER BY cover",
    )
    return [(cover, *map(int, minutes), float(amount)) for cover, *minutes, amount in found]


def test_a_block_is_spent_once_however_many_approve(desk):
    name, people = desk
    contract, entries = log_work(people[0], 15, block=60, overage_rate=120)
    approve_all(people, entries)
    assert billed(name, contract) == [("covered", 60, 60, 6000, 0.0), ("overage", 60, 60, 0, 120.0)]


def test_a_ticket_is_rounded_once_however_many_approve(desk):
    """Eight entries of 5 minutes, rounded up by ticket to full hours: one hour, whoever saw which of them first."""
    name, people = desk
    contract, entries = log_work(people[0], 5, rounding_scope="ticket", rounding_increment=60)
    approve_all(people, entries)
    [(cover, worked, minutes, _drawn, _amount)] = billed(name, contract)
    assert (cover, worked, minutes) == ("billable", 40, 60)
