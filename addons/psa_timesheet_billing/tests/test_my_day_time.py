from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PsaTimeCase, at, day

TOKEN = "0123456789abcdef0123456789abcdef"


@tagged("post_install", "-at_install")
class TestMyDayTime(PsaTimeCase):
    """Tuesday 10 March 2026: time on the screen of the day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["psa.sla.policy"].search([("is_default", "=", True)]).is_default = False
        cls.ticket = cls._make_ticket(user_id=cls.joe.id)  # without a deadline, so it is for today
        for user in (cls.joe, cls.carl):
            user.tz = "UTC"

    def _day(self, when="2026-03-10 12:00:00", user=None):
        with freeze_time(when):
            return self.env["psa.my.day"].with_user(user or self.joe).get_day()

    def _finish(self, when="2026-03-10 10:00:00", user=None, token=TOKEN, **values):
        with freeze_time(when):
            return (
                self.env["psa.my.day"]
                .with_user(user or self.joe)
                .finish(token, self.ticket.id, {"summary": "Roller changed", **values})
            )

    def _start(self, when="2026-03-10 09:00:40"):
        with freeze_time(when):
            return self.env["psa.timer"].with_user(self.joe).action_start(self.ticket.id)

    def _cards(self, day, section="today"):
        return {card["id"]: card for card in day["sections"][section]}

    # The head

    def test_entered_of_expected_and_what_is_missing_of_the_last_working_day(self):
        self._log(320)
        self._log(400, date=day("03-09"))
        head = self._day()["time"]
        self.assertEqual((head["entered"], head["expected"]), (320, 480))
        self.assertEqual(
            head["missing"],
            {"minutes": 80, "date": "2026-03-09", "is_yesterday": True, "day": "Monday"},
        )
        self._log(80, date=day("03-09"))
        self.assertIs(self._day()["time"]["missing"], None)

    def test_on_a_monday_it_is_asked_for_friday(self):
        missing = self._day("2026-03-09 12:00:00")["time"]["missing"]
        self.assertEqual(
            (missing["date"], missing["is_yesterday"], missing["day"]), ("2026-03-06", False, "Friday")
        )

    def test_leave_is_not_missing(self):
        self.env["resource.calendar.leaves"].create({
            "name": "Holiday",
            "calendar_id": self.company.resource_calendar_id.id,
            "date_from": "2026-03-09 00:00:00",
            "date_to": "2026-03-09 23:59:59",
            "time_type": "leave",
        })  # fmt: skip
        self.assertEqual(self._day()["time"]["missing"]["date"], "2026-03-06")

    def test_time_of_colleagues_does_not_count(self):
        self._log(320, user=self.nina)
        self.assertEqual(self._day()["time"]["entered"], 0)

    def test_who_may_not_enter_time_has_no_head(self):
        dispatcher = self._make_user("dora", "helpdesk_mgmt.group_helpdesk_user_own")
        day = self._day(user=dispatcher)
        self.assertNotIn("time", day)
        self.assertFalse(self.env["psa.my.day"].with_user(dispatcher).get_sheet(self.ticket.id)["may_log"])

    # The timer

    def test_the_timed_ticket_stands_under_now(self):
        self._start()
        day = self._day()
        self.assertTrue(self._cards(day, "now")[self.ticket.id]["is_timed"])
        self.assertEqual(day["time"]["running_ticket_id"], self.ticket.id)
        self.assertNotIn(self.ticket.id, self._cards(day))

    def test_time_entered_today_is_said_on_the_card(self):
        self._log(20, date=day("03-10"))
        self._log(30, date=day("03-09"))
        self.assertEqual(self._cards(self._day())[self.ticket.id]["entered"], 20)

    # The finish sheet

    def test_the_sheet_stops_the_timer_and_enters_its_exact_minutes(self):
        self._start()
        self._finish("2026-03-10 09:51:10", minutes=51, work_type_id=self.on_site.id)
        line = self.ticket.psa_time_ids
        self.assertEqual((line.psa_minutes, line.name), (51, "Roller changed"))
        self.assertEqual(
            (line.psa_start_at, line.psa_end_at), (at("03-10", "09:00:40"), at("03-10", "09:51:10"))
        )
        self.assertEqual((line.psa_work_type_id, line.user_id), (self.on_site, self.joe))
        self.assertFalse(self.env["psa.timer"].with_user(self.joe).get_running())

    def test_minutes_typed_over_the_timer_count(self):
        self._start()
        self._finish("2026-03-10 11:00:00", minutes=30)
        self.assertEqual(self.ticket.psa_time_ids.psa_minutes, 30)

    def test_no_minutes_throw_the_timer_away(self):
        self._start()
        self._finish(minutes=0)
        self.assertFalse(self.ticket.psa_time_ids)
        self.assertFalse(self.env["psa.timer"].with_user(self.joe).get_running())

    def test_a_timer_on_another_ticket_runs_on(self):
        self._start()
        other = self._make_ticket(name="Router", user_id=self.joe.id)
        with freeze_time("2026-03-10 10:00:00"):
            self.env["psa.my.day"].with_user(self.joe).finish(
                TOKEN, other.id, {"summary": "x", "minutes": 15}
            )
        self.assertEqual(other.psa_time_ids.psa_minutes, 15)
        self.assertTrue(self.env["psa.timer"].with_user(self.joe).get_running())

    def test_record_time_and_close(self):
        """Rows 7.1 and 7.3, Rule D8.4: the time of the sheet opens the gate that asks for time."""
        self.queue.write({"psa_needs_time": True, "psa_needs_resolution": True})
        answer = self._finish(minutes=50, close=True)
        self.assertTrue(answer["is_closed"])
        self.assertEqual(self.ticket.psa_time_ids.psa_minutes, 50)
        self.assertIn("Roller changed", self.ticket.psa_resolution)

    def test_without_time_the_gate_asks_for_it(self):
        self.queue.psa_needs_time = True
        answer = self._finish(minutes=0, close=True)
        self.assertEqual((answer["is_closed"], answer["next"]["res_model"]), (False, "psa.ticket.close"))
        self.assertTrue(self.ticket.psa_is_open)

    def test_sent_twice_it_is_one_entry(self):
        self._start()
        for _ in range(2):
            self._finish("2026-03-10 09:51:10", minutes=51)
        self.assertEqual(len(self.ticket.psa_time_ids), 1)

    def test_a_contractor_enters_own_time(self):
        self.ticket.user_id = self.carl
        self._finish(user=self.carl, minutes=25)
        self.assertEqual(
            (self.ticket.psa_time_ids.user_id, self.ticket.psa_time_ids.psa_minutes), (self.carl, 25)
        )
        days = self.env["psa.my.day"].with_user(self.carl)
        self.assertEqual(days.get_cover(self.ticket.id, 25, False), "", "no contracts for contractors")

    def test_who_is_no_employee_hands_in_the_work_without_time_and_reads_why(self):
        tess = self._make_user("tess", "psa_helpdesk.psa_helpdesk_group_technician")
        self.queue.user_ids |= tess
        self.ticket.user_id = tess
        days = self.env["psa.my.day"].with_user(tess)
        self.assertNotIn("time", self._day(user=tess))
        sheet = days.get_sheet(self.ticket.id)
        self.assertFalse(sheet["may_log"])
        self.assertIn(f"no employee of {self.company.name}", sheet["problem"])
        self.assertEqual(days.get_cover(self.ticket.id, 20, False), "")
        with self.assertRaisesRegex(UserError, "no employee of .* Ask for"), self.env.cr.savepoint():
            self._finish(user=tess, minutes=20)
        self.assertTrue(self._finish(user=tess, close=True)["is_closed"])
        self.assertFalse(self.ticket.psa_time_ids)
        # An employee of another company of the suite has a head, and no time on this ticket.
        other = self.env["res.company"].create({"name": "Brightwater Europe Test"})
        tess.company_ids |= other
        self.env["hr.employee"].create({"name": "Tess", "user_id": tess.id, "company_id": other.id})
        self.assertIn("time", self._day(user=tess))
        self.assertFalse(days.get_sheet(self.ticket.id)["may_log"])

    def test_what_is_no_duration_or_no_work_type_is_refused(self):
        other = self.env["res.company"].create({"name": "Brightwater Europe Test"})
        foreign = self.on_site.copy({"company_id": other.id, "code": "EU"})
        for values in (
            {"minutes": -1}, {"minutes": True}, {"minutes": "50"}, {"minutes": 5.5}, {"minutes": 10**9},
            {"minutes": 50, "work_type_id": foreign.id}, {"minutes": 50, "work_type_id": 987654321},
            {"minutes": 50, "work_type_id": "1"},
        ):  # fmt: skip
            with self.subTest(values=values), self.assertRaises(UserError), self.env.cr.savepoint():
                self._finish(**values)
        self.assertFalse(self.ticket.psa_time_ids)

    def test_the_sheet_offers_work_types_and_says_who_pays(self):
        days = self.env["psa.my.day"].with_user(self.joe)
        sheet = days.get_sheet(self.ticket.id)
        self.assertTrue(sheet["may_log"])
        self.assertEqual(sheet["problem"], "")
        self.assertIn(self.on_site.id, [chip["id"] for chip in sheet["work_types"]])
        usual = self.env["psa.work.type"]._psa_get_usual(self.company)
        self.assertEqual(sheet["work_type_id"], usual.id)
        for place, expected in (("on_site", self.on_site), ("remote", usual), ("<b>", usual)):
            self.assertEqual(days.get_sheet(self.ticket.id, place)["work_type_id"], expected.id, place)
        self.assertIn("0:20 billable", days.get_cover(self.ticket.id, 20, usual.id))
        self.assertIn("0:20 non-billable", days.get_cover(self.ticket.id, 20, self.internal.id))
        self.assertFalse(self.ticket.psa_time_ids, "nothing is written")

    def test_others_learn_nothing(self):
        self.queue.user_ids -= self.nina
        for method, args in (("get_sheet", ()), ("get_cover", (20, False))):
            for user in (self.nina, self.carl, self.accountant):
                with self.subTest(method=method, user=user.login), self.assertRaises(AccessError):
                    getattr(self.env["psa.my.day"].with_user(user), method)(self.ticket.id, *args)

    def test_queries_do_not_grow_with_time(self):
        def grow(number):
            for _ in range(number):
                ticket = self._make_ticket(user_id=self.joe.id)
                self._log(5, psa_ticket_id=ticket.id)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._day()
            return self.env.cr.sql_log_count - before

        grow(4)
        count()
        few = count()
        grow(8)
        count()
        self.assertLessEqual(count(), few)


@tagged("post_install", "-at_install")
class TestTimerLate(PsaTimeCase):
    """Timer buttons pressed in a cellar, sent when the phone is back at 12:00."""

    def _press(self, *presses, user=None, when="2026-03-10 12:00:00"):
        with freeze_time(when):
            return self.env["psa.timer"].with_user(user or self.joe).action_press_late(list(presses))

    def _deed(self, deed, minutes_ago, number=1, ticket=None):
        values = {"deed": deed, "age": minutes_ago * 60, "token": f"{number:032x}"}
        return values | ({"ticket_id": (ticket or self.ticket).id} if deed == "start" else {})

    def test_start_and_stop_count_at_the_time_of_the_device_and_are_marked(self):
        answer = self._press(self._deed("start", 120, 1), self._deed("stop", 30, 2))
        self.assertEqual(answer, {"running": False, "problems": []})
        line = self.ticket.psa_time_ids
        self.assertEqual((line.psa_start_at, line.psa_end_at), (at("03-10", "10:00"), at("03-10", "11:30")))
        self.assertEqual((line.psa_minutes, line.psa_is_device_time, line.psa_state), (90, True, "draft"))

    def test_a_late_start_runs_on_and_its_entry_is_marked(self):
        answer = self._press(self._deed("start", 60))
        self.assertEqual(answer["running"]["started_at"], "2026-03-10 11:00:00")
        with freeze_time("2026-03-10 12:30:00"):
            self.env["psa.timer"].with_user(self.joe).action_stop()
        self.assertEqual(
            (self.ticket.psa_time_ids.psa_minutes, self.ticket.psa_time_ids.psa_is_device_time), (90, True)
        )

    def test_a_timer_with_a_line_is_not_marked(self):
        with freeze_time("2026-03-10 09:00:00"):
            self.env["psa.timer"].with_user(self.joe).action_start(self.ticket.id)
        with freeze_time("2026-03-10 09:30:00"):
            self.env["psa.timer"].with_user(self.joe).action_stop()
        self.assertFalse(self.ticket.psa_time_ids.psa_is_device_time)

    def test_sent_again_it_counts_once(self):
        presses = (self._deed("start", 120, 1), self._deed("stop", 30, 2))
        self._press(*presses)
        self._press(*presses)
        self.assertEqual(len(self.ticket.psa_time_ids), 1)
        self.assertFalse(self.env["psa.timer"].with_user(self.joe).get_running())

    def test_a_later_timer_of_another_device_wins_and_it_is_said(self):
        other = self._make_ticket(name="Router")
        with freeze_time("2026-03-10 11:00:00"):
            self.env["psa.timer"].with_user(self.joe).action_start(other.id)
        answer = self._press(self._deed("start", 120))
        self.assertEqual(answer["running"]["ticket_id"], other.id)
        self.assertIn(other.number, answer["problems"][0])
        self.assertFalse(self.ticket.psa_time_ids)

    def test_one_bad_press_does_not_hold_up_the_others(self):
        hidden = self._make_ticket(
            team_id=self.env["helpdesk.ticket.team"].create({"name": "Far", "company_id": self.company.id}).id
        )
        answer = self._press(
            self._deed("start", 200, 1, hidden), {"deed": "rm"}, "x", self._deed("stop", 11 * 24 * 60, 2),
            self._deed("start", 60, 3), {**self._deed("stop", 30), "token": "short"},
        )  # fmt: skip
        self.assertEqual(len(answer["problems"]), 5)
        self.assertEqual(answer["running"]["ticket_id"], self.ticket.id)

    def test_who_has_no_timer_and_what_is_no_list_is_refused(self):
        plain = self._make_user("pia", "base.group_user")
        with self.assertRaises(AccessError):
            self._press(self._deed("start", 60), user=plain)
        for presses in ("x", [{}] * 51):
            with self.assertRaises(UserError):
                self.env["psa.timer"].with_user(self.joe).action_press_late(presses)

    def test_nobody_marks_or_unmarks_an_entry_by_hand(self):
        self._press(self._deed("start", 120, 1), self._deed("stop", 30, 2))
        line = self.ticket.psa_time_ids.with_user(self.joe)
        with self.assertRaises(AccessError):
            line.psa_is_device_time = False
        lines = self.env["account.analytic.line"].with_user(self.joe)
        with self.assertRaises(AccessError):
            lines.create(
                {"psa_ticket_id": self.ticket.id, "psa_minutes": 5, "name": "x", "psa_is_device_time": True}
            )
        made = lines.with_context(default_psa_is_device_time=True).create(
            {"psa_ticket_id": self.ticket.id, "psa_minutes": 5, "name": "x"}
        )
        self.assertFalse(made.psa_is_device_time)
