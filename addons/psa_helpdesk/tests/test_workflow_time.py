from odoo import Command
from odoo.tests import tagged

from ..models.psa_workflow_rule import TIME_EVENTS
from .sla_common import PsaSlaCase
from .workflow_common import EVERY_ACTION, PsaWorkflowCase, PsaWorkflowDeedsCase


@tagged("post_install", "-at_install")
class TestWorkflowIdle(PsaWorkflowCase):
    """Rule D10.28 and D10.29: idle for N minutes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.at("02:00:00"):
            cls.rule = cls.make_rule(
                "idle",
                ("notice", {"audience": "manager"}),
                domain=[("name", "ilike", "down")],
                idle_minutes=10,
            )

    def ticket(self, clock="03:00:00", **values):
        with self.at(clock):
            ticket = self._make_ticket(name="Web server down", psa_started_at=f"2026-03-02 {clock}", **values)
            self.env.flush_all()
        return ticket

    def told(self, ticket):
        return len(self.notices_to(self.manager, ticket))

    def test_nothing_at_nine_fifty_nine_one_notice_at_ten_and_none_later(self):
        ticket = self.ticket()
        self.sweep("03:09:59")
        self.assertEqual(self.told(ticket), 0)
        self.sweep("03:10:00")
        self.assertEqual(self.told(ticket), 1)
        self.sweep("03:20:00")
        self.sweep("03:20:00")
        self.assertEqual(self.told(ticket), 1)

    def test_a_note_begins_a_new_spell(self):
        ticket = self.ticket()
        self.sweep("03:10:00")
        with self.at("03:25:00"):
            ticket.with_user(self.technician).message_post(body="Looking", message_type="comment")
        self.sweep("03:34:59")
        self.assertEqual(self.told(ticket), 1)
        self.sweep("03:35:00")
        self.assertEqual(self.told(ticket), 2)

    def test_an_outage_repeats_nothing_and_is_made_up_for_once(self):
        ticket = self.ticket()
        self.sweep("05:00:00")
        self.assertEqual(self.told(ticket), 1)
        timer = self.env["psa.workflow.timer"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(str(timer.due_at), "2026-03-02 03:10:00")
        self.assertEqual(str(timer.done_at), "2026-03-02 05:00:00")

    def test_the_customers_word_and_automation_reset_nothing(self):
        ticket = self.ticket()
        with self.at("03:08:00"):
            ticket.with_user(self.mia).message_post(
                body="still down", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            ticket._psa_note("Reported again")
        self.sweep("03:10:00")
        self.assertEqual(self.told(ticket), 1)

    def test_each_touch_by_staff_resets(self):
        deeds = {
            "stage": lambda ticket: ticket.write({"stage_id": self.stage_progress.id}),
            "priority": lambda ticket: ticket.write({"priority": "3"}),
            "assignee": lambda ticket: ticket.write({"user_id": self.technician.id}),
            "note": lambda ticket: ticket.message_post(body="Note", message_type="comment"),
        }
        for name, deed in deeds.items():
            with self.subTest(deed=name):
                ticket = self.ticket()
                with self.at("03:09:00"):
                    deed(ticket.with_user(self.technician))
                    self.env.flush_all()
                self.sweep("03:18:59")
                self.assertEqual(self.told(ticket), 0)
                self.sweep("03:19:00")
                self.assertEqual(self.told(ticket), 1)

    def test_never_while_it_waits_or_is_closed_and_the_way_back_begins_a_spell(self):
        ticket = self.ticket()
        with self.at("03:05:00"):
            ticket.with_user(self.technician).write({"stage_id": self.stage_waiting.id})
            self.env.flush_all()
        self.sweep("04:00:00")
        self.assertEqual(self.told(ticket), 0)
        with self.at("04:30:00"):
            ticket.with_context(psa_automation=True).write({"stage_id": self.stage_progress.id})
            self.env.flush_all()
        self.sweep("04:39:59")
        self.assertEqual(self.told(ticket), 0)
        self.sweep("04:40:00")
        self.assertEqual(self.told(ticket), 1)
        with self.at("04:41:00"):
            ticket.with_user(self.technician).write({"stage_id": self.stage_done.id})
            self.env.flush_all()
        self.sweep("06:00:00")
        self.assertEqual(self.told(ticket), 1)

    def test_a_rule_that_waits_for_longer_than_there_are_years_stops_no_other(self):
        with self.at("03:00:00"):
            endless = self.make_rule(
                "idle", ("priority", {"priority": "3"}), idle_minutes=2**31 - 1, sequence=1
            )
        ticket = self.ticket()
        self.sweep("03:10:00")
        self.assertEqual(self.told(ticket), 1)
        self.assertTrue(endless.problem)

    def test_what_was_due_before_the_rule_was_switched_on_is_left(self):
        ticket = self.ticket("01:00:00")
        self.sweep("03:00:00")
        self.assertEqual(self.told(ticket), 0)

    def test_conditions_that_do_not_hold_are_told_once_and_caught_later(self):
        ticket = self.ticket()
        ticket.with_context(psa_automation=True).name = "Web server slow"
        self.sweep("03:10:00")
        self.sweep("03:11:00")
        self.assertEqual(self.told(ticket), 0)
        self.assertEqual(self.runs(ticket, "idle").mapped("result"), ["not"])
        ticket.with_context(psa_automation=True).name = "Web server down"
        self.sweep("03:12:00")
        self.assertEqual(self.told(ticket), 1)


@tagged("post_install", "-at_install")
class TestWorkflowDelay(PsaWorkflowCase):
    """Rule D10.34: unassigned, delay 15 minutes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.make_rule(
            "created", ("notice", {"audience": "manager"}), domain=[("user_id", "=", False)], delay_minutes=15
        )

    def ticket(self):
        with self.at("10:00:00"):
            return self._make_ticket()

    def assign(self, ticket, user, clock):
        with self.at(clock):
            ticket.with_user(self.dispatcher).write({"user_id": user.id})

    def test_assigned_and_released_again_acts_at_the_end(self):
        ticket = self.ticket()
        self.assertEqual(self.runs(ticket).result, "waits")
        self.assign(ticket, self.technician, "10:05:00")
        self.assign(ticket, self.env["res.users"], "10:14:00")
        self.sweep("10:14:59")
        self.assertFalse(self.notices_to(self.manager, ticket))
        self.sweep("10:15:00")
        self.sweep("10:16:00")
        self.assertEqual(len(self.notices_to(self.manager, ticket)), 1)

    def test_a_delay_is_counted_in_the_calendar_that_the_rule_names(self):
        """Friday 16:50, ten minutes before the end of work: a quarter of an hour later is Monday 9:05."""
        hours = [
            Command.create(
                {
                    "name": str(day),
                    "dayofweek": str(day),
                    "hour_from": 9,
                    "hour_to": 17,
                    "day_period": "morning",
                }
            )
            for day in range(5)
        ]
        calendar = self.env["resource.calendar"].create(
            {"name": "Office", "tz": "UTC", "attendance_ids": [Command.clear(), *hours]}
        )
        self.rule.delay_calendar_id = calendar
        self.assertIn("still so after 15 working minutes of Office", self.rule.sentence)
        with self.at("16:50:00", day=6):
            ticket = self._make_ticket()
        self.sweep("17:05:00", day=6)
        self.sweep("12:00:00", day=7)
        self.sweep("09:04:59", day=9)
        self.assertFalse(self.notices_to(self.manager, ticket))
        self.sweep("09:05:00", day=9)
        self.assertEqual(len(self.notices_to(self.manager, ticket)), 1)

    def test_assigned_at_the_end_does_not_act_and_says_why(self):
        ticket = self.ticket()
        self.assign(ticket, self.technician, "10:14:00")
        self.sweep("10:15:00")
        self.assign(ticket, self.env["res.users"], "10:16:00")
        self.sweep("10:17:00")
        self.assertFalse(self.notices_to(self.manager, ticket))
        self.assertIn("Assigned to is Joe, needs no value", self.runs(ticket)[-1].summary)

    def test_conditions_must_hold_at_the_event_too(self):
        with self.at("10:00:00"):
            ticket = self._make_ticket(user_id=self.technician.id)
        self.assign(ticket, self.env["res.users"], "10:01:00")
        self.sweep("10:15:00")
        self.assertFalse(self.notices_to(self.manager, ticket))


