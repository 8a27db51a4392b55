import psycopg2
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import PsaTimeCase, at, day


@tagged("post_install", "-at_install")
class TestTimer(PsaTimeCase):
    """One running timer a person; stopping it makes a draft entry of exact minutes."""

    def _start(self, ticket=None, user=None, when="2026-03-10 09:00:40"):
        with freeze_time(when):
            return self._timers(user).action_start((ticket or self.ticket).id)

    def _timers(self, user=None):
        return self.env["psa.timer"].with_user(user or self.joe)

    def test_stopping_makes_an_entry_of_exact_minutes(self):
        self._start()
        with freeze_time("2026-03-10 09:51:10"):
            action = self._timers().action_stop()
        line = self.env["account.analytic.line"].browse(action["res_id"])
        self.assertEqual((line.psa_minutes, line.date, line.psa_state), (51, day("03-10"), "draft"))
        self.assertEqual(
            (line.psa_start_at, line.psa_end_at), (at("03-10", "09:00:40"), at("03-10", "09:51:10"))
        )
        self.assertEqual(
            (line.user_id, line.psa_ticket_id, line.name), (self.joe, self.ticket, self.ticket.name)
        )

    def test_less_than_a_minute_counts_one(self):
        self._start(when="2026-03-10 09:00:05")
        with freeze_time("2026-03-10 09:00:50"):
            action = self._timers().action_stop()
        self.assertEqual(self.env["account.analytic.line"].browse(action["res_id"]).psa_minutes, 1)

    def test_starting_on_another_ticket_stops_the_first(self):
        other = self._make_ticket(name="Router")
        self._start()
        started = self._start(other, when="2026-03-10 09:30:00")
        self.assertEqual((started["ticket_id"], started["stopped"]), (other.id, self.ticket.number))
        self.assertEqual(self.ticket.psa_time_ids.psa_minutes, 30)
        self.assertEqual(self._timers().get_running()["ticket_id"], other.id)

    def test_it_goes_on_with_the_ticket_that_its_own_was_merged_into(self):
        other = self._make_ticket(name="Router")
        self._start()
        merges = self.env["helpdesk.ticket.merge"].with_context(
            active_model=other._name, active_ids=self.ticket.ids
        )
        merges.create(
            {"ticket_ids": [Command.set(self.ticket.ids)], "dst_ticket_id": other.id}
        ).merge_tickets()
        self.assertEqual(self._timers().get_running()["ticket_id"], other.id)
        with freeze_time("2026-03-10 09:51:10"):
            self._timers().action_stop()
        self.assertEqual(other.psa_time_ids.filtered("psa_start_at").psa_minutes, 51)

    def test_starting_twice_on_one_ticket_goes_on(self):
        first = self._start()
        again = self._start(when="2026-03-10 09:30:00")
        self.assertEqual((first["id"], first["started_at"]), (again["id"], again["started_at"]))
        self.assertFalse(self.ticket.psa_time_ids)

    def test_the_database_allows_one_running_timer_a_person(self):
        self._start()
        self._start(user=self.nina)
        with self.assertRaises(psycopg2.errors.UniqueViolation), mute_logger("odoo.sql_db"):
            self._timers().sudo().create({"ticket_id": self.ticket.id, "user_id": self.joe.id})

    def test_a_discarded_timer_logs_nothing(self):
        self._start()
        self.assertTrue(self._timers().action_discard())
        self.assertFalse(self._timers().get_running())
        self.assertFalse(self.ticket.psa_time_ids)
        self.assertFalse(self._timers().action_stop())

    def test_a_timer_survives_logout(self):
        self._start()
        self.env.invalidate_all()
        session = self.env["ir.http"].with_user(self.joe).lazy_session_info()
        self.assertEqual(session["psa_timer"]["running"]["started_at"], "2026-03-10 09:00:40")
        self.assertEqual(session["psa_timer"]["running"]["customer"], "Harbor Dental")

    def test_who_logs_no_time_has_no_timer(self):
        plain = self._make_user("plain", "psa_contracts.psa_contracts_group_user")
        self.assertNotIn("psa_timer", self.env["ir.http"].with_user(plain).lazy_session_info())
        with self.assertRaises(AccessError):
            self._timers(plain).action_start(self.ticket.id)

    def test_nobody_sees_or_stops_the_timer_of_another(self):
        self._start()
        self.assertFalse(self._timers(self.nina).get_running())
        self.assertFalse(self._timers(self.olga).search([]))
        self.assertFalse(self._timers(self.nina).action_stop())
        timer = self._timers().search([])
        with self.assertRaises(AccessError):
            timer.with_user(self.nina).unlink()

    def test_nobody_makes_or_moves_a_timer_past_the_buttons(self):
        """The name of any ticket could be read off a timer that points at it."""
        with self.assertRaises(AccessError):
            self._timers().create({"ticket_id": self.ticket.id})
        self._start()
        timer = self._timers().search([])
        for operation in (lambda: timer.write({"ticket_id": self.ticket.id}), timer.unlink):
            with self.assertRaises(AccessError):
                operation()

    def test_a_timer_on_a_ticket_that_left_ones_sight_is_stopped_and_logged(self):
        self._start()
        elsewhere = self.env["helpdesk.ticket.team"].create(
            {"name": "Elsewhere", "company_id": self.company.id}
        )
        self.ticket.write({"team_id": elsewhere.id, "user_id": self.olga.id})
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.joe).check_access("read")
        session = self.env["ir.http"].with_user(self.joe).lazy_session_info()
        running = session["psa_timer"]["running"]
        self.assertEqual((running["number"], running["cover"]), (self.ticket.number, ""))
        with freeze_time("2026-03-10 09:30:40"):
            action = self._timers().action_stop()
        line = self.env["account.analytic.line"].browse(action["res_id"])
        self.assertEqual((line.psa_minutes, line.user_id, line.psa_state), (30, self.joe, "draft"))
        self.assertEqual(line.with_user(self.joe).name, self.ticket.name)

    def test_a_timer_forgotten_for_months_stops_at_the_longest_entry_there_is(self):
        self._start()
        with freeze_time("2026-06-10 09:00:40"):
            action = self._timers().action_stop()
        self.assertEqual(self.env["account.analytic.line"].browse(action["res_id"]).psa_minutes, 744 * 60)

    def test_another_timer_starts_though_the_first_ticket_left_ones_sight(self):
        self._start()
        other = self._make_ticket(name="Router", user_id=self.joe.id)
        elsewhere = self.env["helpdesk.ticket.team"].create(
            {"name": "Elsewhere", "company_id": self.company.id}
        )
        self.ticket.write({"team_id": elsewhere.id, "user_id": self.olga.id})
        self.env.invalidate_all()
        started = self._start(other, when="2026-03-10 09:30:00")
        self.assertEqual((started["ticket_id"], started["stopped"]), (other.id, self.ticket.number))

    def test_a_timer_is_known_though_its_company_is_switched_off(self):
        europe = self.env["res.company"].sudo().create({"name": "Brightwater Europe"})
        self.joe.sudo().company_ids += europe
        self._start()
        timers = self._timers().with_context(allowed_company_ids=[europe.id])
        self.assertEqual(timers.get_running()["number"], self.ticket.number)
        told = timers.action_stop()
        self.assertEqual(told["tag"], "display_notification")
        self.assertIn(self.company.name, told["params"]["message"])
        self.assertEqual(self.ticket.psa_time_ids.company_id, self.company)

    def test_no_default_of_the_context_approves_what_a_timer_logs(self):
        self._start()
        self._timers().with_context(default_psa_state="approved", default_psa_bill_minutes=480).action_stop()
        line = self.ticket.psa_time_ids
        self.assertEqual((line.psa_state, line.psa_bill_minutes), ("draft", 0))

    def test_no_timer_starts_on_a_ticket_out_of_sight(self):
        other = self.env["helpdesk.ticket.team"].create({"name": "Elsewhere", "company_id": self.company.id})
        with self.assertRaises(AccessError):
            self._start(self._make_ticket(team_id=other.id))

    def test_a_contractor_times_own_tickets_and_hears_no_cover(self):
        self.ticket.user_id = self.carl
        self.assertEqual(self._start(user=self.carl)["cover"], "")
        self._timers(self.carl).action_stop()
        self.assertTrue(self.ticket.psa_time_ids)

    def test_the_buttons_of_the_ticket_know_the_timer(self):
        ticket = self.ticket.with_user(self.joe)
        self.assertFalse(ticket.psa_is_timer_running)
        self.assertFalse(ticket.action_psa_start_timer())
        ticket.invalidate_recordset()
        self.assertTrue(ticket.psa_is_timer_running)
        self.assertFalse(self.ticket.with_user(self.nina).psa_is_timer_running)
        self.assertEqual(ticket.action_psa_stop_timer()["res_model"], "account.analytic.line")

    def test_starting_touches_the_ticket(self):
        self._start()
        self.assertEqual(self.ticket.psa_touched_at, at("03-10", "09:00:40"))

    def test_somebody_without_an_employee_is_told_why(self):
        lone = new_test_user(
            self.env,
            "psa_lone",
            "psa_helpdesk.psa_helpdesk_group_technician_all",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaisesRegex(UserError, "you are no employee of"):
            self._start(user=lone)
