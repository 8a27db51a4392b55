"""Billing under two runs at once, and killed half way: each item on one invoice, one invoice a customer."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import client, database, rows, running

from tools.json2 import Refused

CUSTOMERS = 60
BATCH = 20
PATIENCE = 300  # seconds; a shared machine is slow
# The slower of two collectors meets what the faster one brought in, and looks again.
COLLISIONS = [
    "duplicate key value violates unique constraint",
    "could not serialize access",
    "two billing runs",
]


def make_customers(admin, label, number=CUSTOMERS):
    """Customers with a monthly fee of 100.00 in arrears since January."""
    partners = admin.call(
        "res.partner",
        "create",
        vals_list=[{"name": f"{label} {place:03}", "is_company": True} for place in range(number)],
    )
    contracts = admin.call(
        "psa.contract",
        "create",
        vals_list=[
            {"name": "Care", "partner_id": partner, "date_start": "2026-01-01", "is_default": False}
            for partner in partners
        ],
    )
    admin.call(
        "psa.contract.charge",
        "create",
        vals_list=[
            {"contract_id": contract, "name": "Care", "price_unit": 100, "in_advance": False}
            for contract in contracts
        ],
    )
    admin.call("psa.contract", "action_activate", ids=contracts)
    return partners


def make_run(admin, cutoff="2026-03-31", partners=()):
    values = {"cutoff_date": cutoff, "invoice_date": cutoff, "partner_ids": [[6, 0, list(partners)]]}
    return admin.call("psa.billing.run", "create", vals_list=[values])[0]


def press(person, run):
    """Press Run or Continue until the run is over; where somebody is at work on the same, press again."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            person.call("psa.billing.run", "action_run", ids=[run])
        except Refused as refused:
            assert "moment" in refused.message or "concurrent" in refused.message, refused
            continue
        if person.read("psa.billing.run", run, "state")["state"] != "running":
            return
    raise AssertionError("the run never ends")


def count_moves(name, run):
    [[count]] = rows(name, f"SELECT count(*) FROM account_move WHERE psa_billing_run_id = {run}")
    return int(count)


def check_billed_once(name, partners, months=3, runs=()):
    """Every month of every customer on one line of one invoice, which bills what its items say."""
    ids = ", ".join(map(str, partners))
    items = rows(
        name,
        "SELECT count(*), count(DISTINCT move_line_id), count(DISTINCT (source_id, part)), sum(amount) "
        f"FROM psa_billing_item WHERE partner_id IN ({ids}) AND is_billed",
    )
    expected = len(partners) * months
    [[items_billed, lines, periods, amount]] = items
    assert (int(items_billed), int(lines), int(periods)) == (expected, expected, expected)
    assert float(amount) == expected * 100
    moves = rows(
        name,
        "SELECT count(*), count(DISTINCT partner_id), sum(amount_untaxed) FROM account_move "
        f"WHERE partner_id IN ({ids}) AND move_type = 'out_invoice'",
    )
    [[invoices, customers, untaxed]] = moves
    assert (int(invoices), int(customers)) == (len(partners), len(partners))
    assert float(untaxed) == expected * 100
    assert not rows(
        name, f"SELECT 1 FROM psa_billing_run_problem WHERE run_id IN ({', '.join(map(str, runs))})"
    )


def test_two_runs_at_once_bill_each_item_once():
    with database() as name, running(name, workers=4, provokes=COLLISIONS) as server:
        people = [client(server, "admin") for _person in range(2)]
        partners = make_customers(people[0], "Harbor")
        runs = [make_run(people[0], partners=partners) for _run in people]
        with ThreadPoolExecutor(len(people)) as pool:
            list(pool.map(press, people, runs))
        check_billed_once(name, partners, runs=runs)
        assert sum(count_moves(name, run) for run in runs) == CUSTOMERS
        # A third one finds nothing left.
        third = make_run(people[0], partners=partners)
        press(people[0], third)
        assert count_moves(name, third) == 0


def test_a_run_that_is_killed_between_two_batches_goes_on_where_it_stopped():
    with (
        database() as name,
        running(name, workers=2, cron_threads=1, provokes=["Killed|terminated"]) as server,
    ):
        admin = client(server, "admin")
        partners = make_customers(admin, "Cobalt")
        run = make_run(admin, partners=partners)
        admin.call("psa.billing.run", "action_run", ids=[run])
        assert wait_for(lambda: count_moves(name, run) > BATCH), "the job goes on after the first batch"
        server.kill()
        made = count_moves(name, run)
        if made == CUSTOMERS:
            pytest.skip("the machine billed everything before it could be killed")
        assert made % BATCH == 0, "a batch is all or nothing"
        server.start()
        assert wait_for(lambda: state_of(name, run) != "running"), "the job takes it up again by itself"
        assert state_of(name, run) == "done"
        check_billed_once(name, partners, runs=[run])


def state_of(name, run):
    [[state]] = rows(name, f"SELECT state FROM psa_billing_run WHERE id = {run}")
    return state


def wait_for(condition):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False