@tagged("post_install", "-at_install")
class TestWorkflowSla(PsaSlaCase, PsaWorkflowCase):
    """Shares of a target, and overdue tickets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classes = cls.env["psa.account.class"].create(
            [{"name": "Premier T", "code": "pt"}, {"name": "Standard T", "code": "st"}]
        )
        cls.premier, cls.standard = cls.classes
        cls.attention = cls._make_queue("Immediate Attention T", cls.technician)

    at = PsaSlaCase.at
    when = staticmethod(PsaSlaCase.when)

    def look(self, text):
        now = self.when(text)
        PsaSlaCase.sweep(self, text)
        with self.at(text), self.no_commit():
            self.env["psa.workflow.timer"]._cron_sweep(now)

    def ticket(self, **values):
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="3", **values)
            self.env.flush_all()
        return ticket

    def test_a_share_is_told_once_in_business_hours(self):
        """Critical: 240 minutes from Monday 15:00 in office hours; 75 % are used up on Tuesday at 10:00."""
        self.make_rule("sla_percent", ("notice", {"audience": "manager"}), percent=75, sla_kind="resolution")
        with self.at("Mon 15:00"):
            ticket = self._make_ticket(priority="3")
            self.env.flush_all()
        self.look("Mon 23:00")
        self.look("Tue 09:59")
        self.assertFalse(self.notices_to(self.manager, ticket))
        self.look("Tue 10:00")
        self.look("Tue 10:01")
        self.assertEqual(len(self.notices_to(self.manager, ticket)), 1)

    def test_at_a_hundred_percent_priority_and_queue_change(self):
        self.make_rule(
            "sla_percent",
            ("priority", {"priority": "3"}),
            ("queue", {"team_id": self.attention.id}),
            percent=100,
            sla_kind="resolution",
        )
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(priority="2")
            self.env.flush_all()
        self.look("Mon 16:59")
        self.assertEqual((ticket.priority, ticket.team_id), ("2", self.queue))
        self.look("Mon 17:00")
        self.assertEqual((ticket.priority, ticket.team_id), ("3", self.attention))

    def test_overdue_premier_moves_once_standard_stays_and_a_person_is_not_fought(self):
        """Rule D10.31, word by word."""
        with self.at("Mon 08:00"):
            self.make_rule(
                "overdue",
                ("queue", {"team_id": self.attention.id}),
                ("priority", {"priority": "3"}),
                ("notice", {"audience": "manager"}),
                domain=[("psa_account_class_id", "=", self.premier.id)],
            )
        self.harbor.psa_account_class_id = self.standard
        ticket = self.ticket()  # due Monday 13:00
        self.look("Mon 13:01")
        self.assertTrue(ticket.psa_is_overdue)
        self.look("Mon 14:00")
        self.assertEqual(ticket.team_id, self.queue)
        self.assertIn("Account class is Standard T, needs Premier T", self.runs(ticket, "overdue").summary)
        self.harbor.psa_account_class_id = self.premier
        self.look("Tue 10:00")
        self.assertEqual(ticket.team_id, self.attention)
        with self.at("Tue 10:30"):
            ticket.with_user(self.dispatcher).write({"team_id": self.queue.id})
            self.env.flush_all()
        self.look("Tue 10:31")
        self.look("Tue 12:00")
        self.assertEqual(ticket.team_id, self.queue)
        self.assertEqual(len(self.notices_to(self.manager, ticket)), 1)

    def test_a_due_that_was_prolonged_and_is_missed_again_is_acted_on_again(self):
        """Rule D10.31, the last sentence of its example: from Monday 13:00 to Wednesday 11:00."""
        self.policy.target_ids.filtered(
            lambda one: one.kind == "resolution" and one.priority == "1"
        ).minutes = 1080
        with self.at("Mon 08:00"):
            self.make_rule(
                "overdue", ("queue", {"team_id": self.attention.id}), ("notice", {"audience": "manager"})
            )
        ticket = self.ticket()
        self.look("Mon 13:01")
        self.assertEqual(ticket.team_id, self.attention)
        self.assertEqual(len(self.notices_to(self.manager, ticket)), 1)
        with self.at("Mon 14:00"):
            ticket.with_user(self.dispatcher).write({"team_id": self.queue.id, "priority": "1"})
            self.env.flush_all()
        self.assertEqual(self.clock(ticket).due_at, self.when("Wed 11:00"))
        self.look("Mon 14:01")
        self.look("Wed 11:00")
        self.assertEqual(ticket.team_id, self.queue)
        self.look("Wed 11:01")
        self.look("Wed 11:02")
        self.assertEqual(ticket.team_id, self.attention)
        self.assertEqual(len(self.notices_to(self.manager, ticket)), 2)

    def test_a_restart_repeats_no_share_and_loses_none(self):
        """Row 3.3, Rule D10.27: the server stops after the clocks were looked at, and before the rule acted."""
        self.make_rule("sla_percent", ("notice", {"audience": "manager"}), percent=75, sla_kind="resolution")
        ticket = self.ticket()  # 75 % of 240 minutes are over at 12:00
        PsaSlaCase.sweep(self, "Mon 12:00")
        self.assertFalse(self.notices_to(self.manager, ticket))
        self.restart()
        self.look("Mon 12:30")
        self.assertEqual(len(self.notices_to(self.manager, ticket)), 1)
        for text in ("Mon 12:31", "Mon 13:01", "Tue 10:00"):
            self.restart()
            self.look(text)
        self.assertEqual(len(self.notices_to(self.manager, ticket)), 1)
        timer = self.env["psa.workflow.timer"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual((timer.due_at, timer.done_at), (self.when("Mon 12:00"), self.when("Mon 12:30")))

    def restart(self):
        """Forget what a server keeps in memory."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()

    def test_a_rehearsal_knows_what_was_overdue_and_is_solved_since(self):
        rule = self.make_rule("overdue", ("queue", {"team_id": self.attention.id}), active=False)
        solved, kept = self.ticket(), self.ticket()  # due Monday 13:00
        with self.at("Mon 12:00"):
            kept.with_user(self.technician).write({"stage_id": self.stage_done.id})
            self.env.flush_all()
        self.look("Mon 13:01")
        with self.at("Tue 10:00"):
            solved.with_user(self.technician).write({"stage_id": self.stage_done.id})
            self.env.flush_all()
        with self.at("Wed 10:00"):
            action = rule.with_user(self.manager).action_rehearse()
        rehearsal = self.env["psa.workflow.rehearsal"].browse(action["res_id"])
        self.assertEqual(rehearsal.line_ids.ticket_id, solved)
        self.assertEqual(rehearsal.line_ids.happened_at, self.when("Mon 13:00"))

    def test_a_missed_response_is_no_overdue_but_has_a_name_of_its_own(self):
        with self.at("Mon 08:00"):
            self.make_rule("overdue", ("tag", {"tag_ids": [(0, 0, {"name": "overdue"})]}))
            self.make_rule(
                "sla_missed", ("tag", {"tag_ids": [(0, 0, {"name": "late"})]}), sla_kind="response"
            )
        ticket = self.ticket()
        self.look("Mon 09:20")
        self.assertFalse(ticket.tag_ids)
        self.look("Mon 09:21")
        self.assertEqual(ticket.tag_ids.mapped("name"), ["late"])


