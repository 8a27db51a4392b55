import psycopg2
from freezegun import freeze_time

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

    def test_starting_twice_on_one_ticket_goes_on(self):
        first = self._start()
        again = self._start(when="2026-03-10 09:30:00")
        self.assertEqual((first["id"], first["started_at"]), (again["id"], again["started_at"]))
        self.assertFalse(self.ticket.psa_time_ids)

    def test_the_database_allows_one_running_timer_a_person(self):
        self._start()
        self._start(user=self.nina)
        with self.assertRaises(psycopg2.errors.UniqueViolation), mute_logger("odoo.sql_db"):
            self._timers().create({"ticket_id": self.ticket.id})

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
