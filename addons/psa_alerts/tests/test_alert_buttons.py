from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PsaAlertsCase, at


@tagged("post_install", "-at_install")
class TestAlertButtons(PsaAlertsCase):
    def test_acknowledging_is_noted_and_is_no_touch(self):
        alert = self._say("10:00")
        with freeze_time(at("10:05")):
            alert.with_user(self.alert_user).action_acknowledge()
        self.assertRecordValues(
            alert,
            [
                {
                    "state": "acknowledged",
                    "acknowledged_at": at("10:05"),
                    "acknowledged_by_id": self.alert_user.id,
                }
            ],
        )
        self.assertIn("Acknowledged by", self._notes(alert.ticket_id)[-1])
        self._say("10:10")
        self.assertEqual(alert.state, "acknowledged")
        self._say("10:20", "resolved")
        self.assertFalse(alert.ticket_id.psa_is_open)

    def test_acknowledging_ends_the_calls_for_the_ticket(self):
        for number, acknowledge in enumerate(
            (
                lambda alert: alert.with_user(self.alert_user).action_acknowledge(),
                lambda alert: self._say("10:05", "ack", key="calls 1"),
            )
        ):
            alert = self._say("10:00", key=f"calls {number}")
            alert.ticket_id._psa_page_oncall()
            self.assertEqual(alert.ticket_id.psa_page_state, "calling")
            acknowledge(alert)
            self.assertEqual(alert.ticket_id.psa_page_ids.state, "acknowledged")
            self.assertFalse(alert.ticket_id.psa_touched_at)

    def test_acknowledging_twice_changes_nothing(self):
        alert = self._say("10:00").with_user(self.alert_user)
        with freeze_time(at("10:05")):
            alert.action_acknowledge()
        with freeze_time(at("10:06")):
            message = alert.action_acknowledge()["params"]["message"]
        self.assertEqual(alert.acknowledged_at, at("10:05"))
        self.assertEqual(message, "0 acknowledged, 1 left alone.")

    def test_resolving_by_hand_closes_an_untouched_ticket(self):
        alert = self._say("10:00")
        with freeze_time(at("10:30")):
            alert.with_user(self.technician).action_resolve()
        self.assertEqual((alert.state, alert.resolved_by_id), ("resolved", self.technician))
        self.assertFalse(alert.ticket_id.psa_is_open)
        self.assertEqual(self._say("11:30:00"), alert)
        self.assertTrue(alert.ticket_id.psa_is_open)
        self.assertFalse(alert.resolved_by_id)

    def test_resolving_by_hand_leaves_a_touched_ticket_open(self):
        alert = self._say("10:00")
        alert.ticket_id.with_user(self.technician).action_take()
        alert.with_user(self.technician).action_resolve()
        self.assertTrue(alert.ticket_id.psa_is_open)
        self.assertIn("Resolved by hand", self._notes(alert.ticket_id)[-1])

    def test_a_ticket_is_made_for_a_suppressed_alert(self):
        self.harbor_server.active = False
        alert = self._say("10:00")
        action = alert.with_user(self.alert_user).action_make_ticket()
        self.assertEqual(action["res_id"], alert.ticket_id.id)
        self.assertEqual((alert.state, alert.ticket_id.psa_started_at), ("open", at("10:00")))

    def test_no_ticket_without_a_customer(self):
        alert = self._say("10:00", customer="nobody", device=None).with_user(self.alert_user)
        with self.assertRaisesRegex(UserError, "Attach a customer first"):
            alert.action_make_ticket()

    def test_in_bulk_what_cannot_be_done_is_left_alone_and_counted(self):
        alerts = (
            self._say("10:00", key="a")
            | self._say("10:00", key="b", customer="nobody", device=None)
            | self._say("10:00", key="c")
        )
        message = alerts.with_user(self.alert_user).action_make_ticket()["params"]["message"]
        self.assertEqual(message, "0 tickets made, 3 alerts left alone.")
        message = alerts.with_user(self.alert_user).action_acknowledge()["params"]["message"]
        self.assertEqual(message, "3 acknowledged, 0 left alone.")

    def test_who_may_not_see_alerts_presses_no_button(self):
        alert = self._say("10:00")
        for user in (self.plain, self.contractor, self.mia):
            for button in ("action_acknowledge", "action_resolve", "action_make_ticket"):
                with self.subTest(user=user.login, button=button), self.assertRaises(AccessError):
                    getattr(alert.with_user(user), button)()
        self.assertEqual(alert.state, "open")
