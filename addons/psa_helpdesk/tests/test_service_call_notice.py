from odoo import Command
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCase
from odoo.addons.psa_crm.tests.common_live import LiveMixin

from .call_common import PsaCallCase


@tagged("post_install", "-at_install")
class TestServiceCallNotice(LiveMixin, MailCase, PsaCallCase):
    """Who is told of a call: technicians by mail or inbox and on their phones, customers where it is wanted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.email = "desk@example.com"
        cls.env["mail.push.device"].get_web_push_vapid_public_key()

    def _get_notices(self, call, user):
        return self.env["mail.message"].search([
            ("model", "=", "psa.service.call"), ("res_id", "=", call.id), ("message_type", "=", "user_notification"),
            ("partner_ids", "in", user.partner_id.ids),
        ])  # fmt: skip

    def test_the_technician_gets_a_mail(self):
        self.technician.notification_type = "email"
        with self.mock_mail_gateway():
            call = self._make_call()
        notice = self._get_notices(call, self.technician)
        self.assertEqual(len(notice), 1)
        self.assertIn(f"{call.number} Harbor Dental Test: booked for", notice.subject)
        self.assertSentEmail(self.dispatcher.partner_id, self.technician.partner_id)

    def test_the_technician_hears_it_on_the_phone(self):
        self.technician.notification_type = "inbox"
        self.env["mail.push.device"].sudo().create({
            "partner_id": self.technician.partner_id.id,
            "endpoint": "https://push.example.com/joe",
            "expiration_time": None,
            "keys": '{"p256dh": "BGbhnoP_91U7oR59BaaSx0JnDv2oEooYnJRV2AbY5TBeKGCRCf0HcIJ9bOKchUCDH4cHYWo9SYDz3U-8vSxPL_A", "auth": "DJFdtAgZwrT6yYkUMgUqow"}',
        })  # fmt: skip
        with self.mock_push_to_end_point(max_direct_push=0):
            self._make_call()
        pushed = self.env["mail.push"].sudo().search([
            ("mail_push_device_id.partner_id", "=", self.technician.partner_id.id)
        ])  # fmt: skip
        self.assertEqual(len(pushed), 1)
        self.assertIn("booked for", pushed.payload)

    def test_one_change_is_one_notice_and_never_for_the_one_who_acts(self):
        call = self._make_call(other_technician_ids=[(6, 0, self.technician_all.ids)])
        for user in (self.technician, self.technician_all):
            self.assertEqual(len(self._get_notices(call, user)), 1)
        call.start_at = self.when("Mon 14:00")
        self.assertIn("moved to", self._get_notices(call, self.technician)[:1].subject)
        call.technician_id = self.contractor
        self.assertIn("not yours any more", self._get_notices(call, self.technician)[:1].subject)
        self.assertIn("booked for", self._get_notices(call, self.contractor).subject)
        self.assertEqual(len(self._get_notices(call, self.technician_all)), 2)
        own = self._make_call("Tue 10:00", user=self.technician)
        self.assertFalse(self._get_notices(own, self.technician))

    def test_a_notice_speaks_the_language_of_its_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.technician.write({"lang": "fr_FR", "tz": "America/New_York"})
        call = self._make_call("Mon 10:00")
        self.assertIn("04:00", self._get_notices(call, self.technician).subject)
        self.assertIn("mars", self._get_notices(call, self.technician).subject)

    def _get_mails(self, call):
        return (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", "psa.service.call"), ("res_id", "=", call.id)])
        )

    def test_the_customer_is_told_only_where_somebody_wants_it_and_then_of_changes_too(self):
        self.mia.partner_id.write({"lang": "en_US", "tz": "Europe/Berlin"})
        self.technician.notification_type = "inbox"
        call = self._make_call("Mon 10:00")
        call.start_at = self.when("Mon 11:00")
        self.assertFalse(self._get_mails(call))
        call.action_tell_customer()
        self.assertEqual(len(self._get_mails(call)), 1)
        self.assertIn("11:00 to 12:00 (Europe/Berlin)", self._get_mails(call).subject)
        self.assertEqual(self._get_mails(call).recipient_ids, self.mia.partner_id)
        call.start_at = self.when("Mon 14:00")
        self.assertEqual(len(self._get_mails(call)), 2)
        call._psa_cancel("the part is late")
        self.assertIn("cancelled", self._get_mails(call)[:1].subject)
        self.assertIn("the part is late", self._get_mails(call)[:1].body_html)

    def test_open_boards_hear_which_calls_changed_and_nothing_else(self):
        made = []
        sent = self.live_sent("psa.service.call", lambda: made.append(self._make_call()))
        self.assertEqual(
            [payload for _channel, payload in sent],
            [{"model": "psa.service.call", "ids": [made[0].id], "is_cut": False}],
        )
        self.assertEqual(self.live_heard(self.dispatcher, sent), {made[0].id})
        self.assertFalse(self.live_heard(self.technician, sent))
        sent = self.live_sent(
            "psa.service.call",
            lambda: made[0].write({"other_technician_ids": [Command.set(self.technician_all.ids)]}),
        )
        self.assertEqual(self.live_heard(self.dispatcher, sent), {made[0].id})
