from odoo.tests import tagged

from odoo.addons.psa_crm.tests.common_live import LiveMixin

from .common import PsaAlertsCase


@tagged("post_install", "-at_install")
class TestAlertLive(LiveMixin, PsaAlertsCase):
    """The open console hears which alerts changed, and only who may read alerts hears it."""

    def _sent(self, deed):
        return self.live_sent("psa.alert", deed)

    def test_a_new_alert_and_what_is_done_about_it_are_told_once(self):
        sent = self._sent(lambda: self._say("10:00"))
        alert = self._alert()
        self.assertEqual([payload["ids"] for _channel, payload in sent], [alert.ids])
        sent = self._sent(alert.with_user(self.alert_user).action_acknowledge)
        self.assertEqual([payload["ids"] for _channel, payload in sent], [alert.ids])
        gone = alert.ids
        self.assertEqual([payload["ids"] for _channel, payload in self._sent(alert.unlink)], [gone])

    def test_only_readers_of_alerts_hear_of_them(self):
        sent = self._sent(lambda: self._say("10:00"))
        alert = self._alert()
        self.assertEqual(self.live_heard(self.alert_user, sent), set(alert.ids))
        for user in (self.technician, self.contractor, self.plain, self.mia):
            may_read = self.alerts.with_user(user).has_access("read")
            with self.subTest(user=user.name):
                self.assertEqual(bool(self.live_heard(user, sent)), may_read)
        self.assertFalse(self.live_heard(self.plain, sent))
        self.assertFalse(self.live_heard(self.mia, sent))
