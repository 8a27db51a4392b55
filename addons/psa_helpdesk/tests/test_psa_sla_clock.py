from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .sla_common import MINUTE, PsaSlaCase


@tagged("post_install", "-at_install")
class TestPsaSlaClock(PsaSlaCase):
    """From the form to the stored reading: start, pause, close, reopen, other promises."""

    def test_a_new_ticket_gets_the_targets_of_its_priority(self):
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="3")
        self.assertRecordValues(
            ticket.psa_sla_clock_ids.sorted("kind"),
            [
                {"kind": "plan", "state": "running", "due_at": self.when("Mon 10:00"), "cycle": 1},
                {"kind": "resolution", "state": "running", "due_at": self.when("Mon 13:00"), "cycle": 1},
                {"kind": "response", "state": "running", "due_at": self.when("Mon 09:20"), "cycle": 1},
            ],
        )
        self.assertRecordValues(
            ticket,
            [
                {
                    "psa_sla_policy_id": self.policy.id,
                    "psa_sla_due_at": self.when("Mon 09:20"),
                    "psa_sla_state": "running",
                    "psa_sla_kind": "response",
                    "psa_is_overdue": False,
                }
            ],
        )

    def test_an_alert_starts_when_it_was_received(self):
        """Rule D10.3: not when the batch made the ticket."""
        with self.at("Mon 10:00:40"):
            ticket = self._make_ticket(priority="3", psa_started_at=self.when("Mon 10:00:02"))
        self.assertEqual(self.clock(ticket, "response").due_at, self.when("Mon 10:20:02"))

    def test_created_waiting_is_paused_and_created_closed_has_no_clock(self):
        """Rule D10.9."""
        with self.at("Mon 09:00"):
            waiting = self._make_ticket(priority="2", stage_id=self.stage_waiting.id)
            closed = self._make_ticket(priority="2", stage_id=self.stage_done.id)
        self.assertEqual((waiting.psa_sla_state, waiting.psa_sla_due_at), ("paused", False))
        self.assertFalse(closed.psa_sla_event_ids)
        self.assertEqual((closed.psa_sla_state, closed.psa_resolved_at), ("none", self.when("Mon 09:00")))
        self.move(waiting, self.stage_progress, "Mon 13:00")
        self.assertEqual(self.clock(waiting, "response").due_at, self.when("Mon 14:00"))
        self.assertEqual(self.clock(waiting, "resolution").due_at, self.when("Tue 13:00"))
        self.move(closed, self.stage_progress, "Tue 10:00")
        self.assertEqual(self.clock(closed, "response").due_at, self.when("Tue 11:00"))
        self.assertFalse(closed.psa_resolved_at)

    def test_waiting_pauses_in_working_time(self):
        """Rule D10.8."""
        with self.at("Fri- 13:00"):
            ticket = self._make_ticket(priority="2")
            self.answer(ticket)
        self.move(ticket, self.stage_waiting, "Fri- 15:00")
        self.assertEqual((ticket.psa_sla_state, ticket.psa_sla_due_at), ("paused", False))
        with self.at("Mon 10:00"):
            ticket.invalidate_recordset(["psa_sla_left_minutes"])
            self.assertEqual(ticket.psa_sla_left_minutes, 120, "of the plan")
            self.assertEqual(self.clock(ticket).left_minutes, 360)
        self.move(ticket, self.stage_progress, "Mon 11:00")
        self.assertEqual(self.clock(ticket).due_at, self.when("Mon 17:00"))
        self.assertEqual(self.clock(ticket).paused_seconds, 240 * MINUTE)

    def test_closing_straight_from_waiting_is_no_breach(self):
        """The fault of the host's SLA addon: closed from a waiting stage, it stayed open and expired later (D10.10)."""
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="3")
        self.move(ticket, self.stage_waiting, "Mon 09:15")
        self.move(ticket, self.stage_done, "Thu 11:00")
        self.assertRecordValues(
            self.clock(ticket),
            [
                {
                    "state": "met",
                    "counted_seconds": 15 * MINUTE,
                    "due_at": self.when("Thu 14:45"),
                    "breached_at": False,
                    "next_at": False,
                }
            ],
        )
        self.assertEqual((ticket.psa_sla_state, ticket.psa_sla_due_at), ("met", False))
        self.sweep("Fri 12:00")
        self.assertEqual(ticket.psa_sla_state, "met")

    def test_raising_the_priority_attaches_the_new_target(self):
        """The fault of the host's SLA addon: the new target was not attached (Rule D10.13)."""
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="1")
        self.move(ticket, self.stage_waiting, "Mon 10:00")
        self.move(ticket, self.stage_progress, "Mon 15:00")
        with self.at("Mon 15:00"):
            ticket.with_user(self.technician).priority = "3"
        self.assertRecordValues(
            self.clock(ticket),
            [
                {
                    "target_seconds": 240 * MINUTE,
                    "counted_seconds": 60 * MINUTE,
                    "due_at": self.when("Tue 10:00"),
                }
            ],
        )
        self.assertEqual(len(ticket.psa_sla_clock_ids), 3)

    def test_targets_are_minutes_not_whole_hours(self):
        """The fault of the host's SLA addon: a target was a whole number of hours."""
        with self.at("Mon 09:00:30"):
            ticket = self._make_ticket(priority="3")
        self.assertEqual(self.clock(ticket, "response").due_at, self.when("Mon 09:20:30"))

    def test_used_up_at_the_change_is_missed_from_the_change_on(self):
        """Rule D10.14."""
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="1")
        with self.at("Mon 14:00"):
            ticket.priority = "3"
        self.assertEqual(self.clock(ticket).breached_at, self.when("Mon 14:00"))
        self.assertEqual(self.clock(ticket).due_at, self.when("Mon 13:00"))
        self.assertTrue(ticket.psa_is_overdue)

    def test_one_save_that_lowers_and_closes_is_judged_as_it_was(self):
        """Rule D10.12."""
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="3")
        with self.at("Mon 13:30"):
            ticket.write({"priority": "1", "stage_id": self.stage_done.id})
        self.assertRecordValues(
            self.clock(ticket),
            [{"state": "missed", "breached_at": self.when("Mon 13:00"), "done_at": self.when("Mon 13:30")}],
        )

    def test_cancelling_and_archiving_end_the_clocks_uncounted(self):
        """Rule D10.9; a merged ticket is archived by the host."""
        with self.at("Mon 09:00"):
            spam, merged = self._make_ticket(priority="2"), self._make_ticket(priority="2")
        self.move(spam, self.stage_cancelled, "Mon 09:30")
        with self.at("Mon 11:00"):
            merged.active = False
        self.assertEqual(set(spam.psa_sla_clock_ids.mapped("state")), {"not_counted"})
        self.assertEqual(spam.psa_sla_state, "none")
        self.assertEqual(self.clock(merged, "response").state, "missed")
        self.assertEqual(self.clock(merged).state, "not_counted")
        self.assertFalse(spam.psa_sla_clock_ids.filtered("next_at"))

    def test_reopening_in_time_goes_on_with_the_same_clock(self):
        """Rule D10.18."""
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="2")
        self.move(ticket, self.stage_done, "Mon 13:00")
        self.assertEqual(ticket.psa_resolved_at, self.when("Mon 13:00"))
        self.move(ticket, self.stage_progress, "Wed 10:00")
        self.assertFalse(ticket.psa_resolved_at)
        self.assertRecordValues(
            self.clock(ticket),
            [
                {
                    "cycle": 1,
                    "state": "running",
                    "counted_seconds": 240 * MINUTE,
                    "due_at": self.when("Wed 14:00"),
                }
            ],
        )
        self.assertEqual(self.clock(ticket, "response").state, "missed")

    def test_reopening_late_begins_a_new_cycle(self):
        """Rule D10.18, by the one path for all: `_psa_reopen`."""
        self.policy.reopen_grace_hours = 24
        with self.at("Mon 09:00"):
            last_second, too_late = self._make_ticket(priority="2"), self._make_ticket(priority="2")
        self.move(last_second | too_late, self.stage_done, "Mon 13:00")
        self.assertTrue(last_second._psa_is_in_reopen_grace(self.when("Tue 13:00:00")))
        self.assertFalse(last_second._psa_is_in_reopen_grace(self.when("Tue 13:00:01")))
        with self.at("Tue 13:00:10"):
            last_second._psa_reopen(self.when("Tue 13:00:00"))
            too_late._psa_reopen(self.when("Tue 13:00:01"))
        self.assertEqual(set(last_second.psa_sla_clock_ids.mapped("cycle")), {1})
        self.assertEqual(self.clock(too_late, "response").cycle, 2)
        self.assertEqual(self.clock(too_late, "response").due_at, self.when("Tue 14:00:01"))
        self.assertEqual(
            too_late.psa_sla_clock_ids.filtered(lambda c: c.cycle == 1 and c.kind == "resolution").state,
            "met",
        )

    def test_a_batch_that_comes_late_does_not_turn_the_ledger_round(self):
        """An alert received before somebody closed the ticket, processed after it: the clock must run again."""
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="2")
        self.move(ticket, self.stage_done, "Mon 10:00:05")
        with self.at("Mon 10:00:40"):
            ticket._psa_reopen(self.when("Mon 10:00:02"))
        self.assertEqual(self.clock(ticket).state, "running")
        self.assertEqual(ticket.psa_sla_event_ids[-1].happened_at, self.when("Mon 10:00:05"))

    def test_a_stage_may_mean_that_the_plan_is_reached(self):
        """Rule D10.7."""
        self.stage_progress.psa_sla_event = "plan"
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="2")
        self.move(ticket, self.stage_progress, "Mon 09:30")
        self.assertEqual(self.clock(ticket, "plan").state, "met")
        self.assertEqual(self.clock(ticket, "response").state, "running")

    def test_a_service_call_that_is_booked_reaches_the_plan(self):
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="2")
        ticket.with_user(self.technician)._psa_sla_plan(self.when("Mon 09:40"))
        self.assertEqual(self.clock(ticket, "plan").done_at, self.when("Mon 09:40"))

    def test_a_closing_stage_that_means_nothing_counts_as_resolved(self):
        closing = self.env["helpdesk.ticket.stage"].create({"name": "Billed", "closed": True, "sequence": 50})
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="2")
        self.move(ticket, closing, "Mon 10:00")
        self.assertEqual(self.clock(ticket).state, "met")

    def test_a_stage_cannot_both_close_and_wait(self):
        with self.assertRaisesRegex(UserError, "cannot both close tickets and wait"):
            self.stage_done.psa_sla_event = "waiting"

    def test_a_leave_entered_under_way_moves_only_what_lies_ahead(self):
        """Rule D10.16."""
        with self.at("Mon 15:00"):
            ticket = self._make_ticket(priority="1")
        self.assertEqual(self.clock(ticket).due_at, self.when("Wed 15:00"))
        with self.at("Tue 12:00"):
            self.add_leave("Wed 00:00", "Wed 23:59:59")
            self.env.cr.flush()
        self.assertEqual(
            self.clock(ticket).due_at, self.when("Wed 15:00"), "read anew by the sweep, not at once"
        )
        self.sweep("Tue 12:00")
        self.assertEqual(self.clock(ticket).due_at, self.when("Thu 15:00"))
        self.assertEqual(self.clock(ticket).counted_seconds, 300 * MINUTE)
        self.assertEqual(len(self.versions()), 2)
        with self.at("Fri 12:00"):
            self.add_leave("Tue 00:00", "Tue 23:59:59")
            self.env.cr.flush()
        self.sweep("Fri 12:00")
        self.assertEqual(
            self.clock(ticket).due_at, self.when("Thu 15:00"), "a leave in the past changes nothing"
        )
        self.assertFalse(ticket.psa_sla_clock_ids._find_differences())

    def test_many_edits_of_one_save_are_one_version(self):
        with self.at("Mon 09:00"):
            self._make_ticket(priority="1")
        with self.at("Mon 10:00"):
            self.calendar.write(
                {
                    "attendance_ids": [
                        Command.clear(),
                        *(
                            Command.create(
                                {
                                    "name": "Day",
                                    "dayofweek": str(day),
                                    "hour_from": 8,
                                    "hour_to": 18,
                                    "day_period": "full_day",
                                }
                            )
                            for day in range(7)
                        ),
                    ]
                }
            )
            self.env.cr.flush()
        self.assertEqual(len(self.versions()), 2)

    def test_an_edit_that_changes_nothing_is_no_version(self):
        with self.at("Mon 09:00"):
            self._make_ticket(priority="1")
        with self.at("Mon 10:00"):
            self.calendar.attendance_ids[0].name = "Still the same"
            self.env.cr.flush()
        self.assertEqual(len(self.versions()), 1)

    def test_only_leaves_of_the_calendar_and_of_its_company_count(self):
        """Rule D10.4."""
        other_company = self.env["res.company"].create({"name": "Brightwater Europe Test"})
        other_calendar = self.calendar.copy({"name": "Other hours", "company_id": False})
        self.env.flush_all()  # the host copies holidays into new calendars when it computes them
        person = self.env["resource.resource"].create({"name": "Joe", "calendar_id": self.calendar.id})
        for hour, values in (
            ("09", {"calendar_id": other_company.resource_calendar_id.id}),
            ("10", {"calendar_id": other_calendar.id}),
            ("11", {"calendar_id": self.calendar.id, "resource_id": person.id}),
            ("12", {"calendar_id": self.calendar.id, "time_type": "other"}),
        ):
            self.add_leave(f"Mon {hour}:00", f"Mon {hour}:59:59", **values)
        self.add_leave("Mon 13:00", "Mon 13:59:59", calendar_id=False).company_id = other_company
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="3")
        self.assertEqual(self.clock(ticket).due_at, self.when("Mon 13:00"))
        with self.at("Mon 18:00"):
            self.add_leave("Tue 09:00", "Tue 12:00", calendar_id=False)
            self.env.cr.flush()
        with self.at("Tue 09:00"):
            late = self._make_ticket(priority="3")
        self.assertEqual(self.clock(late).due_at, self.when("Tue 16:00"))

    def check_listed_without_hours(self, ticket, usual):
        """The list of clocks, a filter of the tickets, and unasked the manager's first screen."""
        clocks = self.env["psa.sla.clock"].with_user(self.manager)
        self.assertEqual(clocks.search([("state", "=", "no_hours")]).ticket_id, ticket | usual)
        view = self.env["helpdesk.ticket"].with_user(self.manager).get_view(view_type="search")["arch"]
        self.assertIn("sla_no_hours", view)
        look = self.env["psa.service.home"].with_user(self.manager).get_home()["look"]
        self.assertIn(
            "without any working time ahead",
            {line["key"]: line["why"] for line in look}[f"helpdesk.ticket,{usual.id}"],
        )

    def test_the_customers_zone_is_taken_at_the_start_of_the_cycle(self):
        """Rule D10.20."""
        self.policy.zone = "customer"
        self.harbor.tz = "America/New_York"
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="3")
        self.assertEqual(self.clock(ticket, "response").due_at, self.when("Mon 15:20"), "09:20 in New York")
        self.harbor.tz = "Asia/Tokyo"
        with self.at("Mon 16:00"):
            ticket.priority = "2"
        self.assertEqual(self.clock(ticket, "resolution").zone, "America/New_York")

    def test_the_zone_of_the_site_goes_before_that_of_the_customer(self):
        """Rule D10.20: the ticket's site, else the customer, else the calendar."""
        self.policy.zone = "customer"
        self.harbor.tz, self.westgate.tz = "Asia/Tokyo", "America/New_York"
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="3", psa_site_id=self.westgate.id)
        response = self.clock(ticket, "response")
        self.assertEqual((response.zone, response.due_at), ("America/New_York", self.when("Mon 15:20")))
        self.westgate.tz = False
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="3", psa_site_id=self.westgate.id)
        response = self.clock(ticket, "response")
        # 17:00 in Tokyo: the day is over there, and goes on on Tuesday at 09:00, 01:00 in Berlin.
        self.assertEqual((response.zone, response.due_at), ("Asia/Tokyo", self.when("Tue 01:20")))

    def test_figures_of_a_policy_are_a_promise_unless_applied_to_open_tickets(self):
        """Rule D10.16."""
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="2")
        target = self.policy.target_ids.filtered(lambda t: t.priority == "2" and t.kind == "resolution")
        with self.at("Mon 10:00"):
            target.minutes = 120
            self.assertEqual(self.clock(ticket).target_seconds, 480 * MINUTE)
            newer = self._make_ticket(priority="2")
            self.assertEqual(self.clock(newer).target_seconds, 120 * MINUTE)
            self.policy.with_user(self.manager).action_apply_to_open()
        self.assertEqual(self.clock(ticket).due_at, self.when("Mon 11:00"))
        with self.assertRaises(AccessError):
            self.policy.with_user(self.dispatcher).action_apply_to_open()

    def test_a_policy_may_let_a_changed_target_start_anew(self):
        """Rule D10.13, "from now"."""
        self.policy.change_mode = "now"
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="1")
        with self.at("Mon 15:00"):
            ticket.priority = "3"
        self.assertEqual(self.clock(ticket).due_at, self.when("Tue 11:00"))

    def test_a_ticket_with_history_cannot_be_deleted(self):
        ticket = self._make_ticket()
        with self.assertRaisesRegex(UserError, "SLA history is kept for good"):
            ticket.with_user(self.manager).unlink()

    def test_the_ledger_is_append_only_for_everybody(self):
        ticket = self._make_ticket()
        event = ticket.psa_sla_event_ids[0]
        for refused in (lambda: event.sudo().write({"what": "resolved"}), event.sudo().unlink):
            with self.assertRaises(UserError):
                refused()
        version = self.versions()
        with self.assertRaises(UserError):
            version.sudo().write({"digest": "x"})

    def test_replaying_the_ledger_gives_the_stored_figures(self):
        tickets = self.env["helpdesk.ticket"]
        with self.at("Mon 09:00"):
            for priority in "0123":
                tickets |= self._make_ticket(priority=priority)
        self.move(tickets[:2], self.stage_waiting, "Mon 10:00")
        self.move(tickets[1:3], self.stage_done, "Tue 10:00")
        self.sweep("Tue 11:00")
        self.assertFalse(tickets.psa_sla_clock_ids._find_differences())
        for ticket, readings in tickets._psa_replay(self.when("Tue 11:00")).items():
            self.assertEqual(len(readings), len(ticket.psa_sla_clock_ids))

    def test_a_holiday_entered_in_the_second_of_a_reading_is_no_difference(self):
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="1")
            planned = self._make_ticket(
                priority="1", stage_id=self.env.ref("psa_helpdesk.psa_stage_scheduled").id
            )
            self.env.flush_all()
            self.add_leave("Mon 09:00", "Tue 09:00")
            self.env.cr.flush()
        tickets = ticket | planned
        self.assertFalse(tickets.psa_sla_clock_ids._find_differences())
        self.sweep("Mon 09:01")
        self.assertFalse(tickets.psa_sla_clock_ids._find_differences())
        self.assertEqual(self.clock(ticket).due_at, self.when("Wed 17:00"))
        self.assertEqual(self.clock(planned, "plan").due_at, self.when("Mon 17:00"), "met before the holiday")

    def test_the_nightly_check_reports_a_figure_written_past_the_ledger(self):
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="3")
        clock = self.clock(ticket)
        self.env.cr.execute("UPDATE psa_sla_clock SET counted_seconds = 7 WHERE id = %s", [clock.id])
        clock.invalidate_recordset()
        with (
            self.no_commit(),
            self.assertLogs("odoo.addons.psa_helpdesk.models.psa_sla_clock_check", "ERROR"),
        ):
            found = self.env["psa.sla.clock"]._cron_check(now=self.when("Tue 02:30"))
        self.assertEqual(found & ticket.psa_sla_clock_ids, clock)
        self.assertIn("counted_seconds", clock.problem)
        self.assertEqual(clock.counted_seconds, 7, "reported, not repaired")
        note = self.env["mail.message"].search(
            [("model", "=", "helpdesk.ticket"), ("res_id", "=", ticket.id)], limit=1
        )
        self.assertIn(self.manager.partner_id, note.notified_partner_ids)

    def test_a_missed_target_may_be_excused_by_a_manager_and_stays_visible(self):
        """Rule D10.11."""
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="3")
        self.sweep("Mon 10:00")
        clock = self.clock(ticket, "response")
        with self.at("Mon 11:00"):
            with self.assertRaises(AccessError):
                self.excuse(clock, self.dispatcher)
            self.excuse(clock, self.manager)
        self.assertEqual((clock.is_excused, clock.breached_at), (True, self.when("Mon 09:20")))
        self.assertEqual(ticket.psa_sla_event_ids.filtered("reason").reason, "Line was down")
        with self.at("Mon 11:30"):
            kept = self.env["psa.reason"].with_user(self.manager).get_recent("excuse")
        self.assertEqual(kept, ["Line was down"])
        with self.assertRaisesRegex(UserError, "only once"):
            clock.with_user(self.manager).action_excuse()
        with self.assertRaisesRegex(UserError, "Only a missed target"):
            self.clock(ticket).with_user(self.manager).action_excuse()

    def test_the_time_left_counts_on_between_two_looks(self):
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="3")
        with self.at("Mon 09:05:30"):
            self.env.invalidate_all()
            self.assertEqual(ticket.with_user(self.technician).psa_sla_left_minutes, 14)
            self.assertEqual(self.clock(ticket, "response").counted_minutes, 5)
            self.assertIn("Critical: First response within 0:20", ticket.psa_sla_hint)
        with self.at("Mon 09:22"):
            self.env.invalidate_all()
            self.assertEqual(ticket.psa_sla_left_minutes, -2)

    def test_the_time_left_stands_still_while_the_ticket_waits(self):
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="2")
        self.move(ticket, self.stage_waiting, "Mon 09:40")
        for text in ("Mon 09:40", "Mon 16:00", "Thu 11:00"):
            with self.at(text):
                self.env.invalidate_all()
                self.assertEqual((ticket.psa_sla_state, ticket.psa_sla_left_minutes), ("paused", 20), text)
                self.assertEqual(self.clock(ticket).left_minutes, 440, text)

    def test_a_list_with_badges_costs_no_query_more_for_more_tickets(self):
        shown = ["psa_sla_due_at", "psa_sla_state", "psa_sla_kind", "psa_sla_left_minutes", "psa_sla_hint"]
        with self.at("Mon 09:00"):
            warm, few, many = (
                self._make_tickets(number, user_id=self.technician.id) for number in (2, 8, 16)
            )
        self.move(few[:3] | many[:6], self.stage_waiting, "Mon 09:30")
        with self.at("Mon 10:30"):
            counts = [
                self.count_queries(
                    lambda ids=tickets.ids: (
                        self.env["helpdesk.ticket"]
                        .with_user(self.technician)
                        .web_search_read([("id", "in", ids)], dict.fromkeys(shown, {}))
                    )
                )
                for tickets in (warm, few, many)
            ]
        self.assertEqual(counts[1], counts[2])

    def test_looking_at_tickets_writes_nothing(self):
        """Lists are read in transactions that may not write."""
        shown = ["psa_sla_due_at", "psa_sla_state", "psa_sla_kind", "psa_sla_left_minutes", "psa_sla_hint"]
        tickets = self._make_tickets(3, user_id=self.technician.id)
        self.env.flush_all()
        self.env.invalidate_all()
        written = AssertionError("a look at the list writes")
        with patch.object(type(self.env["psa.sla.clock"]), "_write_multi", side_effect=written):
            tickets.with_user(self.technician).web_read(dict.fromkeys(shown, {}))
            self.env.flush_all()

    def test_the_bars_of_promise_and_reality_are_drawn_with_the_pauses(self):
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="3")
        self.move(ticket, self.stage_waiting, "Mon 10:00")
        self.move(ticket, self.stage_progress, "Mon 11:00")
        with self.at("Mon 12:00"):
            bars = self.clock(ticket).with_user(self.technician).bars
        self.assertEqual((bars["start"], bars["promised"]), ("2026-03-02 08:00:00", "2026-03-02 12:00:00"))
        self.assertEqual(
            [(part["kind"], part["start"][11:16], part["end"][11:16]) for part in bars["reality"]],
            [("worked", "08:00", "09:00"), ("waited", "09:00", "10:00"), ("worked", "10:00", "11:00")],
        )
        with self.at("Mon 12:00"):
            few, many = self._make_tickets(4).psa_sla_clock_ids, self._make_tickets(8).psa_sla_clock_ids
            counts = [
                self.count_queries(
                    lambda ids=clocks.ids: self.env["psa.sla.clock"].browse(ids).mapped("bars")
                )
                for clocks in (few, many)
            ]
        self.assertEqual(*counts)

    def test_writing_costs_the_same_queries_for_one_ticket_as_for_many(self):
        with self.at("Mon 09:00"):
            first, few, many = (self._make_tickets(number) for number in (2, 4, 8))
        for time, values in (
            ("10:00", {"stage_id": self.stage_waiting.id}),
            ("11:00", {"priority": "3"}),
            ("12:00", {"stage_id": self.stage_done.id}),
            ("13:00", {"stage_id": self.stage_progress.id}),
        ):
            with self.at(f"Mon {time}"):
                first.write(dict(values))  # fills the caches of the process, whichever test ran before
                counts = [
                    self.count_queries(lambda tickets=tickets, values=values: tickets.write(dict(values)))
                    for tickets in (few, many)
                ]
            self.assertEqual(counts[0], counts[1], values)

    def test_starting_the_clocks_costs_the_same_queries_for_one_ticket_as_for_many(self):
        few, many = self._make_tickets(4, start=False), self._make_tickets(8, start=False)
        now = datetime(2026, 3, 2, 12)
        self._make_tickets(1)  # the terms of the policy are cached by the registry
        counts = [
            self.count_queries(lambda tickets=tickets: tickets._psa_sla_start(now)) for tickets in (few, many)
        ]
        self.assertEqual(*counts)

    @freeze_time("2026-03-02 12:00:00")
    def test_the_shipped_policy_promises_what_the_catalogue_says(self):
        policy = self.env.ref("psa_helpdesk.psa_sla_policy_standard")
        promised = {(t.priority, t.kind): (t.minutes, t.is_always) for t in policy.target_ids}
        self.assertEqual(
            promised,
            {
                ("3", "response"): (15, True), ("3", "resolution"): (240, True),
                ("2", "response"): (60, False), ("2", "resolution"): (480, False),
                ("1", "response"): (240, False), ("1", "resolution"): (1440, False),
                ("0", "response"): (480, False), ("0", "resolution"): (2400, False),
            },
        )  # fmt: skip
        warnings = policy.threshold_ids.filtered(lambda t: t.mode == "warning").mapped("percent")
        self.assertEqual(sorted(warnings), [50, 75, 90, 100])
        escalations = policy.threshold_ids.filtered(lambda t: t.mode == "escalation").mapped("percent")
        self.assertEqual(sorted(escalations), [70, 90, 110])
        calendar = policy.target_ids.calendar_id
        self.assertEqual({(row.hour_from, row.hour_to) for row in calendar.attendance_ids}, {(8, 18)})
        self.assertEqual(sorted(calendar.attendance_ids.mapped("dayofweek")), list("01234"))

    def test_the_stages_of_the_host_are_mapped_and_a_missing_one_breaks_nothing(self):
        stages = (
            self.stage_new | self.stage_progress | self.stage_waiting | self.stage_done | self.stage_cancelled
        )
        stages.psa_sla_event = "none"
        self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_rejected").unlink()
        stages._psa_map_host_stages()
        self.assertEqual(stages.mapped("psa_sla_event"), ["none", "none", "waiting", "resolved", "cancelled"])

    def test_reports_group_the_clocks_by_what_belongs_to_the_ticket(self):
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="3")
        domain = [("ticket_id", "=", ticket.id)]
        for name, value in (
            ("team_id", self.queue),
            ("partner_id", self.harbor),
            ("priority", "3"),
            ("policy_id", self.policy),
        ):
            groups = (
                self.env["psa.sla.clock"].with_user(self.manager)._read_group(domain, [name], ["__count"])
            )
            self.assertEqual(groups, [(value, 3)])

    def test_no_working_time_ahead_is_no_breach(self):
        """Rule D10.26."""
        self.calendar.attendance_ids.unlink()
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="3")
        clock = self.clock(ticket)
        self.assertEqual((clock.state, clock.due_at, ticket.psa_sla_state), ("no_hours", False, "none"))
        self.assertEqual(clock.next_at, self.when("Mon 09:00") + timedelta(days=1))
        with self.at("Mon 09:00"):
            usual = self._make_ticket(priority="1")
        self.check_listed_without_hours(ticket, usual)
