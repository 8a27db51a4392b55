"""Billing 200 customers of 10 approved items each, against the bare creation of the same invoices by the host."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING

from bench.harness import Context, Figure, interleaved

if TYPE_CHECKING:
    from odoo.api import Environment
    from odoo.models import BaseModel

CUSTOMERS, LINES = 200, 10
DAY = "2026-03-10"
# Minutes whose hours Odoo can store (1:00) and cannot (0:50) take turns, as on real invoices.
MINUTES = (60, 50)
RATE = 100.0


def run(ctx: Context) -> Figure:
    with ctx.env() as ours, ctx.env(template="host") as host:
        billing, bare = Billing(ours), Bare(host)
        seconds = interleaved({"billing run": billing.run, "bare create": bare.run})
    return Figure.at_most(
        "billing_run",
        seconds["billing run"] / seconds["bare create"],
        1.3,
        detail=f"{CUSTOMERS} invoices of {LINES} lines: run {seconds['billing run']:.2f} s, "
        f"bare create {seconds['bare create']:.2f} s",
    )


def prepare_books(env: Environment) -> BaseModel:
    """A chart of accounts, a taxed service and the customers, in a committed database."""
    if not env.company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", env.company, install_demo=False)
    customers = env["res.partner"].create([{"name": f"Customer {number}"} for number in range(CUSTOMERS)])
    env.cr.commit()
    return customers


def settle(env: Environment) -> None:
    """Keep what a first round made and let PostgreSQL count it, as in a database that has billed before.

    Without it the host's query for payment states is planned for an empty table and takes minutes, on either side.
    """
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()


def amount_of(minutes: int) -> float:
    return round(minutes * RATE / 60, 2)


class Billing:
    """Our side: from approved items to draft invoices, links included. Each round starts from the same database."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.numbers = itertools.count(1)
        customers = prepare_books(env)
        env["psa.rate"].create(
            {"role_id": env.ref("psa_contracts.project_role_technician").id, "amount": RATE, "date_from": DAY}
        )
        self.contracts = env["psa.contract"].create(
            [
                {"name": "Support", "partner_id": customer.id, "date_start": "2026-01-01"}
                for customer in customers
            ]
        )
        self.contracts.action_activate()
        self._bill()
        settle(env)

    def run(self) -> float:
        seconds = self._bill()
        self.env.cr.rollback()
        return seconds

    def _bill(self) -> float:
        items = self.env["psa.billing.item"]._collect([*self._items()])
        billing_run = self.env["psa.billing.run"].create({"cutoff_date": DAY, "invoice_date": DAY})
        billing_run.state = "running"
        self.env.flush_all()
        self.env.invalidate_all()
        begun = time.perf_counter()
        while billing_run._bill_batch():
            pass
        self.env.flush_all()
        seconds = time.perf_counter() - begun
        if not all(item.is_billed for item in items) or billing_run.move_count != CUSTOMERS:
            raise RuntimeError("the run did not bill all items")
        return seconds

    def _items(self):
        product = self.env.ref("psa_contracts.product_product_labour")
        for contract in self.contracts:
            for number in range(LINES):
                minutes = MINUTES[number % len(MINUTES)]
                yield {
                    "kind": "labour",
                    "source_model": "bench",
                    "source_id": next(self.numbers),
                    "contract_id": contract.id,
                    "partner_id": contract.partner_id.id,
                    "company_id": contract.company_id.id,
                    "currency_id": contract.currency_id.id,
                    "date": DAY,
                    "name": f"Work {number}",
                    "minutes_worked": minutes,
                    "minutes_billed": minutes,
                    "rate": RATE,
                    "amount": amount_of(minutes),
                    "product_id": product.id,
                    "derivation": {"version": 1, "steps": []},
                    "state": "approved",
                }


class Bare:
    """The host's side: one `account.move.create` with the same lines, sections, taxes and analytic accounts."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.customers = prepare_books(env)
        self.product = env["product.product"].create(
            {"name": "Work", "type": "service", "list_price": 0, "uom_id": env.ref("uom.product_uom_hour").id}
        )
        plan, _others = env["account.analytic.plan"]._get_all_plans()
        self.accounts = env["account.analytic.account"].create(
            [{"name": f"Contract {customer.id}", "plan_id": plan.id} for customer in self.customers]
        )
        self._create()
        settle(env)

    def run(self) -> float:
        seconds = self._create()
        self.env.cr.rollback()
        return seconds

    def _create(self) -> float:
        vals_list = [self._move(*pair) for pair in zip(self.customers, self.accounts, strict=True)]
        self.env.flush_all()
        self.env.invalidate_all()
        begun = time.perf_counter()
        moves = self.env["account.move"].create(vals_list)
        self.env.flush_all()
        seconds = time.perf_counter() - begun
        if len(moves.invoice_line_ids) != CUSTOMERS * (LINES + 1):
            raise RuntimeError("the host did not make all lines")
        return seconds

    def _move(self, customer: BaseModel, account: BaseModel) -> dict:
        lines = [{"display_type": "line_section", "name": "C-2026-0001 Support", "sequence": 1}]
        for number in range(LINES):
            minutes = MINUTES[number % len(MINUTES)]
            is_exact = minutes == 60
            lines.append(
                {
                    "name": f"Work {number}",
                    "product_id": self.product.id,
                    "product_uom_id": self.env.ref(f"uom.product_uom_{'hour' if is_exact else 'unit'}").id,
                    "quantity": 1.0,
                    "price_unit": amount_of(minutes),
                    "analytic_distribution": {str(account.id): 100},
                    "sequence": number + 2,
                }
            )
        return {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_date": DAY,
            "invoice_line_ids": [(0, 0, line) for line in lines],
        }
