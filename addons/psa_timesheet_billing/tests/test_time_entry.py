from datetime import timedelta

import psycopg2.errors
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.psa_helpdesk.own_word import OWN_WORD

from .common import PsaTimeCase, at, day


@tagged("post_install", "-at_install")
class TestTimeEntry(PsaTimeCase):
    """What an entry on a ticket is filled with, and how minutes, hours, times and date stay in step."""

    def test_an_entry_on_a_ticket_gets_all_the_host_needs(self):
        line = self._log(50)
        self.assertEqual(line.project_id, self.company.psa_service_project_id)
        self.assertEqual(line.partner_id, self.customer)
        self.assertEqual(line.employee_id, self.joe.employee_id)
        self.assertEqual(line.psa_role_id, self.technician_role)
        self.assertEqual(line.psa_work_type_id, self.remote)
        self.assertEqual(line.psa_state, "draft")

    def test_work_is_costed_by_the_exact_minutes(self):
        """Without a project the host would cost it at 0."""
        self.assertAlmostEqual(self._log(50).sudo().amount, -38.0 * 50 / 60, places=2)

    def test_the_role_is_that_of_who_worked(self):
        self.assertEqual(self._log(user=self.nina).psa_role_id, self.senior_role)

    def test_an_employee_without_a_role_works_in_the_usual_one(self):
        self.joe.employee_id.sudo().psa_role_id = False
        self.company.psa_default_role_id = self.senior_role
        self.assertEqual(self._log().psa_role_id, self.senior_role)

    def test_the_project_is_the_tickets_then_the_contracts_then_the_queues(self):
        def project(name):
            return (
                self.env["project.project"]
                .sudo()
                .create({"name": name, "company_id": self.company.id, "allow_timesheets": True})
            )

        self.queue.with_company(self.company).default_project_id = project("Queue")
        self.assertEqual(self._log().project_id.name, "Queue")
        contract = self._make_contract(is_default=True, project_id=project("Contract").id)
        self.ticket.psa_contract_id = contract
        self.assertEqual(self._log().project_id.name, "Contract")
        self.ticket.project_id = project("Ticket")
        self.assertEqual(self._log().project_id.name, "Ticket")

    def test_a_project_that_takes_no_time_is_passed_over(self):
        self.ticket.project_id = (
            self.env["project.project"]
            .sudo()
            .create({"name": "No time", "company_id": self.company.id, "allow_timesheets": False})
        )
        self.assertEqual(self._log().project_id, self.company.psa_service_project_id)

    def test_a_private_project_does_not_hinder_the_technician(self):
        private = (
            self.env["project.project"]
            .sudo()
            .create(
                {
                    "name": "Private",
                    "company_id": self.company.id,
                    "allow_timesheets": True,
                    "privacy_visibility": "followers",
                }
            )
        )
        self.queue.with_company(self.company).default_project_id = private
        self.assertEqual(self._log().sudo().project_id, private)

    def test_nobody_logs_on_a_private_project_by_its_number(self):
        private = (
            self.env["project.project"]
            .sudo()
            .create({"name": "Private", "company_id": self.company.id, "privacy_visibility": "followers"})
        )
        with self.assertRaises(AccessError):
            self._log(project_id=private.id)

    def test_cost_lands_on_the_account_of_the_contract(self):
        contract = self._make_contract(is_default=True)
        self.assertTrue(contract.analytic_account_id)
        self.assertEqual(self._log().sudo().account_id, contract.analytic_account_id)

    def test_cost_follows_a_contract_chosen_later(self):
        line = self._log()
        contract = self._make_contract()
        line.with_user(self.joe).psa_contract_id = contract
        self.assertEqual(line.sudo().account_id, contract.analytic_account_id)

    # ------------------------------------------------------------------
    # Minutes
    # ------------------------------------------------------------------

    def test_fifty_minutes_stay_fifty_minutes(self):
        line = self._log(50)
        self.assertEqual(line.psa_minutes, 50)
        self.assertAlmostEqual(line.unit_amount, 50 / 60, places=10)

    def test_hours_typed_in_the_hosts_own_screens_become_minutes(self):
        line = self._log(50)
        line.unit_amount = 0.33
        self.assertEqual(line.psa_minutes, 20)
        self.assertAlmostEqual(line.unit_amount, 20 / 60, places=10)

    def test_start_and_end_say_how_long_and_when(self):
        line = self._log(psa_start_at=at("03-10", "09:00:40"), psa_end_at=at("03-10", "09:05:10"))
        self.assertEqual((line.psa_minutes, line.date), (5, day("03-10")))

    def test_the_worked_date_is_that_of_the_contracts_calendar(self):
        calendar = self.env["resource.calendar"].create({"name": "New York", "tz": "America/New_York"})
        self._make_contract(is_default=True, calendar_id=calendar.id)
        ticket = self._make_ticket()
        line = self._log(
            psa_ticket_id=ticket.id, psa_start_at=at("03-11", "02:00"), psa_end_at=at("03-11", "02:30")
        )
        self.assertEqual(line.date, day("03-10"))

    def test_the_day_stays_that_of_the_contract_when_the_end_changes(self):
        calendar = self.env["resource.calendar"].create({"name": "New York", "tz": "America/New_York"})
        line = self._log(psa_start_at=at("04-01", "02:00"), psa_end_at=at("04-01", "02:30"))
        self.assertEqual(line.date, day("04-01"))
        contract = self._make_contract(activate=False, calendar_id=calendar.id)
        contract.date_end = day("12-31")
        contract.action_activate()
        line.with_user(self.joe).psa_contract_id = contract
        self.assertEqual((line.date, line.psa_start_at), (day("03-31"), at("04-01", "02:00")))
        line.psa_end_at = at("04-01", "02:45")
        self.assertEqual(line.date, day("03-31"))

    def test_the_day_is_that_of_a_contract_found_without_the_ticket(self):
        """The ticket is older than the contract: the entry finds it by itself."""
        calendar = self.env["resource.calendar"].create({"name": "New York", "tz": "America/New_York"})
        self._make_contract(is_default=True, calendar_id=calendar.id)
        self.assertFalse(self.ticket.psa_contract_id)
        line = self._log(psa_start_at=at("04-01", "02:00"), psa_end_at=at("04-01", "02:30"))
        self.assertEqual(line.date, day("03-31"))

    def test_a_longer_entry_ends_later(self):
        line = self._log(psa_start_at=at("03-10", "09:00"), psa_end_at=at("03-10", "10:00"))
        line.psa_minutes = 90
        self.assertEqual(line.psa_end_at, at("03-10", "10:30"))

    def test_several_entries_are_changed_at_once_each_in_its_own_way(self):
        timed = self._log(psa_start_at=at("03-10", "09:00"), psa_end_at=at("03-10", "10:00"))
        typed = self._log(50)
        (timed | typed).write({"date": day("03-12")})
        self.assertEqual((timed | typed).mapped("date"), [day("03-12"), day("03-12")])
        self.assertEqual(timed.psa_start_at, at("03-12", "09:00"))
        self.assertFalse(typed.psa_start_at)
        self.assertEqual((timed | typed).mapped("psa_minutes"), [60, 50])

    def test_an_end_before_the_start_is_refused_with_a_reason(self):
        with self.assertRaisesRegex(ValidationError, "cannot end before it starts"):
            self._log(psa_start_at=at("03-10", "09:00"), psa_end_at=at("03-10", "08:00"))

    def test_more_than_a_month_in_one_entry_is_refused_with_a_reason(self):
        line = self._log(44640)
        too_long = self.assertRaisesRegex(ValidationError, "at most 744 hours")
        for minutes in (44641, 60_000_000_000):
            with too_long:
                self._log(minutes)
        for hours in (744.02, 1e12, float("inf"), float("nan")):
            with too_long:
                line.unit_amount = hours
        with too_long:
            self._log(psa_start_at=at("03-10", "09:00"), psa_end_at=at("03-10", "09:00") + timedelta(days=32))
        self.assertEqual(line.psa_minutes, 44640)

    def test_more_than_a_month_to_bill_is_refused_with_a_reason(self):
        line = self._log_approved(50)
        for minutes in (44641, 60_000_000_000):
            with self.assertRaisesRegex(ValidationError, "at most 744 hours"):
                line.with_user(self.sam).psa_bill_minutes = minutes

    def test_a_mistyped_year_is_refused_with_a_reason(self):
        for day_or_time in (
            {"date": "0002-03-10"},
            {"date": "1999-12-31"},
            {"date": "9999-12-31"},
            {"psa_start_at": "0001-01-01 00:00:00"},
            {"psa_start_at": "9999-12-31 23:00:00", "psa_end_at": "9999-12-31 23:30:00"},
        ):
            with self.subTest(day_or_time), self.assertRaisesRegex(ValidationError, "Check the year"):
                self._log(**day_or_time)

    def test_time_on_a_merged_ticket_is_refused_and_told_where_to(self):
        old = self._make_ticket()
        old.sudo().psa_merged_into_id = self.ticket
        with self.assertRaisesRegex(UserError, f"Enter the time on ticket {self.ticket.number}"):
            self._log(psa_ticket_id=old.id)
        line = self._log()
        with self.assertRaisesRegex(UserError, "was merged"):
            line.psa_ticket_id = old

    def test_negative_time_on_a_ticket_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "cannot be negative"):
            self._log(-10)

    def test_negative_time_on_a_contract_is_refused(self):
        contract = self._make_contract()
        values = {
            "name": "Correction",
            "project_id": self.company.psa_service_project_id.id,
            "psa_contract_id": contract.id,
            "psa_minutes": -60,
        }
        with self.assertRaisesRegex(ValidationError, "cannot be negative"):
            self.env["account.analytic.line"].with_user(self.joe).create(values)

    def test_negative_minutes_to_bill_are_refused(self):
        line = self._log()
        with self.assertRaises(psycopg2.errors.CheckViolation), mute_logger("odoo.sql_db"):
            line.with_user(self.sam).psa_bill_minutes = -30
            self.env.flush_all()

    def test_the_hosts_split_by_accounts_splits_the_minutes(self):
        line = self._log(50)
        accounts = self.company.psa_service_project_id.account_id
        accounts += accounts.copy({"name": "Other"})
        line.sudo().analytic_distribution = {str(accounts[0].id): 70, str(accounts[1].id): 30}
        lines = self.ticket.psa_time_ids
        self.assertEqual(sorted(lines.mapped("psa_minutes")), [15, 35])
        self.assertAlmostEqual(sum(lines.mapped("unit_amount")), 50 / 60, places=6)

    def test_time_of_the_host_may_still_be_a_negative_correction(self):
        line = (
            self.env["account.analytic.line"]
            .with_user(self.joe)
            .create(
                {
                    "name": "Correction",
                    "project_id": self.company.psa_service_project_id.id,
                    "unit_amount": -0.5,
                }
            )
        )
        self.assertEqual((line.psa_minutes, line.unit_amount), (-30, -0.5))

    def test_lines_that_are_no_time_are_left_alone(self):
        line = self.env["account.analytic.line"].create(
            {
                "name": "Bought",
                "account_id": self.company.psa_service_project_id.account_id.id,
                "unit_amount": 3,
                "company_id": self.company.id,
            }
        )
        self.assertEqual((line.unit_amount, line.psa_minutes), (3, 0))

    def test_the_form_keeps_minutes_hours_and_end_in_step(self):
        with Form(
            self.env["account.analytic.line"]
            .with_user(self.joe)
            .with_context(default_psa_ticket_id=self.ticket.id, is_timesheet=1),
            "psa_timesheet_billing.account_analytic_line_view_form_dialog",
        ) as form:
            form.name = "Roller changed"
            form.psa_start_at = at("03-10", "09:00")
            form.psa_end_at = at("03-10", "09:50")
            self.assertEqual(form.psa_minutes, 50)
            self.assertEqual(form.date, day("03-10"))
            form.psa_minutes = 60
            self.assertEqual(form.psa_end_at, at("03-10", "10:00"))
        line = form.record
        self.assertEqual((line.psa_minutes, line.unit_amount), (60, 1.0))
        self.assertEqual(line.project_id, self.company.psa_service_project_id)

    # ------------------------------------------------------------------
    # Tickets
    # ------------------------------------------------------------------

    def test_logging_time_touches_the_ticket(self):
        self.assertTrue(self.ticket._psa_is_untouched())
        with freeze_time("2026-03-10 10:00:00"):
            self._log()
        self.assertFalse(self.ticket._psa_is_untouched())
        self.assertEqual(self.ticket.psa_touched_at, at("03-10", "10:00"))

    def test_time_logged_by_a_machine_is_no_touch(self):
        self.env["account.analytic.line"].with_user(self.joe).with_context(psa_automation=OWN_WORD).create(
            {"name": "Script", "psa_ticket_id": self.ticket.id, "psa_minutes": 5}
        )
        self.assertTrue(self.ticket._psa_is_untouched())

    def test_nobody_logs_time_on_a_ticket_out_of_sight(self):
        other = self.env["helpdesk.ticket.team"].create({"name": "Elsewhere", "company_id": self.company.id})
        with self.assertRaises(AccessError):
            self._log(psa_ticket_id=self._make_ticket(team_id=other.id).id)

    def test_time_moved_to_another_ticket_follows_its_customer(self):
        other = self._make_ticket(partner_id=self.env["res.partner"].create({"name": "Cobalt Freight"}).id)
        line = self._log()
        line.psa_ticket_id = other
        self.assertEqual(line.partner_id, other.partner_id)

    def test_a_ticket_with_time_cannot_be_deleted(self):
        self._log()
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            self.ticket.unlink()

    def test_the_total_counts_time_of_everybody(self):
        self._log(50)
        self._log(25, user=self.nina)
        self.assertEqual(self.ticket.with_user(self.joe).psa_minutes_total, 75)
