from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from unittest.mock import Mock, patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase
from odoo.addons.psa_crm.outgoing import NotReachedError
from odoo.addons.psa_helpdesk.models.psa_notice import NoticeProblem
from odoo.addons.psa_helpdesk.own_word import OWN_WORD

from .common import PsaHelpdeskCase

NOW = datetime(2026, 3, 3, 10, 0)
ADDRESS = "https://pager.example.com/hook"
SENDING = "odoo.addons.psa_helpdesk.models.psa_notice_send"


class NoticeCase(PsaHelpdeskCase, MailCase):
    """Notices of Joe, with the ways out replaced by what a test says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        cls.env["psa.notice"].search([]).unlink()
        cls.env.company.partner_id.email = "desk@brightwater-it.example"
        cls.ticket = cls._make_ticket(user_id=cls.technician.id)

    def _prefer(self, user=None, **values):
        preferences = self.env["psa.notice.preference"]
        user = user or self.technician
        mine = preferences.search([("user_id", "=", user.id)])
        if mine:
            mine.write(values)
        return mine or preferences.create({"user_id": user.id, **values})

    def _tell(self, users=None, subject="Something", body="happened", urgent=False, ticket=None):
        ticket = (ticket or self.ticket).with_context(psa_automation=OWN_WORD)
        return ticket._psa_notify_users(users or self.technician, subject, body, urgent=urgent)

    def _deliver(self, at=NOW):
        with freeze_time(at), patch.object(self.registry["ir.cron"], "_commit_progress", lambda *a, **k: 60):
            self.env["psa.notice"]._cron_deliver(now=at)

    def _rows(self, ticket=None):
        """(channel, state) of all attempts, oldest first."""
        notices = (ticket or self.ticket).psa_notice_ids.sorted("id")
        return [(notice.channel, notice.state) for notice in notices]

    @contextmanager
    def _broken(self, *channels):
        """These ways refuse everything."""
        model = self.registry["psa.notice"]

        def refuse(_notice):
            raise NoticeProblem("It is broken.")

        with ExitStack() as stack:
            for channel in channels:
                stack.enter_context(patch.object(model, f"_send_{channel}", refuse))
            yield


@tagged("post_install", "-at_install")
class TestChannels(NoticeCase):
    """Each way out, and what happens where it fails (Row 3.7)."""

    def _send_by(self, channel):
        self._prefer(normal_1=channel)
        notice = self._tell()
        with self.mock_mail_gateway():
            self._deliver()
        return notice

    def test_inbox(self):
        self.technician.notification_type = "email"
        self.assertEqual(self._send_by("inbox").state, "sent")
        unread = self.env["mail.notification"].search(
            [("res_partner_id", "=", self.technician.partner_id.id)]
        )
        self.assertEqual((unread.notification_type, unread.is_read), ("inbox", False))
        self.assertEqual(unread.mail_message_id.res_id, self.ticket.id)
        self.assertNotIn(self.mia.partner_id, unread.mail_message_id.notified_partner_ids)
        self.assertFalse(self._new_mails, "the inbox sends no mail, whatever else this person prefers")

    def test_email(self):
        notice = self._send_by("email")
        self.assertEqual(notice.state, "sent")
        mail = self._new_mails
        self.assertIn(self.technician.email, mail.email_to)
        self.assertIn(f"/odoo/helpdesk.ticket/{self.ticket.id}", mail.body_html)
        self.assertIn(notice.delivery_key, mail.headers)

    def test_email_without_an_address_falls_through(self):
        self.technician.partner_id.email = False
        self._send_by("email")
        self.assertEqual(self._rows(), [("email", "fell_through"), ("inbox", "sent")])

    def test_sms(self):
        self._prefer(phone="+1 202 555 0188")
        sent = []

        def send(sms, **_options):
            sent.append((sms.number, sms.body))
            sms.state = "sent"

        with patch.object(self.registry["sms.sms"], "_send", send):
            self.assertEqual(self._send_by("sms").state, "sent")
        self.assertEqual(sent[0][0], "+1 202 555 0188")
        self.assertIn("Something", sent[0][1])

    def test_sms_that_is_refused_falls_through(self):
        self._prefer(phone="+1 202 555 0188")

        def refuse(sms, **_options):
            sms.write({"state": "error", "failure_type": "sms_credit"})

        with patch.object(self.registry["sms.sms"], "_send", refuse):
            notice = self._send_by("sms")
        self.assertEqual(self._rows(), [("sms", "fell_through"), ("inbox", "sent")])
        self.assertTrue(notice.problem)

    def test_push(self):
        self.env["mail.push.device"].search([]).unlink()
        self.env["mail.push.device"].get_web_push_vapid_public_key()
        for number in range(2):
            self.env["mail.push.device"].create(
                {
                    "endpoint": f"https://push.example.com/{number}",
                    "keys": "{}",
                    "partner_id": self.technician.partner_id.id,
                }
            )
        pushed = []

        def push(device, payload, session, **_keys):
            pushed.append(payload)
            session.status = 500 if device["endpoint"].endswith("0") else 201

        with patch(f"{SENDING}.push_to_end_point", push):
            notice = self._send_by("push")
        self.assertEqual(notice.state, "sent", "one browser that takes it is enough")
        self.assertIn(notice.delivery_key, pushed[0])

    def test_push_without_a_browser_falls_through(self):
        self.env["mail.push.device"].search([]).unlink()
        self._send_by("push")
        self.assertEqual(self._rows(), [("push", "fell_through"), ("inbox", "sent")])

    def _page(self, *, status=200, kind=None):
        """Send by a pager that answers `status`, or is not reached for the reason `kind`."""
        self._prefer(pager_address=ADDRESS, pager_secret_entry="open sesame")
        post = Mock(return_value=status, side_effect=kind and NotReachedError(kind))
        with patch(f"{SENDING}.outgoing.post_json", post):
            return self._send_by("pager"), post

    def test_pager(self):
        notice, post = self._page()
        self.assertEqual(notice.state, "sent")
        address, payload, headers = post.call_args.args
        self.assertEqual(address, ADDRESS)
        self.assertEqual(
            headers, {"Idempotency-Key": notice.delivery_key, "Authorization": "Bearer open sesame"}
        )
        self.assertEqual(payload["ticket"], self.ticket.number)

    def test_pager_that_fails_falls_through(self):
        for given in ({"status": 500}, {"status": 302}, {"kind": "silent"}, {"kind": "tls"}):
            with self.subTest(given):
                self.ticket.psa_notice_ids.unlink()
                self._page(**given)
                self.assertEqual(self._rows(), [("pager", "fell_through"), ("inbox", "sent")])

    def test_pager_address_that_leads_into_our_network_is_not_called(self):
        for inside in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.1.2.3"):
            with self.subTest(inside):
                self.ticket.psa_notice_ids.unlink()
                self._prefer(pager_address=ADDRESS)
                found = [(None, None, None, None, (inside, 443))]
                with (
                    patch("odoo.addons.psa_crm.outgoing.socket.getaddrinfo", return_value=found),
                    patch("odoo.addons.psa_crm.outgoing._send") as sending,
                ):
                    self._send_by("pager")
                sending.assert_not_called()
                self.assertEqual(self._rows()[-1], ("inbox", "sent"))

    def test_each_channel_falls_to_the_next_without_costing_time(self):
        self._prefer(urgent_1="pager", urgent_2="sms", urgent_3="email")
        self._tell(urgent=True)
        with self._broken("pager", "sms", "email"):
            self._deliver()
        self.assertEqual(
            self._rows(),
            [
                ("pager", "fell_through"),
                ("sms", "fell_through"),
                ("email", "fell_through"),
                ("inbox", "sent"),
            ],
        )
        self.assertEqual(set(self.ticket.psa_notice_ids.mapped("done_at")), {NOW})
        self.assertEqual(len(set(self.ticket.psa_notice_ids.mapped("key"))), 1)

    def test_where_all_fails_it_says_so(self):
        self._prefer(normal_1="email")
        self._tell()
        with self._broken("email", "inbox"):
            self._deliver()
        self.assertEqual(self._rows(), [("email", "fell_through"), ("inbox", "failed")])

    def test_usual_ways(self):
        self.technician.notification_type = "inbox"
        self.assertEqual(self._tell().channel, "inbox")
        self.technician.notification_type = "email"
        self.assertEqual(self._tell(subject="Two", ticket=self._make_ticket()).channel, "email")
        self.env["mail.push.device"].search([]).unlink()
        self.assertEqual(self._tell(urgent=True).channel, "email")
        self.env["mail.push.device"].create(
            {
                "endpoint": "https://push.example.com/1",
                "keys": "{}",
                "partner_id": self.technician.partner_id.id,
            }
        )
        self.assertEqual(self._tell(urgent=True).channel, "push")


@tagged("post_install", "-at_install")
class TestNotices(NoticeCase):
    """Who is told, when, and how often (Row 3.7, ux: one change is one message)."""

    def test_never_the_actor_and_nobody_from_outside(self):
        ticket = self.ticket.with_user(self.technician)
        told = ticket._psa_notify_users(self.technician | self.dispatcher | self.mia, "x", "y")
        self.assertEqual(told.sudo().user_id, self.dispatcher)

    def test_one_change_is_one_message(self):
        for text in ("one", "two", "three", "two"):
            self._tell(body=text)
        notice = self.ticket.psa_notice_ids
        self.assertEqual((len(notice), notice.count), (1, 3))
        self.assertEqual(notice.body, "one\n\ntwo\n\nthree")

    def test_a_burst_is_gathered_after_the_first(self):
        self._tell(body="one")
        self._deliver()
        for minute in (1, 2):
            with freeze_time(NOW + timedelta(minutes=minute)):
                self._tell(body=f"minute {minute}")
        self._deliver(NOW + timedelta(minutes=4, seconds=59))
        self.assertEqual([state for _channel, state in self._rows()], ["sent", "waiting"])
        self._deliver(NOW + timedelta(minutes=5))
        last = self.ticket.psa_notice_ids.sorted("id")[-1]
        self.assertEqual((last.state, last.count, last._get_subject()), ("sent", 2, "Something (+1 more)"))

    def test_urgent_ones_are_not_gathered(self):
        for text in ("one", "two"):
            self._tell(body=text, urgent=True)
        self.assertEqual(len(self.ticket.psa_notice_ids), 2)

    def test_quiet_hours_are_those_of_the_person(self):
        self.technician.tz = "America/New_York"  # 05:00 there
        self._prefer(quiet_from=22, quiet_to=6.5, urgent_1="push", urgent_2="email")
        notice = self._tell(urgent=True)
        self.assertEqual((notice.state, notice.due_at), ("held", datetime(2026, 3, 3, 11, 30)))
        self._deliver(datetime(2026, 3, 3, 11, 29))
        self.assertEqual(notice.state, "held")
        self.env["mail.push.device"].search([]).unlink()
        with self.mock_mail_gateway():
            self._deliver(datetime(2026, 3, 3, 11, 30))
        self.assertEqual(self._rows(), [("push", "fell_through"), ("email", "sent")])

    def test_a_zone_that_this_machine_does_not_know_keeps_nobody_from_being_told(self):
        self._prefer(quiet_from=22, quiet_to=6.5)
        self.env.cr.execute(
            "UPDATE res_partner SET tz = 'Mars/Base' WHERE id = %s", self.technician.partner_id.ids
        )
        self.technician.invalidate_recordset(["tz"])
        self.technician.partner_id.invalidate_recordset(["tz"])
        with mute_logger("odoo.addons.psa_helpdesk.time_zones"):
            self.assertEqual(self._tell().state, "waiting")

    def test_the_highest_priority_is_not_held_back(self):
        self.technician.tz = "America/New_York"
        self._prefer(quiet_from=22, quiet_to=6.5)
        self.ticket.with_context(psa_automation=OWN_WORD).priority = "3"
        self.assertEqual(self._tell(urgent=True).state, "waiting")

    def test_it_is_written_with_what_it_tells_of_or_not_at_all(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self._tell()
            1 / 0  # noqa: B018
        self.assertFalse(self.ticket.psa_notice_ids)

    def test_in_the_database_too_one_attempt_is_one_row(self):
        notice = self._tell()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            notice.copy()

    @mute_logger("odoo.addons.psa_helpdesk.models.psa_notice")
    def test_one_that_breaks_does_not_stop_the_others(self):
        first, second = self._tell(), self._tell(self.dispatcher)
        send = self.registry["psa.notice"]._send

        def send_or_break(notice):
            if notice == first:
                raise ValueError("no such thing")
            return send(notice)

        with patch.object(self.registry["psa.notice"], "_send", send_or_break):
            self._deliver()
        self.assertEqual((first.state, first.problem), ("waiting", "no such thing"))
        self.assertEqual(first.due_at, NOW + timedelta(minutes=1))
        self.assertEqual(second.state, "sent")
        self._deliver(NOW + timedelta(minutes=1))
        self.assertEqual((first.state, first.problem), ("sent", False))

    def test_queries_of_telling_do_not_grow_with_people(self):
        people = self.technician | self.dispatcher
        more = people | self.manager | self.outsider | self.technician_all
        self._tell(more, ticket=self._make_ticket())
        counts = []
        for users in (people, more):
            ticket = self._make_ticket()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._tell(users, ticket=ticket)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install")
class TestNoticeAccess(NoticeCase):
    """Own notices and settings; managers see those of their companies."""

    def test_each_sees_the_own_notices(self):
        notice = self._tell()
        self.assertEqual(notice.with_user(self.technician).subject, "Something")
        for user in (self.outsider, self.dispatcher, self.plain):
            with self.subTest(user.login), self.assertRaises(AccessError):
                notice.with_user(user).read(["subject"])
        self.assertEqual(notice.with_user(self.manager).subject, "Something")
        with self.assertRaises(AccessError):
            notice.with_user(self.technician).write({"state": "sent"})

    def test_manager_sees_no_other_company(self):
        notice = self._tell()
        notice.company_id = self.env["res.company"].create({"name": "Brightwater Europe Test"})
        with self.assertRaises(AccessError):
            notice.with_user(self.manager).read(["subject"])

    def test_settings_are_written_by_the_person_or_the_manager(self):
        mine = self._prefer(normal_1="email")
        mine.with_user(self.technician).normal_1 = "inbox"
        mine.with_user(self.manager).normal_1 = "email"
        with self.assertRaises(AccessError):
            mine.with_user(self.outsider).normal_1 = "inbox"
        with self.assertRaises(AccessError):
            self.env["psa.notice.preference"].with_user(self.outsider).create({"user_id": self.dispatcher.id})

    def test_secret_is_never_read_back(self):
        mine = self._prefer(pager_secret_entry="open sesame")
        self.assertEqual(mine.sudo().pager_secret, "open sesame")
        for user in (self.technician, self.manager):
            own = mine.with_user(user)
            self.assertEqual((own.pager_secret_entry, own.has_pager_secret), (False, True))
            with self.assertRaises(AccessError):
                own.read(["pager_secret"])
        mine.pager_secret_entry = ""
        self.assertTrue(mine.has_pager_secret, "an empty entry keeps it")

    def test_pager_address_is_https_and_outside(self):
        for address in (
            "http://pager.example.com",
            "https://10.0.0.1/",
            "https://localhost/",
            "https://a:b@x.example/",
        ):
            with self.subTest(address), self.assertRaises(ValidationError):
                self._prefer(pager_address=address)

    def test_settings_open_for_each(self):
        action = self.technician.with_user(self.technician).action_psa_open_notice_settings()
        self.assertFalse(action["res_id"])
        mine = self._prefer()
        action = self.technician.with_user(self.technician).action_psa_open_notice_settings()
        self.assertEqual(action["res_id"], mine.id)
