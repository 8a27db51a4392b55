"""The main job, end to end, as the people who do it: technician, service manager, billing clerk, accountant, customer.

Nobody here is an administrator. The alert comes through the real door in the words of a real Alertmanager.
"""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.account.tests.common import AccountTestInvoicingHttpCommon

RECORDED = Path(__file__).parents[2] / "tools" / "demo" / "recorded_alertmanager.json"
DEVICE = "COB-WEB1:9100"


@tagged("post_install", "-at_install")
class TestAlertToInvoice(AccountTestInvoicingHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.customer = cls._make_customer("Cobalt Freight Ltd")
        cls.stranger = cls._make_customer("Harbor Dental Group")
        cls.asset = cls.env["psa.asset"].create({"name": "COB-WEB1", "partner_id": cls.customer.id})
        desk = "psa_helpdesk.psa_helpdesk_group_"
        cls.technician = cls._make_user("joe.scenario", f"{desk}technician")
        cls.service_manager = cls._make_user("sam.scenario", f"{desk}manager")
        cls.approver = cls._make_user("anna.scenario", "psa_contracts.psa_contracts_group_approver")
        cls.biller = cls._make_user(
            "bill.scenario", "psa_contracts.psa_contracts_group_biller,account.group_account_invoice"
        )
        cls.accountant = cls._make_user("acc.scenario", "account.group_account_user")
        cls.portal = cls._make_portal_user("ivan.scenario", cls.customer)
        cls.foreign_portal = cls._make_portal_user("mia.scenario", cls.stranger)
        cls.queue = cls.env["helpdesk.ticket.team"].create(
            {"name": "Scenario desk", "company_id": cls.company.id, "user_ids": [(4, cls.technician.id)]}
        )
        cls.role = cls.env.ref("psa_contracts.project_role_technician")
        cls.env["hr.employee"].create(
            {
                "name": "Joe",
                "user_id": cls.technician.id,
                "company_id": cls.company.id,
                "hourly_cost": 38,
                "psa_role_id": cls.role.id,
            }
        )
        cls.source = cls.env["psa.alert.source"].create(
            {
                "name": "Prometheus HQ",
                "system": "alertmanager",
                "company_id": cls.company.id,
                "team_id": cls.queue.id,
                "mapping_ids": [
                    (
                        0,
                        0,
                        {"kind": "customer", "external_ref": "cobalt-freight", "partner_id": cls.customer.id},
                    ),
                    (0, 0, {"kind": "device", "external_ref": DEVICE, "asset_id": cls.asset.id}),
                ],
            }
        )

    # ------------------------------------------------------------------
    # The world
    # ------------------------------------------------------------------

    @classmethod
    def _make_customer(cls, name):
        return cls.env["res.partner"].create({"name": name, "is_company": True})

    @classmethod
    def _make_user(cls, login, groups):
        return new_test_user(
            cls.env,
            login=login,
            groups=groups,
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    @classmethod
    def _make_portal_user(cls, login, customer):
        user = new_test_user(cls.env, login=login, groups="base.group_portal", company_id=cls.company.id)
        user.partner_id.write({"parent_id": customer.id, "psa_portal_level": "company"})
        return user

    @classmethod
    def _make_contract(cls, **values):
        start = fields.Date.today().replace(day=1)
        contract = cls.env["psa.contract"].create(
            {
                "name": "Scenario",
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "owner_id": cls.approver.id,
                "date_start": start - timedelta(days=1),
                "rate_ids": [(0, 0, {"role_id": cls.role.id, "amount": 100.0})],
                **values,
            }
        )
        contract.action_activate()
        return contract

    # ------------------------------------------------------------------
    # The deeds
    # ------------------------------------------------------------------

    def _monitoring_says(self, status):
        """Post Alertmanager's message to the source's address and let the scheduler work it off."""
        message = json.loads(RECORDED.read_text())
        # To the microsecond, as Alertmanager does: a message with the same bytes is a repeated delivery.
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        message["status"] = status
        for alert in message["alerts"]:
            alert["status"] = status
            alert["endsAt" if status == "resolved" else "startsAt"] = now
        answer = self.url_open(
            f"/psa/alerts/v1/{self.token}",
            data=json.dumps(message),
            headers={"Content-Type": "application/json"},
        )
        self.assertEqual(answer.status_code, 202, answer.text)
        self.env.ref("psa_alerts.psa_alerts_cron_process").sudo().method_direct_trigger()

    def _ticket_of_the_alert(self):
        return (
            self.env["helpdesk.ticket"]
            .with_user(self.technician)
            .search([("psa_asset_id", "=", self.asset.id), ("psa_alert_ids", "!=", False)])
        )

    def _log_time(self, ticket, minutes, text):
        entry = (
            self.env["account.analytic.line"]
            .with_user(self.technician)
            .create({"psa_ticket_id": ticket.id, "psa_minutes": minutes, "name": text})
        )
        entry.action_psa_submit()
        return entry

    def _approve(self, entries):
        entries.with_user(self.service_manager).action_psa_approve()
        items = (
            self.env["psa.billing.item"]
            .with_user(self.approver)
            .search([("source_model", "=", "account.analytic.line"), ("source_id", "in", entries.ids)])
        )
        items.action_approve()
        return items

    def _bill(self):
        run = (
            self.env["psa.billing.run"]
            .with_user(self.biller)
            .create({"cutoff_date": fields.Date.today(), "partner_ids": [(6, 0, self.customer.ids)]})
        )
        run.action_run()
        self.assertEqual(run.state, "done", run.problem_ids.mapped("reason"))
        return run.move_ids

    def _draw_address(self):
        action = self.source.with_user(self.service_manager).action_new_address()
        self.token = action["context"]["psa_token"]

    def _portal_reads(self, user, path):
        self.authenticate(user.login, user.login)
        return self.url_open(path, allow_redirects=False)

    # ------------------------------------------------------------------
    # The stories
    # ------------------------------------------------------------------

    def test_from_alert_to_invoice_for_time_and_materials(self):
        contract = self._make_contract()
        self._draw_address()

        self._monitoring_says("firing")
        ticket = self._ticket_of_the_alert()
        self.assertRecordValues(
            ticket,
            [
                {
                    "commercial_partner_id": self.customer.id,
                    "psa_asset_id": self.asset.id,
                    "team_id": self.queue.id,
                    "priority": "3",
                    "psa_is_open": True,
                    "psa_sla_state": "running",
                }
            ],
        )
        self.assertEqual(ticket.psa_sla_due_at, ticket.psa_started_at + timedelta(minutes=15))

        ticket.action_take()
        entry = self._log_time(ticket, 50, "Restarted the web service")
        self.assertEqual(entry.psa_contract_id, contract)
        self._monitoring_says("resolved")
        self.assertTrue(ticket.psa_is_open, "a person works on it: the recovery is only noted")
        ticket.message_post(
            body="Your web server is back.", subtype_xmlid="mail.mt_comment", message_type="comment"
        )
        ticket.action_close()
        self.assertFalse(ticket.psa_is_open)
        self.assertEqual(ticket.psa_sla_state, "met")

        items = self._approve(entry)
        self.assertRecordValues(
            items,
            [
                {
                    "minutes_worked": 50,
                    "minutes_billed": 50,
                    "rate": 100.0,
                    "amount": 83.33,
                    "cover": "billable",
                    "state": "approved",
                }
            ],
        )
        self.assertTrue(items.derivation)

        move = self._bill()
        self.assertRecordValues(
            move, [{"state": "draft", "partner_id": self.customer.id, "move_type": "out_invoice"}]
        )
        line = move.invoice_line_ids.filtered("psa_item_ids")
        self.assertRecordValues(line, [{"price_subtotal": 83.33, "psa_minutes": 50, "psa_rate": 100.0}])
        self.assertEqual(line.psa_item_ids, items)
        move.with_user(self.accountant).action_post()
        self.assertEqual(move.state, "posted")
        html = self.env["ir.actions.report"]._render_qweb_html("account.report_invoice", move.ids)[0].decode()
        self.assertIn("0:50 x 100.00/h", html)

        for path, shown in (
            (f"/my/ticket/{ticket.id}", ticket.number),
            (f"/my/invoices/{move.id}", move.name),
        ):
            page = self._portal_reads(self.portal, path)
            self.assertEqual(page.status_code, 200, path)
            self.assertIn(shown, page.text)
            page = self._portal_reads(self.foreign_portal, path)
            self.assertFalse(page.status_code == 200 and shown in page.text, path)

    def test_an_untouched_ticket_closes_with_the_recovery_and_opens_again_within_the_hour(self):
        self._draw_address()
        self._monitoring_says("firing")
        ticket = self._ticket_of_the_alert()
        self._monitoring_says("resolved")
        self.assertFalse(ticket.psa_is_open)
        self._monitoring_says("firing")
        self.assertEqual(self._ticket_of_the_alert(), ticket)
        self.assertTrue(ticket.psa_is_open)

    def test_block_overage_and_fee_on_one_invoice_and_again_after_deleting_the_draft(self):
        today = fields.Date.today()
        contract = self._make_contract(
            date_start=today.replace(day=1),
            # On the last day of a month the next month's fee would be due, too (Rule D9.46).
            date_end=today + relativedelta(day=31),
            overage_rate=140.0,
            charge_ids=[
                (
                    0,
                    0,
                    {
                        "name": "Managed services, per seat",
                        "product_id": self.env.ref("psa_contracts.product_product_managed_service").id,
                        "quantity": 18,
                        "price_unit": 95.0,
                        "interval": "month",
                        "in_advance": True,
                    },
                )
            ],
            block_ids=[(0, 0, {"minutes": 60, "price_hour": 120.0, "date_start": today.replace(day=1)})],
        )
        ticket = (
            self.env["helpdesk.ticket"]
            .with_user(self.service_manager)
            .create(
                {
                    "name": "Mail is slow",
                    "description": "Since this morning",
                    "partner_id": self.portal.partner_id.id,
                    "team_id": self.queue.id,
                }
            )
        )
        entries = self._log_time(ticket, 50, "Looked at the queue") | self._log_time(
            ticket, 45, "Cleaned it up"
        )
        self._approve(entries)
        self.assertEqual(contract.block_ids.remaining_minutes, 0)

        first = self._bill()
        figures = sorted(first.invoice_line_ids.filtered("psa_item_ids").mapped("price_subtotal"))
        # 35 minutes beyond the hour at 140.00 are 81.67; the fee is 18 x 95.00; the block is sold once at 120.00.
        self.assertEqual(figures, [0.0, 0.0, 81.67, 120.0, 1710.0])
        covered = first.invoice_line_ids.filtered(lambda line: line.psa_item_ids and not line.price_subtotal)
        self.assertFalse(covered.tax_ids, "prepaid hours were taxed when they were sold")
        shown = self._figures(first)
        first.with_user(self.biller).unlink()
        second = self._bill()
        self.assertEqual(self._figures(second), shown)
        self.assertFalse(self._bill(), "nothing is billed twice")

    def _figures(self, move):
        return [
            (
                line.name,
                line.quantity,
                line.price_unit,
                line.price_subtotal,
                line.psa_minutes,
                line.tax_ids.ids,
            )
            for line in move.invoice_line_ids
        ]

    def test_the_wrong_people_are_refused(self):
        self._make_contract()
        self._draw_address()
        self._monitoring_says("firing")
        ticket = self._ticket_of_the_alert()
        entry = self._log_time(ticket, 50, "Restarted the web service")
        with self.assertRaises(AccessError):
            entry.with_user(self.technician).action_psa_approve()
        items = self._approve(entry)
        with self.assertRaises(AccessError):
            items.with_user(self.technician).read(["amount"])
        with self.assertRaises(AccessError):
            self.env["psa.billing.run"].with_user(self.technician).create(
                {"cutoff_date": fields.Date.today()}
            )
        with self.assertRaises(AccessError):
            ticket.with_user(self.foreign_portal).read(["name"])
        with self.assertRaises(UserError):
            entry.with_user(self.technician).write({"psa_minutes": 500})
        self.assertEqual(self.url_open("/psa/alerts/v1/wrong", data="{}").status_code, 401)
