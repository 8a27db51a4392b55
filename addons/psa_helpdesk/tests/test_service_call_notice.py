import json
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCase
from odoo.addons.psa_crm.tests.common_live import LiveMixin

from .call_common import PsaCallCase

SENDING = "odoo.addons.psa_helpdesk.models.psa_notice_send"


@tagged("post_install", "-at_install")
class TestServiceCallNotice(LiveMixin, MailCase, PsaCallCase):
    """Who is told of a call: technicians by the ways they chose, customers where it is wanted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.email = "desk@example.com"
        cls.env["mail.push.device"].get_web_push_vapid_public_key()

    def _get_notices(self, call, user):
        """The notices to `user`, the latest first."""
        return self.env["psa.notice"].search(
            [("service_call_id", "=", call.id), ("user_id", "=", user.id)], order="id desc"
        )

    def _deliver(self, at="Mon 08:05"):
        now = self.when(at)
        with freeze_time(now), patch.object(self.registry["ir.cron"], "_commit_progress", lambda *a, **k: 60):
            self.env["psa.notice"]._cron_deliver(now=now)

    def _prefer(self, **values):
        return self.env["psa.notice.preference"].create({"user_id": self.technician.id, **values})

    def _let_browser(self):
        self.env["mail.push.device"].sudo().create(
            {
                "partner_id": self.technician.partner_id.id,
                "endpoint": "https://push.example.com/joe",
                "keys": "{}",
            }
        )

    def test_the_technician_gets_a_mail(self):
        self.technician.notification_type = "email"
        with self.mock_mail_gateway():
            call = self._make_call()
            self._deliver()
        notice = self._get_notices(call, self.technician)
        self.assertEqual((notice.channel, notice.state), ("email", "sent"))
        self.assertIn(f"{call.number} Harbor Dental Test: booked for", notice.subject)
        mail = self._new_mails
        self.assertIn(self.technician.email, mail.email_to)
        self.assertIn(f"/odoo/psa.service.call/{call.id}", mail.body_html)
        self.assertIn("Open the service call", mail.body_html)

    def test_the_technician_hears_it_on_the_phone(self):
        self.technician.notification_type = "inbox"
        self._let_browser()
        pushed = []

        def push(payload, session, **_keys):
            pushed.append(json.loads(payload))
            session.status = 201

        with patch(f"{SENDING}.push_to_end_point", push):
            later = self._make_call("Wed 10:00")
            self._deliver()
        self.assertEqual(self._get_notices(later, self.technician).state, "sent")
        self.assertEqual(len(pushed), 1)
        self.assertIn("booked for", pushed[0]["title"])
        data = pushed[0]["options"]["data"]
        self.assertEqual((data["model"], data["res_id"]), ("psa.service.call", later.id))

    def test_the_technician_hears_it_by_the_ways_he_chose(self):
        self._prefer(
            normal_1="pager",
            normal_2="sms",
            phone="+1 202 555 0188",
            pager_address="https://pager.example.com/hook",
        )
        pages, texts = [], []

        def page(_address, payload, _headers):
            pages.append(payload)
            return 500

        def send(sms, **_options):
            texts.append(sms.body)
            sms.state = "sent"

        with (
            patch(f"{SENDING}.outgoing.post_json", page),
            patch.object(self.registry["sms.sms"], "_send", send),
        ):
            call = self._make_call("Wed 10:00", site_id=self.westgate.id)
            self._deliver()
        rows = self._get_notices(call, self.technician).sorted("id")
        self.assertEqual(
            [(row.channel, row.state) for row in rows], [("pager", "fell_through"), ("sms", "sent")]
        )
        self.assertEqual(pages[0]["service_call"], call.number)
        self.assertIn(f"{call.number} Harbor Dental Test: booked for", texts[0])
        self.assertIn(f"/odoo/psa.service.call/{call.id}", texts[0])

    def test_a_notice_says_where_and_why(self):
        self.westgate.write({"street": "1 Quay Road", "city": "Portsmouth"})
        call = self._make_call("Wed 10:00", site_id=self.westgate.id, instructions="Ring twice")
        body = self._get_notices(call, self.technician).body
        self.assertTrue(body.startswith("1 Quay Road, Portsmouth"), "a phone shows the beginning")
        self.assertIn(call.ticket_ids.number, body)
        self.assertIn("Ring twice", body)
        remote = self._make_call("Thu 10:00", place="remote")
        self.assertEqual(self._get_notices(remote, self.technician).body.splitlines()[0], "Remote")

    def test_quiet_hours_hold_it_back_unless_the_ticket_is_critical(self):
        self.technician.tz = "Europe/Berlin"
        self._prefer(quiet_from=6, quiet_to=9)
        call = self._make_call("Mon 10:00")
        notice = self._get_notices(call, self.technician)
        self.assertEqual((notice.state, notice.due_at), ("held", self.when("Mon 09:00")))
        critical = self._make_call("Mon 12:00", tickets=self._make_ticket(priority="3"))
        self.assertEqual(self._get_notices(critical, self.technician).state, "waiting")

    def test_a_call_of_today_is_urgent(self):
        self._prefer(urgent_1="sms", normal_1="email")
        today, later = self._make_call("Mon 14:00"), self._make_call("Wed 14:00")
        self.assertEqual(self._get_notices(today, self.technician).channel, "sms")
        self.assertEqual(self._get_notices(later, self.technician).channel, "email")
        self._deliver()
        today.start_at = self.when("Thu 14:00")
        self.assertTrue(self._get_notices(today, self.technician)[:1].is_urgent, "the day of today changed")

    def test_of_a_block_that_is_dragged_about_the_last_place_is_told(self):
        self.technician.tz = "Europe/Berlin"
        call = self._make_call("Mon 10:00")
        for when in ("Mon 11:00", "Mon 12:00", "Mon 14:00"):
            call.start_at = self.when(when)
        notice = self._get_notices(call, self.technician)
        self.assertEqual(len(notice), 1)
        self.assertIn("booked for Mon 2 Mar 14:00", notice.subject)
        self._deliver("Mon 08:00")
        self.assertEqual(notice.state, "waiting", "a plan rests before it is told")
        self._deliver()
        self.assertEqual(notice.state, "sent")
        call.start_at = self.when("Mon 15:00")
        self.assertIn("moved to Mon 2 Mar 15:00", self._get_notices(call, self.technician)[:1].subject)
        call.start_at = self.when("Mon 14:00")
        self.assertEqual(self._get_notices(call, self.technician), notice, "dragged away and back is no news")

    def test_of_two_notices_that_wait_one_is_left(self):
        call = self._make_call("Mon 10:00")
        self._get_notices(call, self.technician).copy({"key": "planned at the same moment"})
        call.start_at = self.when("Mon 11:00")
        notice = self._get_notices(call, self.technician)
        self.assertEqual(len(notice), 1)
        self.assertIn("booked for", notice.subject)

    def test_what_was_taken_back_before_it_was_told_is_not_told(self):
        call = self._make_call()
        call.technician_id = self.contractor
        self.assertFalse(self._get_notices(call, self.technician))
        call._psa_cancel("a mistake")
        self.assertFalse(self._get_notices(call, self.contractor))

    def test_cancelled_after_it_was_told(self):
        call = self._make_call()
        self._deliver()
        call._psa_cancel("the part is late")
        notice = self._get_notices(call, self.technician)[:1]
        self.assertIn("cancelled", notice.subject)
        self.assertTrue(notice.body.startswith("the part is late"))

    def test_who_moves_the_own_call_needs_no_notice_of_the_time_before(self):
        call = self._make_call("Mon 10:00")
        call.with_user(self.technician).start_at = self.when("Mon 11:00")
        self.assertFalse(self._get_notices(call, self.technician))

    def test_one_change_is_one_notice_and_never_for_the_one_who_acts(self):
        call = self._make_call(other_technician_ids=[(6, 0, self.technician_all.ids)])
        for user in (self.technician, self.technician_all):
            self.assertEqual(len(self._get_notices(call, user)), 1)
        self._deliver()
        call.start_at = self.when("Mon 14:00")
        self._deliver("Mon 08:10")
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

    def test_the_inbox_line_hangs_on_the_call_and_is_for_its_technician_alone(self):
        self._prefer(urgent_1="inbox")
        call = self._make_call()
        self._deliver()
        unread = self.env["mail.notification"].search([
            ("res_partner_id", "=", self.technician.partner_id.id), ("mail_message_id.model", "=", call._name),
            ("mail_message_id.res_id", "=", call.id),
        ])  # fmt: skip
        self.assertEqual((len(unread), unread.notification_type), (1, "inbox"))
        notice = self._get_notices(call, self.technician)
        self.assertEqual(notice.with_user(self.technician).service_call_id, call)
        with self.assertRaises(AccessError):
            notice.with_user(self.outsider).read(["subject"])
        story = call.ticket_ids.with_user(self.technician).psa_get_timeline()
        self.assertEqual(len([entry for entry in story if entry["kind"] == "notice"]), 1)

    def test_queries_do_not_grow_with_technicians(self):
        counts = []
        more = self.technician_all | self.contractor
        self._make_call("Tue 09:00", other_technician_ids=[(6, 0, more.ids)])
        for others, when in ((more[:0], "Wed"), (more, "Thu")):
            call = self._make_call(f"{when} 10:00", other_technician_ids=[(6, 0, others.ids)])
            knew = {(call, user): self.when("Fri 10:00") for user in call.technician_ids}
            self.env["psa.notice"].search([]).unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["psa.notice"]._tell_calls(knew)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_the_customer_s_zone_is_that_of_the_place_somebody_goes_to(self):
        self.westgate.tz = "America/Denver"
        self.mia.partner_id.tz = "America/New_York"
        self.harbor.tz = "Europe/London"
        ticket = self._make_ticket(psa_site_id=self.westgate.id)
        call = self._make_call(tickets=ticket).with_user(self.technician)
        self.assertEqual(call.customer_zone, "America/Denver")
        self.assertEqual(ticket.with_user(self.technician).psa_customer_zone, "America/Denver")
        call.sudo().place = "remote"
        self.assertEqual(call.customer_zone, "America/New_York")
        self.mia.partner_id.tz = False
        self.assertEqual(call.customer_zone, "Europe/London")
        self.harbor.tz = False
        self.assertFalse(call.customer_zone, "our own zone is not said to be the customer's")

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
