from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PsaAlertsCase


@tagged("post_install", "-at_install")
class TestCustomerAlerts(PsaAlertsCase):
    """The page of a customer shows what its monitoring reports, to whom may see alerts."""

    def test_open_alerts_of_customer_and_site(self):
        self._say("10:00")
        harbor = self.harbor.with_user(self.alert_user)
        alert = self.alerts.search([("partner_id", "=", self.harbor.id)])
        self.assertEqual(len(alert), 1)
        self.assertEqual(harbor.psa_alert_ids.ids, alert.ids)
        self.assertEqual(self.westgate.with_user(self.alert_user).psa_alert_ids.ids, alert.ids)
        self.assertFalse(self.cobalt.with_user(self.alert_user).psa_alert_ids)
        self._say("10:10", state="resolved")
        harbor.invalidate_recordset()
        self.assertFalse(harbor.psa_alert_ids)

    def test_others_do_not_see_them(self):
        with self.assertRaises(AccessError):
            self.harbor.with_user(self.plain).read(["psa_alert_ids"])
