"""Plays the weeks before the visitor came, through the same methods that people and programs use.

Data files hold what stands still: people, customers, assets, contracts. What happened is played here, so that
clocks, ledgers and invoices of the demo world are made by the suite itself and not typed in.
"""

import csv
import json
from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tools import file_open

from odoo.addons.psa_alerts.logic.delivery import Delivery
from odoo.addons.psa_helpdesk.event_moment import EventMoment

DEMO = "psa_demo."


def play_the_past(env):
    """Called once after installation."""
    world = World(env)
    world.open_the_books()
    world.activate_contracts()
    world.work_last_month()
    world.bill_last_month()
    world.work_this_month()
    world.fill_the_desk()
    world.hear_alerts()


class World:
    """The demo company on its first day."""

    def __init__(self, env):
        self.env = env(context={**env.context, "mail_create_nosubscribe": True, "tracking_disable": False})
        self.now = fields.Datetime.now().replace(second=0, microsecond=0)
        self.today = fields.Date.today()
        self.month = self.today.replace(day=1)
        self.last_month = self.month - relativedelta(months=1)

    def ref(self, xml_id):
        return self.env.ref(xml_id if "." in xml_id else DEMO + xml_id)

    def rows(self, name):
        with file_open(f"psa_demo/past/{name}.csv") as handle:
            return list(csv.DictReader(handle))

    # ------------------------------------------------------------------
    # The books
    # ------------------------------------------------------------------

    def open_the_books(self):
        company = self.env.ref("base.main_company")
        charts = self.env["account.chart.template"]
        if not company.chart_template:
            charts.try_loading(charts._guess_chart_template(company.country_id), company, install_demo=False)

    def activate_contracts(self):
        contracts = self.env["psa.contract"].search([("state", "=", "draft")], order="id")
        contracts.action_activate()

    def log(self, row, ticket, day):
        """One time entry of a row: who, minutes, text; in the name of who worked."""
        user = self.ref(f"user_{row['who']}")
        start = datetime.combine(day, time.fromisoformat(row["at"]))
        values = {"psa_ticket_id": ticket.id, "psa_start_at": start, "name": row["text"]}
        values["psa_end_at"] = start + timedelta(minutes=int(row["minutes"]))
        if row["work_type"]:
            values["psa_work_type_id"] = self.env.ref(f"psa_contracts.psa_work_type_{row['work_type']}").id
        return self.env["account.analytic.line"].with_user(user).create(values)

    def workday(self, first, number):
        """The number-th working day from `first`, never after yesterday."""
        day = first
        while True:
            if day.weekday() < 5:
                if number <= 0:
                    return min(day, self.today - timedelta(days=1))
                number -= 1
            day += timedelta(days=1)

    def play_work(self, rows, first):
        """Tickets that were opened, worked on, answered and closed, each on its own working day."""
        entries = self.env["account.analytic.line"]
        tickets = {}
        for row in rows:
            day = self.workday(first, int(row["day"]))
            key = row["ticket"]
            if key not in tickets:
                tickets[key] = self.open_ticket(row, datetime.combine(day, time.fromisoformat(row["at"])))
            entries |= self.log(row, tickets[key], day)
        for row in rows:
            ticket = tickets[row["ticket"]]
            if row["closed"] and ticket.psa_is_open:
                self.answer_ticket(ticket, row, f"Done: {row['text'].lower()}.")
                self.close_ticket(ticket, row)
        return entries

    def open_ticket(self, row, started_at):
        values = {
            "name": row["ticket"],
            "description": f"<p>{row['ask']}</p>" if row.get("ask") else f"<p>{row['ticket']}</p>",
            "partner_id": self.ref(row["partner"]).id,
            "priority": row["priority"],
            "team_id": self.ref(row["queue"]).id,
            "psa_started_at": started_at - timedelta(minutes=10),
        }
        if row.get("asset"):
            values["psa_asset_id"] = self.ref(f"asset_{row['asset']}").id
        if row.get("issue"):
            values["category_id"] = self.ref(f"issue_{row['issue']}").id
        if row.get("who"):
            values["user_id"] = self.ref(f"user_{row['who']}").id
        return self.env["helpdesk.ticket"].create(values)

    def answer_ticket(self, ticket, row, text):
        at = ticket.psa_started_at + timedelta(minutes=int(row["answered_after"]))
        ticket._psa_sla_respond(at)  # the message itself would be a response of today
        ticket.with_user(self.ref(f"user_{row['who']}")).message_post(
            body=text, subtype_xmlid="mail.mt_comment", message_type="comment"
        )

    def close_ticket(self, ticket, row):
        at = ticket.psa_started_at + timedelta(minutes=10 + int(row["minutes"]))
        ticket.with_context(psa_event_at=EventMoment(at), psa_silent=True).action_close()

    # ------------------------------------------------------------------
    # Months
    # ------------------------------------------------------------------

    def approve(self, entries):
        entries.filtered(lambda line: line.psa_state == "draft").action_psa_submit()
        entries.with_user(self.ref("user_sam")).action_psa_approve()

    def work_last_month(self):
        self.approve(self.play_work(self.rows("work_last_month"), self.last_month))

    def bill_last_month(self):
        items = self.env["psa.billing.item"].search([("state", "=", "draft")])
        items.with_user(self.ref("user_olga")).action_approve()
        cutoff = self.month - timedelta(days=1)
        biller = self.ref("user_bill")
        run = (
            self.env["psa.billing.run"]
            .with_user(biller)
            .create({"cutoff_date": cutoff, "invoice_date": cutoff})
        )
        run.action_run()
        run.move_ids.with_user(self.ref("user_acc")).action_post()

    def work_this_month(self):
        entries = self.play_work(self.rows("work_this_month"), self.month)
        week_ago = self.today - timedelta(days=4)
        self.approve(entries.filtered(lambda line: line.date < week_ago))

    # ------------------------------------------------------------------
    # Today
    # ------------------------------------------------------------------

    def fill_the_desk(self):
        """Open tickets in every state, some minutes or hours old."""
        for row in self.rows("desk_today"):
            ticket = self.open_ticket(row, self.now - timedelta(minutes=int(row["age"]) - 10))
            if row["answer"]:
                self.answer_ticket(ticket, row, row["answer"])
            if row["state"] == "waiting":
                ticket.with_user(self.ref(f"user_{row['who']}")).action_wait_for_customer()
            elif row["state"] == "progress":
                ticket._psa_move_to("open")

    def hear_alerts(self):
        """Messages of the generic source, received and worked off like any other."""
        sources = self.env["psa.alert.source"]
        token = self.ref("source_generic")._rotate_secret()
        for row in self.rows("alerts_today"):
            seen = self.now - timedelta(minutes=int(row["age"]))
            message = {
                "id": row["id"],
                "key": row["key"],
                "state": row["state"],
                "severity": row["severity"],
                "title": row["title"],
                "text": row["text"],
                "customer": row["customer"],
                "device": row["device"],
                "occurred_at": seen.isoformat() + "Z",
            }
            delivery = Delivery(token=token, body=json.dumps(message).encode(), headers={})
            sources._receive(delivery, seen)
            # Each message is worked off before the next one comes, as it was on that day.
            self.env["psa.alert.event"]._cron_process()
