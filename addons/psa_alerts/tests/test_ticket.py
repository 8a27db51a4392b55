from odoo.tests import tagged

from .common import PsaAlertsCase, at


@tagged("post_install", "-at_install")
class TestAlertTicket(PsaAlertsCase):
    def test_the_ticket_carries_what_the_alert_knows(self):
        alert = self._say("10:00:02", severity="critical", occurred_at="2026-03-02T09:57:00Z", process=False)
        self._process("10:00:40")
        alert = self._alert()
        ticket = alert.ticket_id
        self.assertRecordValues(
            ticket,
            [
                {
                    "name": "Disk full",
                    "partner_id": self.harbor.id,
                    "psa_site_id": self.westgate.id,
                    "psa_asset_id": self.harbor_server.id,
                    "team_id": self.queue.id,
                    "user_id": False,
                    "priority": "3",
                    "channel_id": self.env.ref("psa_helpdesk.psa_channel_monitoring").id,
                    "psa_started_at": at("10:00:02"),
                    "company_id": self.env.company.id,
                }
            ],
        )
        self.assertTrue(ticket._psa_is_untouched())

    def test_severities_become_priorities(self):
        for severity, priority in (
            ("critical", "3"),
            ("high", "2"),
            ("medium", "1"),
            ("low", "0"),
            ("info", "0"),
        ):
            alert = self._say("10:00", severity=severity, key=severity)
            self.assertEqual(alert.ticket_id.priority, priority)

    def test_a_strangers_text_is_escaped_and_only_web_links_are_links(self):
        alert = self._say(
            "10:00",
            title="<b>Disk</b>\r\nBcc: all@example.com",
            text='<script>alert(1)</script><img src="https://evil.example/x.png">\nsecond line',
            url="javascript:alert(1)",
        )
        self.assertEqual(alert.ticket_id.name, "<b>Disk</b> Bcc: all@example.com")
        html = str(alert.ticket_id.description)
        self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt;", html)
        self.assertIn("<br>second line", html.replace("<br/>", "<br>"))
        self.assertNotIn("<img", html)
        self.assertNotIn("href", html)

    def test_the_customer_who_reads_the_ticket_learns_nothing_of_our_monitoring(self):
        alert = self._say("10:00", text="Disk C: is full", url="https://monitoring.internal/7")
        html = str(alert.ticket_id.description)
        self.assertIn("Disk C: is full", html)
        for internal in ("monitoring.internal", self.source.name, "harbor-dental", "HDT-DC01"):
            self.assertNotIn(internal, html)
        self.assertEqual((alert.url, alert.device_ref), ("https://monitoring.internal/7", "HDT-DC01"))

    def test_a_message_without_text_still_has_a_description(self):
        self.assertIn("Disk full", str(self._say("10:00").ticket_id.description))

    def test_a_source_without_queue_uses_the_default_one(self):
        self.source.team_id = False
        self.assertEqual(
            self._say("10:00").ticket_id.team_id,
            self.env["helpdesk.ticket.team"]._psa_get_default(self.env.company),
        )

    def test_tickets_of_another_companys_source_are_its_own(self):
        company = self.env["res.company"].create({"name": "Brightwater Europe Test"})
        queue = self._make_queue("Europe", company_id=company.id)
        stages = self.env["helpdesk.ticket.stage"].search([])
        stages.company_id = False
        source = self.env["psa.alert.source"].create(
            {
                "name": "Europe",
                "system": "generic",
                "company_id": company.id,
                "team_id": queue.id,
                "partner_id": self.cobalt.id,
            }
        )
        self._deliver({"key": "x", "title": "Line down"}, token=source._rotate_secret())
        self._process()
        alert = self.alerts.search([("source_id", "=", source.id)])
        self.assertEqual(alert.company_id, company)
        self.assertEqual(alert.ticket_id.company_id, company)

    def test_the_ticket_counts_its_alerts_and_opens_them(self):
        alert = self._say("10:00")
        ticket = alert.ticket_id.with_user(self.technician)
        self.assertEqual(ticket.psa_alert_count, 1)
        action = ticket.action_psa_open_alerts()
        self.assertEqual(self.env["psa.alert"].with_user(self.technician).search(action["domain"]), alert)
        self.assertEqual(ticket.psa_alert_ids, alert)
        for user, is_shown in ((self.technician, True), (self.contractor, False)):
            arch = self.env["helpdesk.ticket"].with_user(user).get_view(view_type="form")["arch"]
            self.assertEqual('name="psa_alert_ids"' in arch, is_shown, user.login)

    def test_the_asset_counts_its_open_alerts(self):
        self._say("10:00")
        self._say("10:01", key="backup")
        self._say("10:02", "resolved", key="backup")
        asset = self.harbor_server.with_user(self.technician)
        self.assertEqual(asset.psa_alert_count, 1)
        action = asset.action_psa_open_alerts()
        self.assertEqual(self.alerts.search_count(action["domain"]), 2)

    def test_an_addon_may_say_more_about_the_ticket(self):
        values_of = type(self.alerts)._prepare_ticket_values

        def prepare(alert):
            return values_of(alert) | {"name": f"{alert.partner_id.name}: {alert.name}"}

        self.patch(type(self.alerts), "_prepare_ticket_values", prepare)
        self.assertEqual(self._say("10:00").ticket_id.name, "Harbor Dental Test: Disk full")

    def test_reopening_by_staff_starts_the_window_anew(self):
        alert = self._say("10:00")
        self._say("10:20", "resolved")
        self.assertEqual(alert.ticket_closed_at, at("10:20"))
        alert.ticket_id.with_user(self.technician).action_reopen()
        self.assertFalse(alert.ticket_closed_at)
        self.assertEqual(alert.state, "resolved")

    def test_a_batch_makes_its_tickets_in_one_create(self):
        calls = []
        create = type(self.env["helpdesk.ticket"]).create

        def counted(model, vals_list):
            calls.append(len(vals_list))
            return create(model, vals_list)

        self.patch(type(self.env["helpdesk.ticket"]), "create", counted)
        for number in range(30):
            self._say("10:00", process=False, key=f"disk{number}")
        self._process()
        self.assertEqual(calls, [30])
        self.assertEqual(self._alert("disk7").ticket_id.psa_started_at, at("10:00"))
