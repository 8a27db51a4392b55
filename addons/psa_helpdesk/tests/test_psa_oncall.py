import re
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.psa_helpdesk.own_word import OWN_WORD

from .test_psa_notice import NoticeCase

NIGHT = datetime(2026, 3, 3, 2, 0)


class OncallCase(NoticeCase):
    """Three steps: Joe, Nina, Dana; then Sam, the service manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("psa_helpdesk.psa_helpdesk_group_manager").user_ids = cls.manager
        cls.rota = cls.env["psa.oncall.rota"].create(
            {
                "name": "Nights",
                "step_ids": [Command.create({"name": name}) for name in ("First", "Second", "Third")],
            }
        )
        people = (cls.technician, cls.technician_all, cls.dispatcher)
        cls.slots = cls.env["psa.oncall.slot"].create(
            [
                {
                    "rota_id": cls.rota.id,
                    "step_id": step.id,
                    "user_id": user.id,
                    "start_at": NIGHT - timedelta(days=1),
                    "stop_at": NIGHT + timedelta(days=1),
                }
                for step, user in zip(cls.rota.step_ids, people, strict=True)
            ]
        )
        cls.queue.write({"psa_oncall_rota_id": cls.rota.id, "psa_oncall_pages": True})

    def _make_critical(self, at=NIGHT, **values):
        with freeze_time(at):
            return (
                self.env["helpdesk.ticket"]
                .with_context(psa_automation=OWN_WORD)
                .create(
                    {
                        "name": "Server is down",
                        "description": "x",
                        "partner_id": self.mia.partner_id.id,
                        "team_id": self.queue.id,
                        "user_id": False,
                        "priority": "3",
                        **values,
                    }
                )
                .with_context(psa_automation=False)
            )

    def _sweep(self, at):
        with freeze_time(at), patch.object(self.registry["ir.cron"], "_commit_progress", lambda *a, **k: 60):
            self.env["psa.oncall.page"]._cron_call(now=at)
            self.env["psa.notice"]._cron_deliver(now=at)

    def _run(self, until, since=NIGHT):
        """Sweep each minute, as the crons do."""
        at = since
        while at <= until:
            self._sweep(at)
            at += timedelta(minutes=1)

    def _told(self, ticket):
        """["02:00 psa_joe", ...]"""
        calls = ticket.psa_page_ids.call_ids.filtered(lambda call: not call.is_skipped).sorted("rung")
        return [f"{call.told_at:%H:%M} {','.join(call.user_ids.mapped('login'))}" for call in calls]


@tagged("post_install", "-at_install")
class TestLadder(OncallCase):
    """Nobody acknowledges (Rule D10.35, rows 2.4 and 7.6)."""

    def test_the_worked_example(self):
        ticket = self._make_critical()
        self._run(NIGHT + timedelta(minutes=90))
        self.assertEqual(
            self._told(ticket),
            [
                "02:00 psa_joe", "02:10 psa_nina", "02:20 psa_dana",
                "02:30 psa_joe", "02:40 psa_nina", "02:50 psa_dana",
                "03:00 psa_sam",
            ],
        )  # fmt: skip
        self.assertEqual(ticket.psa_page_state, "silent")
        untouched = self.env.ref("psa_helpdesk.psa_oncall_ticket_view_search").arch
        self.assertIn("critical_untouched", untouched)
        domain = [("psa_is_open", "=", True), ("priority", "=", "3"), ("psa_touched_at", "=", False)]
        self.assertIn(ticket, self.env["helpdesk.ticket"].search(domain))

    def test_who_was_on_call_for_how_long_is_added_up(self):
        slots = self.env["psa.oncall.slot"].with_user(self.manager)
        self.slots[0].stop_at = NIGHT + timedelta(hours=6)
        hours = dict(slots._read_group([("id", "in", self.slots.ids)], ["user_id"], ["hours:sum"]))
        self.assertEqual([hours[user] for user in self.slots.user_id], [30, 48, 48])
        action = self.env.ref("psa_helpdesk.psa_oncall_slot_action")
        for kind in action.view_mode.split(","):
            self.assertTrue(slots.get_view(view_type=kind)["id"], kind)

    def test_who_presses_the_button_ends_it(self):
        ticket = self._make_critical()
        self._run(NIGHT + timedelta(minutes=11))
        with freeze_time(NIGHT + timedelta(minutes=12)):
            ticket.with_user(self.technician_all).action_psa_acknowledge()
        self._run(NIGHT + timedelta(minutes=60), since=NIGHT + timedelta(minutes=12))
        self.assertEqual(self._told(ticket), ["02:00 psa_joe", "02:10 psa_nina"])
        page = ticket.psa_page_ids
        self.assertEqual((page.state, page.acknowledged_by_id), ("acknowledged", self.technician_all))
        self.assertEqual(page.acknowledged_at, NIGHT + timedelta(minutes=12))
        self.assertFalse(ticket.psa_touched_at, "acknowledging is no touch")
        self.assertEqual(set(ticket.psa_notice_ids.mapped("state")) - {"fell_through"}, {"acknowledged"})

    def test_any_touch_ends_it_and_the_customers_word_does_not(self):
        ticket = self._make_critical()
        self._sweep(NIGHT)
        ticket.with_user(self.mia).sudo().message_post(
            body="Still down", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(ticket.psa_page_state, "calling")
        with freeze_time(NIGHT + timedelta(minutes=5)):
            ticket.with_user(self.technician).message_post(
                body="On it", message_type="comment", subtype_xmlid="mail.mt_note"
            )
        self.assertEqual(ticket.psa_page_ids.state, "acknowledged")
        self.assertEqual(ticket.psa_page_ids.acknowledged_by_id, self.technician)

    def test_empty_steps_cost_no_time(self):
        self.slots[1].unlink()
        ticket = self._make_critical()
        self._run(NIGHT + timedelta(minutes=15))
        self.assertEqual(self._told(ticket), ["02:00 psa_joe", "02:10 psa_dana"])
        self.assertEqual(ticket.psa_page_ids.call_ids.mapped("is_skipped"), [False, True, False])

    def test_a_failed_channel_costs_no_time(self):
        self._prefer(urgent_1="sms", urgent_2="pager", urgent_3="email")
        ticket = self._make_critical()
        with self._broken("sms", "pager", "email"):
            self._run(NIGHT + timedelta(minutes=10))
        self.assertEqual(self._told(ticket), ["02:00 psa_joe", "02:10 psa_nina"])
        joes = ticket.psa_notice_ids.filtered(lambda notice: notice.user_id == self.technician)
        self.assertEqual(set(joes.mapped("done_at")), {NIGHT})

    def test_minutes_run_from_delivery(self):
        ticket = self._make_critical()
        with patch.object(self.registry["psa.notice"], "_cron_deliver", lambda *_args, **_kwargs: None):
            self._sweep(NIGHT)
        self._run(NIGHT + timedelta(minutes=20), since=NIGHT + timedelta(minutes=4))
        self.assertEqual(self._told(ticket), ["02:00 psa_joe", "02:14 psa_nina"])

    def test_quiet_hours_do_not_hold_back_the_highest_priority(self):
        for user in (self.technician, self.technician_all):
            user.tz = "UTC"
            self._prefer(user, quiet_from=22, quiet_to=6)
        ticket = self._make_critical()
        self._run(NIGHT + timedelta(minutes=10))
        self.assertEqual(self._told(ticket), ["02:00 psa_joe", "02:10 psa_nina"])

    def test_a_ticket_called_for_by_a_rule_waits_for_the_morning(self):
        """Quiet hours hold back all but the highest priority, and the minutes run from delivery."""
        self.technician.tz = "UTC"
        self._prefer(quiet_from=22, quiet_to=6)
        ticket = self._make_critical(priority="2")
        self.assertFalse(ticket.psa_page_ids)
        with freeze_time(NIGHT):
            ticket._psa_page_oncall()
        self._run(NIGHT + timedelta(minutes=30))
        self.assertEqual(self._told(ticket), ["02:00 psa_joe"])
        self._sweep(NIGHT.replace(hour=6))
        self._sweep(NIGHT.replace(hour=6, minute=9))
        self.assertEqual(len(self._told(ticket)), 1)
        self._sweep(NIGHT.replace(hour=6, minute=10))
        self.assertEqual(self._told(ticket)[-1], "06:10 psa_nina")

    def test_closing_ends_it(self):
        ticket = self._make_critical()
        self._sweep(NIGHT)
        ticket._psa_close_by_system("Over.")
        self._sweep(NIGHT + timedelta(minutes=10))
        self.assertEqual(ticket.psa_page_ids.state, "over")
        self.assertEqual(len(self._told(ticket)), 1)

    def test_step_and_notice_stand_in_one_transaction(self):
        """Killed between the two, neither is there; looked at again, each is there once."""
        ticket = self._make_critical()
        notices = self.registry["psa.notice"]
        with (
            patch.object(notices, "_tell", side_effect=ValueError("killed")),
            mute_logger("odoo.addons.psa_helpdesk.models.psa_oncall_page"),
        ):
            self._sweep(NIGHT)
        self.assertFalse(ticket.psa_page_ids.call_ids | ticket.psa_notice_ids.call_id)
        self._sweep(NIGHT + timedelta(minutes=1))
        self.assertEqual(len(ticket.psa_page_ids.call_ids), 1)
        self.assertTrue(ticket.psa_page_ids.call_ids.notice_ids)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            ticket.psa_page_ids.call_ids.copy()


@tagged("post_install", "-at_install")
class TestWhoIsPaged(OncallCase):
    """Which tickets begin a ladder."""

    def test_only_where_the_queue_wants_it(self):
        self.queue.psa_oncall_pages = False
        self.assertFalse(self._make_critical().psa_page_ids)
        self.assertFalse(self.env["helpdesk.ticket.team"].create({"name": "New one"}).psa_oncall_pages)

    def test_only_the_highest_priority(self):
        ticket = self._make_critical(priority="2")
        self.assertFalse(ticket.psa_page_ids)
        ticket.with_context(psa_automation=OWN_WORD).priority = "3"
        self.assertEqual(ticket.psa_page_state, "calling")

    def test_what_staff_made_critical_calls_nobody(self):
        made = (
            self.env["helpdesk.ticket"]
            .with_user(self.technician)
            .create({"name": "x", "description": "x", "team_id": self.queue.id, "priority": "3"})
        )
        self.assertFalse(made.psa_page_ids)
        ticket = self._make_critical(priority="1")
        ticket.with_user(self.technician).priority = "3"
        self.assertFalse(ticket.psa_page_ids)

    def test_one_ladder_at_a_time(self):
        ticket = self._make_critical()
        ticket._psa_page_oncall()
        self.assertEqual(len(ticket.psa_page_ids), 1)

    def test_without_a_rota_the_manager_is_told(self):
        self.queue.psa_oncall_rota_id = False
        ticket = self._make_critical()
        self._sweep(NIGHT)
        self.assertEqual(self._told(ticket), ["02:00 psa_sam"])


@tagged("post_install", "-at_install")
class TestRota(OncallCase):
    def _duty(self, **values):
        step = self.rota.step_ids[0]
        return self.env["psa.oncall.slot"].create(
            {
                "rota_id": self.rota.id,
                "step_id": step.id,
                "user_id": self.outsider.id,
                "start_at": NIGHT + timedelta(days=1),
                "stop_at": NIGHT + timedelta(days=2),
                **values,
            }
        )

    def test_duties_follow_each_other_and_do_not_overlap(self):
        self._duty()
        with self.assertRaisesRegex(ValidationError, "on call"):
            self._duty(start_at=NIGHT + timedelta(hours=23))
        self._duty(start_at=NIGHT + timedelta(days=3), stop_at=NIGHT + timedelta(days=4))

    def test_a_duty_is_of_this_rota_and_company(self):
        other = self.rota.copy({"name": "Other"})
        with self.assertRaises(ValidationError):
            self._duty(step_id=other.step_ids[0].id)
        company = self.env["res.company"].create({"name": "Brightwater Europe Test"})
        stranger = self.outsider.copy(
            {"login": "elsewhere", "company_id": company.id, "company_ids": [(6, 0, company.ids)]}
        )
        with self.assertRaises(ValidationError):
            self._duty(user_id=stranger.id)

    def test_technicians_read_and_do_not_write(self):
        self.assertTrue(self.rota.with_user(self.technician).name)
        with self.assertRaises(AccessError):
            self.slots.with_user(self.technician).write({"user_id": self.outsider.id})

    def test_pages_are_seen_with_their_ticket(self):
        page = self._make_critical().psa_page_ids
        self.assertTrue(page.with_user(self.technician).state)
        for user in (self.outsider, self.contractor):
            with self.assertRaises(AccessError):
                page.with_user(user).read(["state"])
            with self.assertRaises(AccessError):
                page.with_user(user).action_acknowledge()


@tagged("post_install", "-at_install")
class TestLink(OncallCase, HttpCase):
    """The link in a page: seen by whoever was called, pressed by hand."""

    def setUp(self):
        super().setUp()
        self.page = self._make_critical().psa_page_ids
        self._sweep(NIGHT)
        self.link = self.page._get_link(self.technician)

    def test_link_stands_in_the_notice(self):
        self.assertTrue(self.page.call_ids.notice_ids[:1]._get_link().endswith(self.link))

    def test_looking_changes_nothing_and_the_button_acknowledges(self):
        self.authenticate("psa_joe", "psa_joe")
        page = self.url_open(self.link)
        self.assertIn("Server is down", page.text)
        self.assertEqual(self.page.state, "calling")
        self.assertEqual(self.url_open(f"{self.link}/acknowledge").status_code, 405, "by POST only")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        answer = self.url_open(f"{self.link}/acknowledge", data={"csrf_token": token})
        self.assertIn("has taken this up", answer.text)
        self.page.invalidate_recordset()
        self.assertEqual((self.page.state, self.page.acknowledged_by_id), ("acknowledged", self.technician))

    def test_it_is_good_for_that_person_only(self):
        self.authenticate("psa_otto", "psa_otto")
        self.assertEqual(self.url_open(self.link).status_code, 404)
        self.assertEqual(self.url_open(self.link[:-3] + "000").status_code, 404)
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open(self.link).url)
        self.assertEqual(self.page.state, "calling")
