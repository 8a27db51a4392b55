"""The main job in one database: an alert becomes a ticket, 50 minutes of work on it a posted invoice."""

import json
import urllib.request
from dataclasses import dataclass

from harness import client

ATTACHED = "a drawing of the rack, longer than what Odoo keeps in the database itself"
DEVICE, CUSTOMER = "HDG-DC01", "Harbor Dental Group"
ALERT = {
    "id": "first", "key": "disk", "state": "problem", "severity": "critical", "title": "Disk is full",
    "text": "C: 99 %", "customer": "harbor", "device": DEVICE,
}  # fmt: skip


@dataclass(frozen=True)
class Story:
    """The database of the story, and what was made in it."""

    database: str
    ticket: int
    entry: int
    item: int
    invoice: int


def play(server):
    """Play it as the administrator; every step is a call of its own, with a commit of its own."""
    admin = client(server)
    admin.timeout = 120

    def create(model, **values):
        return admin.call(model, "create", vals_list=[values])[0]

    customer, contract = make_customer(admin, create)
    ticket = receive_alert(server, admin, create, customer)
    admin.call("helpdesk.ticket", "action_take", ids=[ticket])
    entry = create("account.analytic.line", name="Freed space", psa_ticket_id=ticket, psa_minutes=50)
    for button in ("action_psa_submit", "action_psa_approve"):
        admin.call("account.analytic.line", button, ids=[entry])
    source = [("source_model", "=", "account.analytic.line"), ("source_id", "=", entry)]
    [item] = admin.call("psa.billing.item", "search", domain=source)
    [today] = admin.call("psa.billing.item", "read", ids=[item], fields=["date"])
    run = create("psa.billing.run", cutoff_date=today["date"], partner_ids=[[6, 0, [customer]]])
    admin.call("psa.billing.run", "action_run", ids=[run])
    [invoice] = admin.read("psa.billing.run", run, "move_ids")["move_ids"]
    admin.call("account.move", "action_post", ids=[invoice])
    assert admin.read("psa.contract", contract, "state")["state"] == "active"
    return Story(server.database, ticket, entry, item, invoice)


def make_customer(admin, create):
    """A customer with an asset and an attachment, and a contract with a rate and a monthly fee."""
    [role] = admin.call("project.role", "search", domain=[("name", "=", "Technician")], limit=1)
    [employee] = admin.call("hr.employee", "search", domain=[("user_id.login", "=", "admin")])
    admin.call("hr.employee", "write", ids=[employee], vals={"psa_role_id": role})
    customer = create("res.partner", name=CUSTOMER, is_company=True)
    create("ir.attachment", name="rack.txt", raw=ATTACHED, res_model="res.partner", res_id=customer)
    create("psa.asset", name=DEVICE, partner_id=customer)
    contract = create(
        "psa.contract",
        name="Services",
        partner_id=customer,
        date_start="2026-01-01",
        psa_approval_mode="on_timesheet",
        rate_ids=[[0, 0, {"role_id": role, "amount": 100.0}]],
    )
    admin.call("psa.contract", "action_activate", ids=[contract])
    return customer, contract


def receive_alert(server, admin, create, customer):
    """Post an alert to a source that knows customer and asset, and let the scheduled action read it."""
    [asset] = admin.call("psa.asset", "search", domain=[("name", "=", DEVICE)])
    teams = admin.call("helpdesk.ticket.team", "search", domain=[], limit=1)
    source = create(
        "psa.alert.source",
        name="Monitoring",
        system="generic",
        team_id=teams[0] if teams else create("helpdesk.ticket.team", name="Desk"),
        mapping_ids=[
            [0, 0, {"kind": "customer", "external_ref": "harbor", "partner_id": customer}],
            [0, 0, {"kind": "device", "external_ref": DEVICE, "asset_id": asset}],
        ],
    )
    token = admin.call("psa.alert.source", "action_new_address", ids=[source])["context"]["psa_token"]
    request = urllib.request.Request(
        f"{server.url}/psa/alerts/v1/{token}",
        data=json.dumps(ALERT).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 202
    [cron] = admin.call(
        "ir.cron", "search", domain=[("model_id.model", "=", "psa.alert.event"), ("code", "ilike", "process")]
    )
    admin.call("ir.cron", "method_direct_trigger", ids=[cron])
    [ticket] = admin.call("helpdesk.ticket", "search", domain=[("psa_asset_id", "=", asset)])
    return ticket
