"""How late warnings are given while the desk is busy: production form with two workers and crons of their own.

Tickets are made through the web all the time; each is due for a warning after a minute or two. Odoo looks for due work
once a minute, so a step is some seconds to a minute late; what is decided is exact to the second all the same.
"""

from __future__ import annotations

import statistics
import threading
import time
import xmlrpc.client
from datetime import timedelta
from typing import TYPE_CHECKING

from bench.desk import make_rule, make_technician
from bench.harness import Context, Figure
from tools.progress import Fail

if TYPE_CHECKING:
    from odoo.api import Environment

TICKETS, EVERY_SECONDS = 120, 1.0
TARGETS = (2, 3, 4)  # minutes, day and night; warned at half of it
WAIT_SECONDS = 200  # until the last warning must have been given
READERS = 2
LOGIN = "bench"  # the technician of bench.desk, and the password too


def run(ctx: Context) -> Figure:
    with ctx.database() as name:
        with ctx.env(name) as env:
            prepare(env)
        with ctx.server(name, workers=2, cron_threads=2) as server:
            _keep_busy(server.url, name)
        with ctx.env(name) as env:
            late = _read_lateness(env)
    return Figure.at_most(
        "lateness",
        statistics.quantiles(late, n=20)[-1],
        70,
        unit="s",
        detail=f"95 of 100 steps are given within this time of their moment: {len(late)} warnings, median "
        f"{statistics.median(late):.0f} s, latest {max(late):.0f} s; {TICKETS} tickets made and lists read meanwhile",
    )


def prepare(env: Environment) -> None:
    """Queues with a target each, a technician who is warned, and rules that look at everything."""
    technician = make_technician(env)
    technician.password = LOGIN
    env["psa.workflow.rule"].search([]).active = False
    for number in range(10):
        domain = [("name", "ilike", f"server {number}"), ("priority", "=", "3")]
        make_rule(env, f"Created {number}", "created", domain, [{"kind": "priority", "priority": "0"}])
    for minutes in TARGETS:
        policy = env["psa.sla.policy"].create(
            {
                "name": f"Bench {minutes}",
                "target_ids": [(0, 0, {"kind": "resolution", "minutes": minutes, "is_always": True})],
                "threshold_ids": [(0, 0, {"percent": 50, "audience": "technician"})],
            }
        )
        queue = {"name": f"Queue {minutes}", "psa_sla_policy_id": policy.id, "user_ids": [(4, technician.id)]}
        env["helpdesk.ticket.team"].create(queue)
    env.cr.commit()


def _keep_busy(url: str, name: str) -> None:
    """Make a ticket a second and read lists all the time, then wait for the last warnings."""
    uid = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common").authenticate(name, LOGIN, LOGIN, {})
    stop, problems = threading.Event(), []

    def call(*arguments):
        proxy = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object", allow_none=True)
        return proxy.execute_kw(name, uid, LOGIN, "helpdesk.ticket", *arguments)

    def read():
        try:
            while not stop.is_set():
                call(
                    "search_read",
                    [[("psa_is_open", "=", True)]],
                    {"fields": ["name", "psa_sla_due_at"], "limit": 80},
                )
        except Exception as error:  # noqa: BLE001 - told to the caller, in whose thread it belongs
            problems.append(error)

    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        queues = _find_queues(url, name, uid)
        for number in range(TICKETS):
            begun = time.monotonic()
            queue = queues[number % len(queues)]
            call(
                "create", [[{"name": f"Disk {number}", "description": "-", "team_id": queue, "user_id": uid}]]
            )
            time.sleep(max(0.0, EVERY_SECONDS - (time.monotonic() - begun)))
        time.sleep(WAIT_SECONDS)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    if problems:
        raise Fail(f"the desk was not kept busy: {problems[0]}")


def _find_queues(url: str, name: str, uid: int) -> list[int]:
    proxy = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object")
    return proxy.execute_kw(
        name, uid, LOGIN, "helpdesk.ticket.team", "search", [[("name", "like", "Queue ")]]
    )


def _read_lateness(env: Environment) -> list[float]:
    """Seconds between the moment of each warning and the transaction that gave it."""
    steps = env["psa.sla.step"].search([("mode", "=", "warning"), ("is_overtaken", "=", False)])
    if len(steps) != TICKETS:
        raise Fail(f"{len(steps)} warnings for {TICKETS} tickets")
    late = [(step.create_date - step.due_at) / timedelta(seconds=1) for step in steps]
    if min(late) < 0:
        raise Fail("a warning came before its moment")
    return late
