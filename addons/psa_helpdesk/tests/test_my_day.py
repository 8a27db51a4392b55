from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .call_common import PsaCallCase


@tagged("post_install", "-at_install")
class TestMyDay(PsaCallCase):
    """Monday 2 March 2026, 08:00 in Berlin: what Joe sees on his phone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.ticket"].search([("user_id", "=", False)]).user_id = cls.manager
        for user in (cls.technician, cls.dispatcher, cls.manager):
            user.tz = "Europe/Berlin"
        cls.project = cls.env["project.project"].create(
            {"name": "Server move", "partner_id": cls.cobalt.id, "privacy_visibility": "employees"}
        )

    def _days(self, user=None):
        return self.env["psa.my.day"].with_user(user or self.technician)

    def _keys(self, day=None):
        day = day or self._days().get_day()
        return {name: [card["key"] for card in cards] for name, cards in day["sections"].items() if cards}

    def _make_task(self, name="Wiring", users=None, **values):
        return self.env["project.task"].create(
            {
                "name": name,
                "project_id": self.project.id,
                "user_ids": [Command.set((users or self.technician).ids)],
                **values,
            }
        )

    def _mine(self, **values):
        return self._make_ticket(user_id=self.technician.id, **values)

    def test_calls_tickets_and_tasks_of_the_day_in_order(self):
        """Row 6.1."""
        later = self._make_call("Mon 13:00", tickets=self._mine(name="Disk"))
        first = self._make_call("Mon 09:00", tickets=self._mine(name="Router"), place="remote")
        begun = self._mine(name="Cable", priority="0")
        tomorrow = self._make_call("Tue 10:00", tickets=begun)
        low = self._mine(priority="0")
        high = self._mine(priority="3")
        task = self._make_task(date_deadline=self.when("Mon 10:00"), allocated_hours=1.5, priority="2")
        next_task = self._make_task("Later", date_deadline=self.when("Thu 10:00"))
        self.assertEqual(
            self._keys(),
            {
                "next": [f"call-{first.id}", f"call-{later.id}"],
                # The task is at risk, the ticket due today; without a deadline the oldest comes first.
                "today": [f"task-{task.id}", *(f"ticket-{ticket.id}" for ticket in (high, begun, low))],
                "later": [f"call-{tomorrow.id}", f"task-{next_task.id}"],
            },
        )

    def test_a_card_says_customer_estimate_due_and_priority(self):
        """Row 6.1."""
        ticket = self._mine(priority="3", psa_estimate_minutes=90)
        task = self._make_task(date_deadline=self.when("Mon 16:00"), allocated_hours=2.5, priority="2")
        cards = {card["key"]: card for card in self._days().get_day()["sections"]["today"]}
        card = cards[f"ticket-{ticket.id}"]
        self.assertEqual((card["customer"], card["estimate"]), ("Harbor Dental Test", 90))
        self.assertEqual((card["priority_word"], card["sla_state"]), ("Critical", ticket.psa_sla_state))
        self.assertEqual(card["due"], str(ticket.psa_sla_due_at))
        card = cards[f"task-{task.id}"]
        self.assertEqual((card["customer"], card["estimate"]), ("Cobalt Freight Test", 150))
        self.assertEqual((card["due"], card["word"]), ("2026-03-02 15:00:00", "due"))

    def test_the_schedule_before_leaving_home(self):
        """Row 7.2: each service call on site with its address on a map, the way there, and the phone."""
        self.westgate.write({"street": "1 Elm Street", "zip": "10001", "city": "New York"})
        self.mia.partner_id.phone = "+1 212 555 0100"
        ticket = self._mine(psa_site_id=self.westgate.id)
        self._make_call("Mon 10:00", tickets=ticket, travel_minutes=20, instructions="Key at the desk")
        [card] = self._days().get_day()["sections"]["next"]
        self.assertEqual((card["start"], card["travel"], card["step"]), ("2026-03-02 09:00:00", 20, "leave"))
        self.assertEqual(card["address"], "1 Elm Street, 10001 New York")
        self.assertIn("query=1+Elm+Street", card["map_url"])
        self.assertEqual((card["phone"], card["instructions"]), ("+1 212 555 0100", "Key at the desk"))

    def test_the_call_goes_from_step_to_step_and_into_now(self):
        call = self._make_call("Mon 10:00", tickets=self._mine())
        mine = call.with_user(self.technician)
        for act, section, step in (
            (mine.action_leave, "now", "arrive"),
            (mine.action_arrive, "now", "finish"),
        ):
            act()
            [card] = self._days().get_day()["sections"][section]
            self.assertEqual((card["id"], card["step"]), (call.id, step))
        mine.action_finish()
        self.assertEqual(self._keys(), {"today": [f"ticket-{call.ticket_ids.id}"]})

    def test_tickets_for_the_same_trip(self):
        here = self._mine()
        call = self._make_call("Mon 10:00", tickets=here)
        other = self._make_ticket(name="Scanner")
        day = self._days().get_day()
        self.assertEqual([card["id"] for card in day["sections"]["nearby"]], [other.id])
        self.assertEqual(day["near_id"], call.id)
        other.user_id = self.technician
        self.assertEqual(self._days().get_day()["sections"]["nearby"], [], "it is shown under Today")

    def test_what_waits_is_counted_and_not_shown(self):
        self._mine(stage_id=self.stage_waiting.id)
        day = self._days().get_day()
        self.assertEqual((self._keys(day), day["left_out"]), ({}, 1))

    def test_the_next_ticket_of_the_queues_is_taken_once(self):
        low, high = self._make_ticket(priority="0"), self._make_ticket(priority="3")
        foreign = self._make_ticket(team_id=self.other_queue.id, priority="3")
        self.assertEqual(self._days().get_day()["waiting"], 2)
        self.assertEqual(self._days().take_next(), high.number)
        self.assertEqual(high.user_id, self.technician)
        self.assertEqual(self._days().take_next(), low.number)
        self.assertFalse(self._days().take_next())
        self.assertFalse(foreign.user_id)
        self.assertEqual(self._days().get_day()["waiting"], 0)

    def test_who_sees_a_day(self):
        call = self._make_call("Mon 10:00", technician_id=self.contractor.id, tickets=self._make_ticket())
        day = self._days(self.contractor).get_day()
        self.assertEqual(self._keys(day)["next"], [f"call-{call.id}"])
        self.assertEqual(day["sections"]["next"][0]["customer"], "Harbor Dental Test")
        self.assertEqual((day["waiting"], day["is_lead"]), (0, False), "a contractor sees no queue")
        for user in (self.plain, self.mia):
            for name in ("get_day", "get_team", "take_next"):
                with self.subTest(user=user.name, method=name), self.assertRaises(AccessError):
                    getattr(self._days(user), name)()
        for user in (self.technician, self.technician_all, self.contractor):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self._days(user).get_team()

    def test_the_manager_sees_the_team(self):
        """Row 6.1: service calls, tickets and tasks of each person as one list, with hours."""
        call = self._make_call("Mon 10:00", minutes=90, tickets=self._make_ticket())
        ticket = self._mine(psa_estimate_minutes=30)
        task = self._make_task(date_deadline=self.when("Mon 16:00"), allocated_hours=1)
        for user in (self.manager, self.dispatcher):
            rows = {row["id"]: row for row in self._days(user).get_team()["rows"]}
            row = rows[self.technician.id]
            self.assertEqual(
                [card["key"] for card in row["cards"]],
                [f"call-{call.id}", *self._order(ticket, task)],
            )
            self.assertEqual((row["name"], row["planned"], row["capacity"]), ("Joe", 180, 480))
            self.assertEqual(rows[self.outsider.id]["cards"], [])
        self.assertTrue(self._days(self.manager).get_day()["is_lead"])

    def _order(self, ticket, task):
        """The task is due today, the ticket by its clock."""
        is_ticket_first = ticket.psa_word in ("overdue", "at_risk") or (
            ticket.psa_word == "due" and ticket.psa_sla_due_at <= task.date_deadline
        )
        keys = [f"ticket-{ticket.id}", f"task-{task.id}"]
        return keys if is_ticket_first else keys[::-1]

    def test_the_team_of_one_company_shows_nobody_of_another(self):
        self._make_call("Mon 10:00")
        other = self.env["res.company"].create({"name": "Brightwater Europe Test"})
        away = new_test_user(
            self.env, "psa_away_day", "psa_helpdesk.psa_helpdesk_group_dispatcher",
            company_id=other.id, company_ids=[Command.set(other.ids)],
        )  # fmt: skip
        self.assertEqual([row["id"] for row in self._days(away).get_team()["rows"]], away.ids)

    def test_a_company_without_working_hours_has_a_day_and_a_board(self):
        self.env.company.resource_calendar_id = False
        ticket = self._mine()
        self.assertEqual(self._keys(), {"today": [f"ticket-{ticket.id}"]})
        rows = self.env["psa.my.day"].with_user(self.dispatcher).get_team()["rows"]
        self.assertEqual({row["capacity"] for row in rows}, {0})
        board = self.env["psa.service.call"].with_user(self.dispatcher)
        shown = board.psa_board_read("2026-03-02 00:00:00", "2026-03-03 00:00:00")
        self.assertTrue(shown["technicians"])

    def test_queries_do_not_grow_with_work(self):
        def grow(day):
            for hour in range(9, 15):
                self._make_call(f"{day} {hour:02}:00", 50, tickets=self._mine(), override_reason="Arranged")
                self._mine()
                self._make_ticket()
                self._make_task(allocated_hours=1)

        def count(read):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            read()
            return self.env.cr.sql_log_count - before

        self._make_call("Mon 10:00", tickets=self._mine())
        first, second = ("Tue", "Wed"), ("Thu", "Fri")
        for name, user, days in (("get_day", self.technician, first), ("get_team", self.manager, second)):
            with self.subTest(name):
                grow(days[0])
                read = getattr(self._days(user), name)
                count(read)  # what each worker keeps is read once
                few = count(read)
                grow(days[1])
                count(read)
                self.assertLessEqual(count(read), few)

    def test_technicians_hear_of_calls_that_come_move_and_go(self):
        def told(act):
            with patch.object(type(self.env["bus.bus"]), "_sendone") as send:
                act()
            return {call.args[0] for call in send.call_args_list if call.args[1] == "psa_my_day/changed"}

        joe, nina = self.technician.partner_id, self.technician_all.partner_id
        call = self._make_call("Mon 10:00", tickets=self._mine())
        self.assertEqual(told(lambda: self._make_call("Tue 10:00")), {joe})
        self.assertEqual(told(lambda: call.write({"start_at": self.when("Mon 11:00")})), {joe})
        self.assertEqual(told(lambda: call.write({"technician_id": self.technician_all.id})), {joe, nina})
        self.assertEqual(told(lambda: call._psa_cancel("Not needed")), {nina})
