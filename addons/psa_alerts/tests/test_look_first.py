from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import PsaAlertsCase


@tagged("post_install", "-at_install")
class TestLookFirst(PsaAlertsCase):
    """Monitoring among what the service manager looks at first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Other data stays out of the five lines.
        cls.env["helpdesk.ticket"].search([]).active = False
        cls.env["psa.alert"].search([]).state = "resolved"
        cls.env["psa.alert.source"].search([]).last_seen_at = fields.Datetime.now()

    def _make_alert(self, **values):
        now = fields.Datetime.now()
        return self.alerts.create(
            {
                "name": "Backup failed",
                "company_id": self.env.company.id,
                "source_id": self.source.id,
                "correlation_key": str(self.alerts.search_count([])),
                "severity": "critical",
                "highest_severity": "critical",
                "first_seen_at": now,
                "last_seen_at": now,
                "partner_id": self.harbor.id,
                **values,
            }
        )

    def _look(self, user=None, **context):
        home = self.env["psa.service.home"].with_user(user or self.manager).with_context(**context)
        return {line["key"]: line for line in home.get_home()["look"]}

    def test_a_critical_alert_that_nobody_has_seen(self):
        alert = self._make_alert()
        line = self._look()[f"psa.alert,{alert.id}"]
        self.assertEqual(
            (line["customer"], line["why"]), (self.harbor.name, "Critical alert, and nobody has seen it")
        )
        self.assertEqual((line["action"]["res_model"], line["action"]["res_id"]), ("psa.alert", alert.id))
        self.assertFalse(self._look(psa_home_mine=1), "an alert has no queue")
        self.assertFalse(self._look(self.contractor))

    def test_what_somebody_has_seen_is_no_reason(self):
        touched = self._make_ticket(psa_touched_at=fields.Datetime.now())
        for values in (
            {"state": "acknowledged"},
            {"state": "resolved"},
            {"severity": "high"},
            {"ticket_id": touched.id},
        ):
            alert = self._make_alert(**values)
            self.assertNotIn(f"psa.alert,{alert.id}", self._look(), values)

    def test_a_critical_ticket_stands_for_its_alert(self):
        ticket = self._make_ticket(priority="3")
        alert = self._make_alert(ticket_id=ticket.id)
        look = self._look()
        self.assertIn(f"helpdesk.ticket,{ticket.id}", look)
        self.assertNotIn(f"psa.alert,{alert.id}", look)

    def test_a_source_that_is_not_heard(self):
        self.assertFalse(self._look())
        self.source.last_seen_at = fields.Datetime.now() - timedelta(days=30)
        line = self._look()[f"psa.alert.source,{self.source.id}"]
        self.assertIn("Silent source, heard:", line["why"])
        self.assertEqual(line["action"]["res_id"], self.source.id)
