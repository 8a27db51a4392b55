"""From a dying server to the posted invoice, one function a scene."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

from . import monitoring
from .stage import Stage, clock

SOURCE, CUSTOMER, LABEL, DEVICE, ASSET = (
    "Prometheus HQ",
    "Cobalt Freight Ltd",
    "cobalt-freight",
    "COB-WEB1:9100",
    "COB-WEB1",
)
TICKET = ["number", "name", "partner_id", "psa_asset_id", "priority", "team_id", "psa_is_open", "stage_id"]
MINUTES, RATE, AMOUNT = 50, 100.0, 83.33


def address_of_source(stage: Stage) -> str:
    """The service manager draws a new address for the source; it is shown this once."""
    stage.scene("Sam connects Prometheus: a new secret address for the source")
    sam = stage.user("sam")
    source = sam.one("psa.alert.source", [("name", "=", SOURCE)], ["name", "system"])
    action = sam.call("psa.alert.source", "action_new_address", [source["id"]])
    token = action["context"]["psa_token"]
    stage.tell("source", f"{source['name']} ({source['system']})")
    stage.tell("address", f"{stage.url}/psa/alerts/v1/{token[:6]}... (secret)")
    return f"{stage.url}/psa/alerts/v1/{token}"


@contextlib.contextmanager
def watched(stage: Stage, webhook: str) -> Iterator[monitoring.Target | monitoring.Replay]:
    """A target under real monitoring where the programs are installed, else a recorded message."""
    stage.scene("Monitoring starts to watch COB-WEB1")
    # Another demo within the hour is another condition: its ticket is a new one, which nobody has touched yet.
    labels = {"client": LABEL, "device": DEVICE, "check": f"demo-{int(time.time())}"}
    if not monitoring.installed():
        stage.tell(
            "monitoring",
            "prometheus and prometheus-alertmanager are not installed: a recorded message is replayed",
        )
        yield monitoring.Replay(webhook, **labels)
        return
    with monitoring.watched_target(webhook, **labels) as target:
        stage.tell("monitoring", "a real Prometheus and Alertmanager")
        yield target


def _open_tickets(stage: Stage) -> list[dict[str, Any]]:
    domain = [("psa_asset_id.name", "=", ASSET), ("psa_is_open", "=", True), ("psa_alert_ids", "!=", False)]
    return stage.user("nina").find("helpdesk.ticket", domain, [*TICKET, "psa_sla_due_at", "psa_sla_state"])


def tidy(stage: Stage) -> None:
    """An earlier demo that broke off may have left its ticket open: close it as a technician would."""
    for ticket in _open_tickets(stage):
        stage.user("nina").call("helpdesk.ticket", "action_close", [ticket["id"]])


def dies(stage: Stage, target: monitoring.Target | monitoring.Replay) -> dict[str, Any]:
    """The target stops answering; the alert becomes a ticket by itself."""
    stage.scene("COB-WEB1 dies: the alert becomes a ticket")
    target.die()
    ticket: dict[str, Any] = stage.wait("the ticket", lambda: _open_tickets(stage))[0]
    stage.tell("ticket", f"{ticket['number']} {ticket['name']}")
    stage.tell("customer, asset", f"{ticket['partner_id'][1]}, {ticket['psa_asset_id'][1]}")
    stage.tell("queue", ticket["team_id"][1])
    stage.tell("SLA due (UTC)", f"{ticket['psa_sla_due_at']} ({ticket['psa_sla_state']})")
    stage.insist(CUSTOMER in ticket["partner_id"][1], "the ticket knows its customer")
    stage.insist(ASSET in ticket["psa_asset_id"][1], "the ticket knows its asset")
    stage.insist(ticket["priority"] == "3", "severity critical is priority Critical")
    stage.insist(ticket["psa_sla_due_at"], "a promise is running")
    return ticket


def heals_untouched(
    stage: Stage, target: monitoring.Target | monitoring.Replay, ticket: dict[str, Any]
) -> None:
    """Nobody touched the ticket, so the recovery closes it."""
    stage.scene("COB-WEB1 comes back before anybody touched the ticket")
    target.start()
    nina = stage.user("nina")

    def closed() -> list[dict[str, Any]]:
        return nina.find("helpdesk.ticket", [("id", "=", ticket["id"]), ("psa_is_open", "=", False)], TICKET)

    found = stage.wait("the recovery", closed)
    stage.insist(found, f"{ticket['number']} closed by itself ({found[0]['stage_id'][1]})")


def dies_again(
    stage: Stage, target: monitoring.Target | monitoring.Replay, before: dict[str, Any]
) -> dict[str, Any]:
    """The same condition within the reopening window opens the same ticket; Joe takes it."""
    stage.scene("COB-WEB1 dies again within the hour: the same ticket is open again, and Joe takes it")
    target.die()
    ticket: dict[str, Any] = stage.wait("the ticket", lambda: _open_tickets(stage))[0]
    stage.insist(ticket["id"] == before["id"], f"no second ticket: {ticket['number']} was opened again")
    stage.user("joe").call("helpdesk.ticket", "action_take", [ticket["id"]])
    stage.tell("assigned to", "Joe Miller")
    return ticket


def joe_works(stage: Stage, ticket: dict[str, Any]) -> int:
    """50 minutes on the ticket, with the cover said before anything is approved; submitted."""
    stage.scene("Joe logs 50 minutes on the ticket and submits them")
    joe = stage.user("joe")
    values = {
        "psa_ticket_id": ticket["id"],
        "psa_minutes": MINUTES,
        "name": "Restarted the web service, found the leak",
    }
    entry = joe.call("account.analytic.line", "create", [values])
    entry_id = int(entry[0] if isinstance(entry, list) else entry)
    (read,) = joe.call("account.analytic.line", "read", [entry_id], ["psa_minutes", "psa_cover_text"])
    stage.tell("worked", clock(read["psa_minutes"]))
    stage.tell("cover", read["psa_cover_text"])
    joe.call("account.analytic.line", "action_psa_submit", [entry_id])
    return entry_id


def heals_touched(
    stage: Stage, target: monitoring.Target | monitoring.Replay, ticket: dict[str, Any]
) -> None:
    """The recovery is noted, but a person works on the ticket: it stays open until that person closes it."""
    stage.scene("COB-WEB1 comes back; the ticket is Joe's, so only Joe closes it")
    target.start()
    nina = stage.user("nina")
    live = [("ticket_id", "=", ticket["id"]), ("state", "!=", "resolved")]
    stage.wait("the recovery", lambda: not nina.call("psa.alert", "search_count", live))
    (read,) = nina.call("helpdesk.ticket", "read", [ticket["id"]], ["psa_is_open"])
    stage.insist(read["psa_is_open"], "a touched ticket stays open")
    joe = stage.user("joe")
    body = "Your web server is back. We restarted its service and removed the cause."
    joe.call(
        "helpdesk.ticket",
        "message_post",
        [ticket["id"]],
        body=body,
        subtype_xmlid="mail.mt_comment",
        message_type="comment",
    )
    joe.call("helpdesk.ticket", "action_close", [ticket["id"]])
    (read,) = nina.call("helpdesk.ticket", "read", [ticket["id"]], ["psa_is_open", "psa_sla_clock_ids"])
    for reading in nina.call(
        "psa.sla.clock", "read", read["psa_sla_clock_ids"], ["kind", "state", "counted_seconds"]
    ):
        stage.tell(
            f"promise {reading['kind']}", f"{reading['state']}, {reading['counted_seconds']} s counted"
        )
    stage.insist(not read["psa_is_open"], f"{ticket['number']} is closed")


def approve(stage: Stage, entry_id: int) -> dict[str, Any]:
    """Sam approves the time; the ledger has an item that says why; Anna lets it be billed."""
    stage.scene("Sam approves the time, Anna the billing item")
    stage.user("sam").call("account.analytic.line", "action_psa_approve", [entry_id])
    anna = stage.user("anna")
    domain = [("source_model", "=", "account.analytic.line"), ("source_id", "=", entry_id)]
    fields = ["name", "minutes_worked", "minutes_billed", "rate", "amount", "cover", "derivation", "state"]
    item = anna.one("psa.billing.item", domain, fields)
    stage.tell(
        "item",
        f"#{item['id']}: {clock(item['minutes_billed'])} x {item['rate']:.2f}/h = {item['amount']:.2f}",
    )
    for step in (item["derivation"] or {}).get("steps", []):
        stage.tell("why", " ".join(str(step[key]) for key in ("rule", "do", "why") if step.get(key)))
    stage.insist(
        (item["rate"], item["amount"]) == (RATE, AMOUNT), "50 minutes at 100.00 an hour are 83.33, not 83.00"
    )
    anna.call("psa.billing.item", "action_approve", [item["id"]])
    return item


def bill(stage: Stage, item: dict[str, Any]) -> dict[str, Any]:
    """Bill runs billing for the customer; one draft invoice carries the item; Agnes posts it."""
    stage.scene("Bill runs billing, Agnes posts the invoice in Odoo's accounting")
    biller, accountant = stage.user("bill"), stage.user("acc")
    customer = biller.one("res.partner", [("name", "=", CUSTOMER)], ["name"])
    values = {"cutoff_date": date.today().isoformat(), "partner_ids": [(6, 0, [customer["id"]])]}  # noqa: DTZ011
    run = biller.call("psa.billing.run", "create", [values])
    run_id = int(run[0] if isinstance(run, list) else run)
    biller.call("psa.billing.run", "action_run", [run_id])

    def finished() -> list[dict[str, Any]]:
        return biller.find(
            "psa.billing.run",
            [("id", "=", run_id), ("state", "in", ["done", "problems"])],
            ["name", "state", "move_ids"],
        )

    (done,) = stage.wait("the billing run", finished)
    stage.tell("billing run", f"{done['name']}: {done['state']}")
    stage.insist(done["state"] == "done" and len(done["move_ids"]) == 1, "one invoice for the customer")
    move_id = done["move_ids"][0]
    accountant.call("account.move", "action_post", [move_id])
    (move,) = accountant.call(
        "account.move", "read", [move_id], ["name", "state", "amount_untaxed", "amount_total"]
    )
    lines = accountant.find(
        "account.move.line",
        [("move_id", "=", move_id), ("display_type", "=", "product")],
        ["name", "quantity", "price_unit", "price_subtotal", "psa_minutes", "psa_rate"],
    )
    for line in lines:
        stage.tell(
            "line",
            f"{clock(line['psa_minutes'])} x {line['psa_rate']:.2f}/h = {line['price_subtotal']:.2f}  {line['name'].splitlines()[0]}",
        )
    stage.tell(
        "invoice",
        f"{move['name']}: {move['amount_untaxed']:.2f} untaxed, {move['amount_total']:.2f} in all, {move['state']}",
    )
    stage.insist(move["state"] == "posted", "the invoice is posted")
    stage.insist(
        any(line["price_subtotal"] == item["amount"] for line in lines),
        "the item's amount stands on the invoice to the cent",
    )
    return dict(move)


def customer_sees(stage: Stage, ticket: dict[str, Any], move: dict[str, Any]) -> None:
    """The customer reads ticket and invoice in the portal; another customer reads neither."""
    stage.scene("Ivan of Cobalt Freight looks into the portal; Mia of Harbor Dental must see nothing")
    pages = {"ticket": f"/my/ticket/{ticket['id']}", "invoice": f"/my/invoices/{move['id']}"}
    shown = {"ticket": ticket["number"], "invoice": move["name"]}
    for what, path in pages.items():
        page = stage.user("cobalt").page(path)
        stage.insist(
            page.status_code == 200 and shown[what] in page.text,
            f"the customer sees the {what} {shown[what]}",
        )
        page = stage.user("hdg").page(path)
        stage.insist(
            page.status_code != 200 or shown[what] not in page.text,
            f"another customer does not see the {what}",
        )


def play(url: str) -> None:
    """The whole story; raises where a step does not hold."""
    stage = Stage(url)
    webhook = address_of_source(stage)
    tidy(stage)
    with watched(stage, webhook) as target:
        first = dies(stage, target)
        heals_untouched(stage, target, first)
        ticket = dies_again(stage, target, first)
        entry_id = joe_works(stage, ticket)
        heals_touched(stage, target, ticket)
    item = approve(stage, entry_id)
    move = bill(stage, item)
    customer_sees(stage, ticket, move)
    print(f"\nEvery step held: {ticket['number']} -> {move['name']}.", flush=True)
