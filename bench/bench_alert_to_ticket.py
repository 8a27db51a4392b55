"""New tickets from stored events, against bare tickets of helpdesk_mgmt: both in one batch, with the same chatter."""

import json
import time
from datetime import datetime, timedelta

from bench.harness import Context, Figure, interleaved
from tools.progress import Fail

TICKETS = 300
DAY = datetime(2026, 3, 2, 8, 0)


def prepare_source(env):
    """A source whose customer and asset are known, without the limit of messages, and its gate."""
    customer = env["res.partner"].create({"name": "Cobalt Freight Ltd", "is_company": True})
    asset = env["psa.asset"].create({"name": "COB-WEB1", "partner_id": customer.id})
    source = env["psa.alert.source"].create({"name": "Bench", "system": "generic"})
    env["psa.alert.mapping"].create(
        [
            {"source_id": source.id, "external_ref": "cobalt-freight", "partner_id": customer.id},
            {"source_id": source.id, "kind": "device", "external_ref": "COB-WEB1", "asset_id": asset.id},
        ]
    )
    token = source._rotate_secret()
    env.cr.commit()
    return source._get_gate(token[:12])


def store(env, gate, count, keys, begun):
    """Store `count` messages over `keys` conditions, as the door does; one a second from `begun`."""
    for number in range(count):
        message = {
            "id": f"{begun:%d%H%M%S}-{number}",
            "key": f"{begun:%d%H%M%S}-{number % keys}" if keys == count else f"key-{number % keys}",
            "severity": "high",
            "title": f"Disk {number % keys} of COB-WEB1 is almost full",
            "text": "4 % are free. Last week it was 9 %.",
            "customer": "cobalt-freight",
            "device": "COB-WEB1",
            "url": "https://monitor.example/d/7",
        }
        env["psa.alert.event"]._store(
            gate, f"id:{message['id']}", json.dumps(message), begun + timedelta(seconds=number), {}, ()
        )
    env.cr.commit()


def process(env, batch=500):
    """Process all that is pending, a transaction a batch; return the seconds."""
    began = time.perf_counter()
    while env["psa.alert.event"]._process_batch(batch):
        env.cr.commit()
    return time.perf_counter() - began


def create_bare_tickets(env, customer, count=TICKETS):
    """Create tickets in one batch where only helpdesk_mgmt is; return the seconds."""
    team = env["helpdesk.ticket.team"].search([], limit=1)
    channel = env["helpdesk.ticket.channel"].search([], limit=1)
    values = [
        {
            "name": f"Disk {number} of COB-WEB1 is almost full",
            "description": "<p>4 % are free. Last week it was 9 %.</p>",
            "partner_id": customer.id,
            "team_id": team.id,
            "channel_id": channel.id,
            "priority": "2",
            "user_id": False,
        }
        for number in range(count)
    ]
    began = time.perf_counter()
    env["helpdesk.ticket"].create(values)
    env.cr.commit()
    return time.perf_counter() - began


def check(holds, said):
    """Fail where the bench did not do what it claims to measure."""
    if not holds:
        raise Fail(said)


def run(ctx: Context) -> Figure:
    """Seconds for as many tickets on either side; the ratio is that of tickets a second."""
    with ctx.env() as ours, ctx.env(template="host") as host:
        gate = prepare_source(ours)
        customer = host["res.partner"].create({"name": "Cobalt Freight Ltd", "is_company": True})
        host.cr.commit()
        rounds = iter(range(1000))

        def from_events():
            store(ours, gate, TICKETS, TICKETS, DAY + timedelta(hours=next(rounds)))
            return process(ours)

        seconds = interleaved({"ours": from_events, "host": lambda: create_bare_tickets(host, customer)})
        made = ours["helpdesk.ticket"].search_count([])
    check(made >= TICKETS * 5, f"{made} tickets were made")
    speed = {name: TICKETS / taken for name, taken in seconds.items()}
    return Figure.at_least(
        "alert_to_ticket",
        speed["ours"] / speed["host"],
        0.60,
        detail=f"{speed['ours']:.0f} tickets/s from events, {speed['host']:.0f}/s bare on helpdesk_mgmt",
    )