@tagged("post_install", "-at_install")
class TestWorkflowTimedActions(PsaSlaCase, PsaWorkflowDeedsCase):
    """Row 3.1: each event that the sweep finds with each action; test_workflow_actions has the other events."""

    at = PsaSlaCase.at
    when = staticmethod(PsaSlaCase.when)
    # event: (values of the rule, when it acts on a ticket of Monday 09:00: 60, 240, 480 minutes)
    MOMENTS = {
        "idle": ({"idle_minutes": 10}, "Mon 09:10"),
        "unsolved": ({"after_minutes": 60}, "Mon 10:00"),
        "sla_missed": ({"sla_kind": "response"}, "Mon 10:01"),
        "sla_warning": ({"sla_kind": "resolution"}, "Mon 13:00"),
        "sla_percent": ({"sla_kind": "resolution", "percent": 75}, "Mon 15:00"),
        "overdue": ({}, "Mon 17:01"),
    }

    def look(self, text):
        PsaSlaCase.sweep(self, text)
        with self.at(text), self.no_commit():
            self.env["psa.workflow.timer"]._cron_sweep(self.when(text))

    def test_each_event_of_the_sweep_with_each_action(self):
        self.policy.threshold_ids = [Command.create({"percent": 50, "audience": "nobody"})]
        self.assertEqual(set(self.MOMENTS), TIME_EVENTS)
        self.assertEqual(set(self.table()), EVERY_ACTION)
        for event, (values, moment) in self.MOMENTS.items():
            tickets, rules = self.prepare(event, values)
            with self.subTest(event=event):
                self.assertFalse(self.runs_of(tickets, event))
            self.look(moment)
            for kind, ticket in tickets.items():
                with self.subTest(event=event, action=kind):
                    self.assertTrue(self.table()[kind][1](ticket))
                    self.assertEqual(self.runs_of({kind: ticket}, event).mapped("result").count("did"), 1)
            rules.active = False

    def prepare(self, event, values):
        """A rule and a ticket of its own for each kind of action."""
        with self.at("Mon 08:00"):
            rules = self.env["psa.workflow.rule"].union(
                *(
                    self.make_rule(event, (kind, more), domain=[("name", "=", f"{event} {kind}")], **values)
                    for kind, (more, _holds) in self.table().items()
                )
            )
        with self.at("Mon 09:00"):
            tickets = {kind: self._make_ticket(name=f"{event} {kind}", priority="2") for kind in self.table()}
            self.env.flush_all()
        return tickets, rules

    def runs_of(self, tickets, event):
        ids = [ticket.id for ticket in tickets.values()]
        return self.env["psa.workflow.run"].search([("ticket_id", "in", ids), ("event", "=", event)])
