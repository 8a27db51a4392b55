"""The door with its durable INSERT and coalesced trigger, against an empty route of Odoo with the same auth kind.

Both are asked by the same client in the same way: a few connections at once, one request each, two workers. The
empty route is Odoo's own `/web/health` (auth "none", no session).
"""

import itertools
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from bench.bench_alert_to_ticket import check
from bench.harness import Context, Figure, interleaved

REQUESTS = 500
AT_ONCE = 4
NUMBERS = itertools.count()


def message(number):
    """A message of Alertmanager with one alert, about 900 bytes, different for each number."""
    host = f"COB-WEB{number % 50}"
    labels = {
        "alertname": "NodeDown",
        "client": "cobalt-freight",
        "instance": f"{host}:9100",
        "severity": "critical",
    }
    element = {
        "status": "firing",
        "labels": labels,
        "annotations": {
            "summary": f"{host} does not answer",
            "description": f"No scrape of {host} has worked.",
        },
        "startsAt": f"2026-11-18T20:04:31.{number:09d}Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "https://prometheus.example/graph?g0.expr=up",
        "fingerprint": f"{number % 50:016x}",
    }
    return json.dumps(
        {
            "receiver": "psa",
            "status": "firing",
            "alerts": [element],
            "groupLabels": {"alertname": "NodeDown"},
            "commonLabels": labels,
            "commonAnnotations": {},
            "externalURL": "https://alertmanager.example",
            "version": "4",
            "groupKey": '{}:{alertname="NodeDown"}',
            "truncatedAlerts": 0,
        }
    ).encode()


def ask(address, request, status):
    """Send one request and read its answer to the end."""
    with socket.create_connection(address) as line:
        line.sendall(request)
        answer = b""
        while chunk := line.recv(65536):
            answer += chunk
    check(answer.split(b" ", 2)[1] == status, f"the server said {answer[:300]!r}")


def ask_all(url, requests, status):
    """Send all requests, a few at once; return the seconds."""
    parts = urlsplit(url)
    address = parts.hostname, parts.port
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _done in pool.map(lambda request: ask(address, request, status), requests):
            pass
    return time.perf_counter() - began


def empty_request():
    return b"GET /web/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def door_request(token):
    body = message(next(NUMBERS))
    head = (
        f"POST /psa/alerts/v1/{token} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def run(ctx: Context) -> Figure:
    """Requests a second of either route."""
    with ctx.database() as name:
        with ctx.env(name) as env:
            source = env["psa.alert.source"].create(
                {"name": "Bench", "system": "alertmanager", "rate_limit": 10_000_000}
            )
            token = source._rotate_secret()
            env.cr.commit()
        with ctx.server(name, workers=2) as server:

            def door():
                requests = [door_request(token) for _one in range(REQUESTS)]
                return ask_all(server.url, requests, b"202")

            seconds = interleaved(
                {
                    "door": door,
                    "empty": lambda: ask_all(server.url, [empty_request()] * REQUESTS, b"200"),
                }
            )
        with ctx.env(name) as env:
            stored = env["psa.alert.event"].search_count([])
            cron = env.ref("psa_alerts.psa_alerts_cron_process")
            triggers = env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
    check(stored == REQUESTS * 6, f"{stored} messages are stored")
    check(triggers <= AT_ONCE, f"{triggers} triggers are pending")
    speed = {name: REQUESTS / taken for name, taken in seconds.items()}
    return Figure.at_least(
        "door",
        speed["door"] / speed["empty"],
        0.60,
        detail=f"{speed['door']:.0f} messages/s stored, {speed['empty']:.0f} empty requests/s, 2 workers, "
        f"{triggers} pending trigger for {stored} messages",
    )
