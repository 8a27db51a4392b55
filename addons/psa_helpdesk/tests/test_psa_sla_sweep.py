from unittest.mock import patch

from freezegun import freeze_time
from markupsafe import escape
from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.psa_helpdesk.models.psa_sla_clock_check import PLACE
from odoo.addons.psa_helpdesk.models.psa_sla_event import Ledger

from .sla_common import PsaSlaCase

SWEEP_LOG = "odoo.addons.psa_helpdesk.models.psa_sla_clock_sweep"
CHECK_LOG = "odoo.addons.psa_helpdesk.models.psa_sla_clock_check"


@tagged("post_install", "-at_install")
class TestPsaSlaSweep(PsaSlaCase):
    """The sweep: due clocks only, each step once, told to the right people (Rules D10.22, D10.23, D10.27)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.queue.user_id = cls.dispatcher
        cls.env.ref("psa_helpdesk.psa_helpdesk_group_manager").user_ids = cls.manager
        cls.policy.target_ids.filtered(lambda target: target.kind != "resolution").unlink()
        cls.policy.threshold_ids = [
            Command.create(
                {"mode": mode, "percent": percent, "audience": audience, "priority_from": priority}
            )
            for mode, percent, audience, priority in [
                ("warning", 50, "nobody", "0"),
                ("warning", 75, "technician", "0"),
                ("warning", 90, "technician", "0"),
                ("warning", 100, "technician", "0"),
                ("escalation", 70, "leader", "3"),
                ("escalation", 110, "manager", "0"),
            ]
        ]
        # A long time ago nothing was due: rows of other data stay out of these sweeps.
        cls.env["psa.sla.clock"].search([("next_at", "!=", False)]).next_at = False

    def make(self, text="Mon 09:00", **values):
        with self.at(text):
            return self._make_ticket(**{"priority": "3", "user_id": self.technician.id, **values})

    def steps(self, ticket):
        steps = ticket.psa_sla_clock_ids.step_ids.sorted(
            lambda step: (step.acted_at, step.percent, step.mode)
        )
        return [(step.percent, step.mode, step.is_overtaken) for step in steps]

    def notes(self, ticket):
        """What the sweep told about a ticket, oldest first: (text, logins told)."""
        told = {}
        for notice in ticket.psa_notice_ids.sorted("id"):
            told.setdefault(notice.body, set()).add(notice.user_id.login)
        noted = "".join(ticket.message_ids.mapped("body"))
        self.assertTrue(all(str(escape(text)) in noted for text in told), "it stands on the ticket, too")
        return [(text, sorted(logins)) for text, logins in told.items()]

    def test_steps_are_taken_when_due_and_told_to_whom_they_name(self):
        ticket = self.make()
        self.assertEqual(self.clock(ticket).next_at, self.when("Mon 11:00"))
        self.sweep("Mon 11:00")
        self.assertEqual(self.steps(ticket), [(50, "warning", False)])
        self.assertEqual(self.notes(ticket), [], "nobody is told at 50 %")
        self.assertEqual(self.clock(ticket).next_at, self.when("Mon 11:48"))
        self.sweep("Mon 11:48")
        self.assertEqual(self.notes(ticket)[-1][1], ["psa_dana"])
        self.sweep("Mon 12:00")
        self.assertEqual(self.notes(ticket)[-1][1], ["psa_joe"])
        self.assertIn("75 % of the time is used up", self.notes(ticket)[-1][0])
        self.assertEqual(ticket.psa_sla_state, "at_risk")
        self.assertFalse(ticket.activity_ids)

    def test_a_notice_says_what_is_used_up_now_not_what_the_step_asks_for(self):
        """Looked at late, or with a promise that was raised: 240 minutes from 09:00."""
        ticket = self.make()
        self.sweep("Mon 12:30")
        self.assertIn("87 % of the time is used up", self.notes(ticket)[-1][0], "by the step of 75 %")
        self.sweep("Mon 13:30")
        self.assertIn("(112 % used up)", self.notes(ticket)[-1][0], "by the step of 110 %")

    def test_the_due_moment_is_no_breach_yet_the_second_after_is(self):
        """Rule D10.2."""
        ticket = self.make()
        self.sweep("Mon 13:00:00")
        self.assertEqual((ticket.psa_sla_state, ticket.psa_is_overdue), ("at_risk", False))
        self.assertIn("is due now", self.notes(ticket)[-1][0])
        self.sweep("Mon 13:00:01")
        self.assertEqual((ticket.psa_sla_state, ticket.psa_is_overdue), ("overdue", True))
        self.assertEqual(self.clock(ticket).breached_at, self.when("Mon 13:00"))
        self.assertEqual(ticket.activity_ids.user_id, self.technician)

    def test_a_pause_after_the_due_is_overdue_one_before_it_is_not(self):
        """The worked example of Rule D10.30."""
        late, in_time = self.make(), self.make()
        self.move(in_time, self.stage_waiting, "Mon 12:00")
        self.move(late, self.stage_waiting, "Mon 14:00")
        self.sweep("Mon 15:00")
        self.assertEqual((late.psa_is_overdue, in_time.psa_is_overdue), (True, False))
        self.assertEqual((late.psa_overdue_since, in_time.psa_sla_due_at), (self.when("Mon 13:00"), False))

    def test_a_late_sweep_acts_once_with_the_highest_warning_and_every_escalation(self):
        """Rules D10.22, D10.23 and D10.27: down from 11:30 to 16:00."""
        ticket = self.make()
        self.sweep("Mon 11:30")
        self.sweep("Mon 16:00")
        self.assertEqual(
            self.steps(ticket),
            [
                (50, "warning", False),
                (70, "escalation", False),
                (75, "warning", True),
                (90, "warning", True),
                (100, "warning", False),
                (110, "escalation", False),
            ],
        )
        self.assertEqual(len(self.notes(ticket)), 1, "one message for all of them")
        self.assertEqual(self.notes(ticket)[0][1], ["psa_dana", "psa_joe", "psa_sam"])
        due = {step.percent: step.due_at for step in ticket.psa_sla_clock_ids.step_ids}
        self.assertEqual(
            (due[75], due[90], due[100]), tuple(self.when(f"Mon {t}") for t in ("12:00", "12:36", "13:00"))
        )
        self.assertEqual(self.clock(ticket).breached_at, self.when("Mon 13:00"))

    def test_sweeping_again_repeats_nothing(self):
        ticket = self.make()
        self.sweep("Mon 16:00")
        before = (self.steps(ticket), self.notes(ticket), len(ticket.activity_ids))
        self.sweep("Mon 16:00")
        self.sweep("Mon 18:00")
        self.assertEqual((self.steps(ticket), self.notes(ticket), len(ticket.activity_ids)), before)
        self.assertFalse(self.clock(ticket).next_at)

    def test_the_database_refuses_a_step_taken_twice(self):
        ticket = self.make()
        self.sweep("Mon 11:00")
        step = ticket.psa_sla_clock_ids.step_ids
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            step.copy(
                {
                    "clock_id": step.clock_id.id,
                    "due_at": step.due_at,
                    "acted_at": step.acted_at,
                    "mode": step.mode,
                    "percent": step.percent,
                }
            )

    def test_nothing_acts_while_paused_and_what_was_passed_acts_on_resuming(self):
        """The worked example of Rule D10.22."""
        ticket = self.make(priority="1")
        self.move(ticket, self.stage_waiting, "Mon 12:20")
        self.assertFalse(self.clock(ticket).next_at)
        with self.at("Mon 13:00"):
            ticket.priority = "3"
        self.sweep("Mon 14:00")
        self.assertEqual(self.steps(ticket), [])
        self.move(ticket, self.stage_progress, "Mon 15:00")
        self.sweep("Mon 15:00")
        self.assertEqual(
            self.steps(ticket), [(50, "warning", True), (70, "escalation", False), (75, "warning", False)]
        )
        self.assertEqual(self.clock(ticket).next_at, self.when("Mon 15:16"))
        known = self.steps(ticket)
        self.sweep("Mon 15:15")
        self.assertEqual(self.steps(ticket), known)
        self.sweep("Mon 15:16")
        known.append((90, "warning", False))
        self.assertEqual(self.steps(ticket), known)
        self.assertEqual(len([text for text, _who in self.notes(ticket) if "90 %" in text]), 1)
        # Reopened after 220 of 240 minutes: nothing of what was said is said again.
        self.move(ticket, self.stage_done, "Mon 15:20")
        self.move(ticket, self.stage_progress, "Mon 15:30")
        self.sweep("Mon 15:30")
        self.sweep("Mon 15:49")
        self.assertEqual(self.steps(ticket), known)
        self.sweep("Mon 15:50")
        self.assertEqual(self.steps(ticket), [*known, (100, "warning", False)])

    def test_a_solved_ticket_is_left_alone(self):
        ticket = self.make()
        self.move(ticket, self.stage_done, "Mon 10:00")
        self.sweep("Tue 10:00")
        self.assertEqual((self.steps(ticket), ticket.psa_sla_state), ([], "met"))

    def test_without_an_assignee_the_leader_is_told_and_without_one_the_managers(self):
        ticket = self.make(user_id=False)
        self.sweep("Mon 12:00")
        self.assertEqual(self.notes(ticket)[-1][1], ["psa_dana"])
        self.queue.user_id = False
        orphan = self.make("Tue 09:00", user_id=False)
        self.sweep("Tue 12:00")
        self.assertIn("psa_sam", self.notes(orphan)[-1][1])

    def test_a_step_may_name_a_person(self):
        self.policy.threshold_ids.unlink()
        self.policy.threshold_ids = [
            Command.create({"percent": 80, "audience": "user", "user_id": self.technician_all.id})
        ]
        ticket = self.make()
        self.sweep("Mon 12:12")
        self.assertEqual(self.notes(ticket)[-1][1], ["psa_nina"])

    def test_a_warning_is_no_touch_and_no_answer_and_the_customer_does_not_see_it(self):
        ticket = self.make()
        touched = ticket.psa_touched_at
        self.sweep("Mon 12:00")
        self.assertEqual(ticket.psa_touched_at, touched)
        self.assertNotIn("responded", ticket.psa_sla_event_ids.mapped("what"))
        self.assertNotIn(self.mia.partner_id, ticket.message_ids.notified_partner_ids)
        self.assertNotIn(self.dispatcher.partner_id, ticket.message_partner_ids)

    def test_notices_go_out_by_a_cron_of_their_own_which_is_woken(self):
        """The sweep must not wait for a mail server."""
        self.technician.notification_type = "email"
        for _number in range(2):
            self.make()
        cron = self.env.ref("psa_helpdesk.psa_helpdesk_cron_notices")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.sweep("Mon 12:00")
        notices = self.env["psa.notice"].search([("user_id", "=", self.technician.id)])
        self.assertEqual(notices.mapped("state"), ["waiting"] * 2)
        self.assertGreater(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), triggers)

    def test_one_broken_ticket_does_not_stop_the_others(self):
        broken, whole = self.make(), self.make()
        act = self.registry["psa.sla.clock"]._act

        def act_or_break(clock, reading, now):
            if clock.ticket_id == broken:
                raise ValueError("no such thing")
            return act(clock, reading, now)

        with patch.object(self.registry["psa.sla.clock"], "_act", act_or_break), mute_logger(SWEEP_LOG):
            self.sweep("Mon 12:00")
        self.assertEqual(self.clock(broken).problem, "no such thing")
        self.assertEqual(self.clock(broken).next_at, self.when("Mon 12:10"))
        self.assertEqual(len(self.notes(whole)), 1)
        self.sweep("Mon 12:10")
        self.assertFalse(self.clock(broken).problem)
        self.assertEqual(len(self.notes(broken)), 1)

    def test_a_ledger_that_cannot_be_read_stops_no_other(self):
        broken, whole = self.make(), self.make()
        read = Ledger.read

        def read_or_break(ledger, now):
            if ledger.events[0].at == self.when("Mon 08:59"):
                raise ValueError("no such history")
            return read(ledger, now)

        for clock in broken.psa_sla_clock_ids:
            clock.next_at = self.when("Mon 09:30")  # among the first that are due
        self._backdate(broken, "Mon 08:59")
        with patch.object(Ledger, "read", read_or_break), mute_logger(SWEEP_LOG):
            self.sweep("Mon 12:00")
        self.assertEqual(self.clock(broken).problem, "no such history")
        self.assertEqual(self.clock(broken).next_at, self.when("Mon 12:10"))
        self.assertEqual(len(self.notes(whole)), 1)

    def test_ledgers_that_cannot_be_loaded_together_are_loaded_one_by_one(self):
        broken, whole = self.make(), self.make()
        load = self.registry["psa.sla.event"]._get_ledgers

        def load_or_break(events, tickets):
            if broken in tickets:
                raise ValueError("no such calendar")
            return load(events, tickets)

        with (
            patch.object(self.registry["psa.sla.event"], "_get_ledgers", load_or_break),
            mute_logger(SWEEP_LOG),
        ):
            self.sweep("Mon 12:00")
        self.assertEqual(self.clock(broken).problem, "no such calendar")
        self.assertEqual(len(self.notes(whole)), 1)

    def test_a_longer_promise_after_a_breach_is_looked_at_to_its_end(self):
        """Rules D10.14 and D10.31: missed, prolonged, missed again."""
        ticket = self.make()
        self.sweep("Mon 14:00")
        self.assertTrue(ticket.psa_is_overdue)
        with self.at("Mon 14:00"):
            ticket.priority = "1"
        self.assertFalse(ticket.psa_is_overdue)
        self.sweep("Tue 13:30")
        self.assertEqual(ticket.psa_sla_state, "at_risk")
        self.sweep("Wed 09:00")
        self.assertTrue(ticket.psa_is_overdue)

    def test_a_ticket_somebody_else_wrote_meanwhile_waits_for_the_next_run(self):
        met, whole = self.make(), self.make()
        act = self.registry["psa.sla.clock"]._act

        def act_or_meet(clock, reading, now):
            if clock.ticket_id == met:
                raise SerializationFailure("could not serialize access due to concurrent update")
            return act(clock, reading, now)

        with (
            patch.object(self.registry["psa.sla.clock"], "_act", act_or_meet),
            self.assertNoLogs(SWEEP_LOG, "WARNING"),
        ):
            self.sweep("Mon 12:00")
        self.assertFalse(self.clock(met).problem)
        self.assertLessEqual(self.clock(met).next_at, self.when("Mon 12:00"))
        self.assertEqual(len(self.notes(whole)), 1)
        self.sweep("Mon 12:01")
        self.assertEqual(len(self.notes(met)), 1)

    def test_rows_that_cannot_be_locked_are_looked_for_anew(self):
        ticket = self.make()
        lock = self.registry["psa.sla.clock"].try_lock_for_update
        failures = iter([SerializationFailure("concurrent update")])

        def lock_or_meet(clocks, **options):
            for failure in failures:
                raise failure
            return lock(clocks, **options)

        with patch.object(self.registry["psa.sla.clock"], "try_lock_for_update", lock_or_meet):
            self.sweep("Mon 12:00")
        self.assertEqual(len(self.notes(ticket)), 1)

    def _backdate(self, ticket, text):
        """Move the beginning of a ledger, as a faulty import could."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE psa_sla_event SET happened_at = %s WHERE ticket_id = %s AND what = 'started'",
            [self.when(text), ticket.id],
        )
        self.env.invalidate_all()

    # The nightly check

    def test_the_check_goes_on_where_its_time_was_over_the_newest_first(self):
        clocks = self.env["psa.sla.clock"]
        with self.at("Mon 09:00"):
            tickets = self._make_tickets(4, priority="3")
            newest, oldest = tickets[-1].psa_sla_clock_ids, tickets[0].psa_sla_clock_ids
            (newest | oldest).write({"counted_seconds": 7})
            with (
                patch.object(self.registry["ir.cron"], "_commit_progress", return_value=0) as commit,
                mute_logger(CHECK_LOG),
            ):
                self.assertEqual(clocks._cron_check(limit=2), newest)
                self.assertGreaterEqual(commit.call_args.kwargs["remaining"], 2)
                found = [clocks._cron_check(limit=2)]
                self.assertEqual(found[0], oldest)
                while self.env["ir.config_parameter"].get_param(PLACE):
                    found.append(clocks._cron_check(limit=500))
                self.assertEqual(clocks._cron_check(limit=2), newest, "begins anew when it has seen all")

    def test_the_check_looks_at_what_the_ticket_shows_too(self):
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="3")
            self.env.flush_all()
            ticket.psa_sla_state = "met"
            with self.no_commit(), mute_logger(CHECK_LOG):
                self.env["psa.sla.clock"]._cron_check()
        self.assertIn("psa_sla_state", ticket.psa_sla_clock_ids[:1].problem)

    def test_a_ledger_that_cannot_be_read_is_reported_by_the_check(self):
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="3")
            with (
                patch.object(Ledger, "read", side_effect=ValueError("no such history")),
                mute_logger(CHECK_LOG),
            ):
                differences = ticket.psa_sla_clock_ids._find_differences()
        self.assertIn("no such history", differences[ticket.psa_sla_clock_ids[0]])

    def test_only_due_clocks_are_looked_at(self):
        due, later = self.make(), self.make("Mon 11:00")
        with patch.object(self.registry["psa.sla.clock"], "_look", autospec=True) as look:
            look.side_effect = lambda clocks, now: clocks.filtered(
                lambda one: not one.write({"next_at": False})
            )
            self.sweep("Mon 12:00")
        self.assertEqual(look.call_args.args[0], self.clock(due))
        self.assertTrue(self.clock(later).next_at)

    def test_many_due_clocks_are_swept_in_batches_each_committed(self):
        with self.at("Mon 09:00"):
            self._make_tickets(7, priority="3", psa_started_at=self.when("Mon 09:00"))
        with freeze_time(self.when("Mon 12:00")), self.no_commit() as commit:
            self.env["psa.sla.clock"]._cron_sweep(now=self.when("Mon 12:00"), limit=3)
        self.assertEqual([call.args[0] for call in commit.call_args_list], [3, 3, 1])
        self.assertEqual([call.kwargs["remaining"] for call in commit.call_args_list], [4, 1, 0])

    def test_the_sweep_stops_when_its_time_is_over(self):
        with self.at("Mon 09:00"):
            self._make_tickets(4, priority="3", psa_started_at=self.when("Mon 09:00"))
        with patch.object(self.registry["ir.cron"], "_commit_progress", return_value=0) as commit:
            self.env["psa.sla.clock"]._cron_sweep(now=self.when("Mon 12:00"), limit=3)
        self.assertEqual(commit.call_count, 1)

    def test_a_new_ladder_holds_for_open_clocks_at_the_next_run(self):
        ticket = self.make()
        with self.at("Mon 09:10"):
            self.policy.threshold_ids = [
                Command.create({"percent": 5, "audience": "leader", "mode": "escalation"})
            ]
        self.assertEqual(self.clock(ticket).next_at, self.when("Mon 09:10"))
        self.sweep("Mon 09:12")
        self.assertEqual(self.steps(ticket), [(5, "escalation", False)])

    def test_the_cron_is_due_every_minute_and_runs_this(self):
        cron = self.env.ref("psa_helpdesk.psa_helpdesk_cron_sweep")
        self.assertEqual(
            (cron.interval_number, cron.interval_type, cron.code), (1, "minutes", "model._cron_sweep()")
        )
        ticket = self.make()
        with freeze_time(self.when("Mon 12:00")), self.no_commit():
            cron.ir_actions_server_id.run()
        self.assertEqual(len(self.steps(ticket)), 3)

    def test_looking_costs_the_same_queries_whatever_the_number_of_clocks_read(self):
        """One query reads all ledgers; what is left per clock is its savepoint and its own update."""
        self.policy.threshold_ids.unlink()
        with self.at("Mon 09:00"):
            warm, few, many = (self._make_tickets(n, priority="3").psa_sla_clock_ids for n in (1, 4, 8))
        self.count_queries(lambda: warm._look(self.when("Mon 12:00")))
        counts = [
            self.count_queries(lambda clocks=clocks: clocks._look(self.when("Mon 12:00")))
            for clocks in (few, many)
        ]
        per_clock = (counts[1] - counts[0]) / 4
        self.assertEqual(per_clock, 8)
        self.assertEqual(counts[0] - 4 * per_clock, 4)
