"""Repeats: 10,000 stored events over 100 open conditions, in events a second, against bare tickets a second."""

from datetime import timedelta

from bench.bench_alert_to_ticket import (
    DAY,
    TICKETS,
    check,
    create_bare_tickets,
    prepare_source,
    process,
    store,
)
from bench.harness import Context, Figure, interleaved

EVENTS = 10_000
KEYS = 100


def run(ctx: Context) -> Figure:
    """Both sides in things a second: events from stored to done, and tickets created in one batch."""
    with ctx.env() as ours, ctx.env(template="host") as host:
        gate = prepare_source(ours)
        customer = host["res.partner"].create({"name": "Cobalt Freight Ltd", "is_company": True})
        host.cr.commit()
        days = iter(range(1000))
        # The conditions are open and have their tickets before anything is measured.
        store(ours, gate, KEYS, KEYS + 1, DAY - timedelta(days=1))
        process(ours)

        def repeats():
            store(ours, gate, EVENTS, KEYS, DAY + timedelta(days=next(days)))
            return process(ours)

        seconds = interleaved({"ours": repeats, "host": lambda: create_bare_tickets(host, customer)})
        alerts = ours["psa.alert"].search([])
        left = ours["psa.alert.event"].search_count([("state", "!=", "done")])
        check(
            (len(alerts), len(alerts.ticket_id), left) == (KEYS, KEYS, 0),
            f"{len(alerts)} alerts, {len(alerts.ticket_id)} tickets, {left} events left",
        )
    events, tickets = EVENTS / seconds["ours"], TICKETS / seconds["host"]
    return Figure.at_least(
        "alert_repeat",
        events / tickets,
        10,
        detail=f"{events:.0f} events/s over {KEYS} conditions, {tickets:.0f} bare tickets/s",
    )
