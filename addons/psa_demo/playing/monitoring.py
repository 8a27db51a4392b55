"""Messages of the monitoring systems, received and worked off like any other."""

import hashlib
import json
from datetime import timedelta

from odoo.addons.psa_alerts.logic import reconcile
from odoo.addons.psa_alerts.logic.delivery import Delivery
from odoo.addons.psa_helpdesk.event_moment import EventMoment


def hear(world):
    """Let all sources send, work the messages off, and let people react to some of the alerts."""
    sources = world.env["psa.alert.source"]
    rows = world.rows("alerts_today")
    tokens = {name: world.ref(f"source_{name}")._rotate_secret() for name in {row["source"] for row in rows}}
    messages = [message for row in rows for message in _repeat(world, row)]
    for moment, row, number in sorted(messages, key=lambda message: message[0]):
        body = (_write_alertmanager if row["source"] == "prometheus" else _write_generic)(row, number, moment)
        delivery = Delivery(token=tokens[row["source"]], body=json.dumps(body).encode(), headers={})
        sources._receive(delivery, moment)
    # Not by its job, which commits: what is played here is one transaction.
    while world.env["psa.alert.event"]._process_batch():
        pass
    _react(world, rows)


def ask(world):
    """Compare with what Prometheus lists as firing: the message of one alert was lost on its way and is made good.

    The list is handed over as its answer would be; the demo world calls no server, so asking is switched off after it.
    """
    source = world.ref("source_prometheus")
    rows = [row for row in world.rows("alerts_today") if row["source"] == "prometheus"]
    answer = [_list(_write_alertmanager(row, 0, world.minutes_ago(row["age"]))) for row in rows]
    listing = reconcile.read_listing(source.system, answer, source._get_settings(), source.poll_receiver)
    source._reconcile(listing, world.minutes_ago("5"))
    while world.env["psa.alert.event"]._process_batch():
        pass


def _list(message):
    """The entry of Alertmanager's list that stands for a message."""
    [alert] = message["alerts"]
    return alert | {"status": {"state": "active"}, "receivers": [{"name": message["receiver"]}]}


def _repeat(world, row):
    """(moment, row, number) of each message that a row stands for; one that is lost is sent no times."""
    first = world.minutes_ago(row["age"])
    every = timedelta(minutes=int(row["every"] or 0))
    return [(first + number * every, row, number) for number in range(int(row["times"] or 1))]


def _write_generic(row, number, moment):
    if not row["key"]:
        return {"id": row["id"], "hint": "a message that says nothing"}
    names = ("key", "state", "severity", "title", "text", "customer", "device")
    said = {name: row[name] for name in names if row[name]}
    return {"id": f"{row['id']}.{number}", "occurred_at": f"{moment.isoformat()}Z", **said}


def _write_alertmanager(row, _number, moment):
    labels = {
        "alertname": row["key"],
        "client": row["customer"],
        "instance": row["device"],
        "severity": row["severity"],
    }
    alert = {
        "status": "firing",
        "labels": labels,
        "annotations": {"summary": row["title"], "description": row["text"]},
        "startsAt": f"{moment.isoformat()}Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": hashlib.sha256(json.dumps(labels).encode()).hexdigest()[:16],
    }
    group = {"alertname": row["key"], "client": row["customer"]}
    return {
        "version": "4",
        "status": "firing",
        "receiver": "psa",
        "groupKey": f"{{}}:{row['key']}",
        "groupLabels": group,
        "commonLabels": labels,
        "alerts": [alert],
    }


def _react(world, rows):
    alerts = world.env["psa.alert"].search([])
    nina = world.user("nina")
    for row in rows:
        if not row["then"]:
            continue
        alert = alerts.filtered(lambda one, row=row: one.name == row["title"])
        if row["then"] == "ack":
            alert.with_user(nina).action_acknowledge()
        elif row["then"] == "resolve":
            alert.with_user(nina).action_resolve()
        else:
            ticket = alert.ticket_id.with_user(nina)
            taken = EventMoment(alert.first_seen_at + timedelta(minutes=15))
            ticket = ticket.with_context(psa_event_at=taken)
            ticket.action_take()
            ticket._psa_move_to("open")
