import re
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .sla_common import PsaSlaCase
from .workflow_common import PsaWorkflowCase

SECOND = timedelta(seconds=1)


class PsaSeverityCase(PsaSlaCase, PsaWorkflowCase):
    """The preset is loaded in office hours, Berlin time, with Nina as the management."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.queue.user_id = cls.dispatcher
        cls.env.ref("psa_helpdesk.psa_helpdesk_group_manager").user_ids = cls.manager
        cls.env["psa.sla.clock"].search([("next_at", "!=", False)]).next_at = False
        cls.people = {
            cls.technician: "technician", cls.dispatcher: "leader", cls.manager: "manager",
            cls.technician_all: "management",
        }  # fmt: skip

    @classmethod
    def preset(cls, user=None, **values):
        presets = cls.env["psa.severity.preset"].with_user(user or cls.manager)
        return presets.create(
            {
                "calendar_id": cls.calendar.id,
                "management_ids": [Command.set(cls.technician_all.ids)],
                **values,
            }
        )

    @classmethod
    def load(cls, moment="2026-02-20 09:00", **values):
        with freeze_time(moment):
            action = cls.preset(**values).action_load()
            policy = cls.env["psa.sla.policy"].browse(action["res_id"])
            cls.harbor.psa_sla_policy_id = policy
            cls.env.flush_all()
        return policy

    def rules(self, company=None):
        company = company or self.env.company
        rules = self.env["psa.workflow.rule"].with_context(active_test=False)
        return rules.search([("event", "=", "unsolved"), ("company_id", "=", company.id)])

    def ticket_at(self, moment, priority, **values):
        with freeze_time(moment):
            ticket = self._make_ticket(priority=priority, user_id=self.technician.id, **values)
            self.env.flush_all()
        return ticket

    def deed(self, ticket, moment, **values):
        with freeze_time(moment):
            ticket.with_user(self.technician).write(values)
            self.env.flush_all()

    def look(self, moment):
        """Run both sweeps at a moment, UTC."""
        with (
            freeze_time(moment) as frozen,
            patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0),
        ):
            now = frozen().replace(tzinfo=None)
            self.env["psa.sla.clock"]._cron_sweep(now)
            self.env["psa.workflow.timer"]._cron_sweep(now)

    def told(self, ticket):
        """What the ladder told about a ticket, in order: (severity and hours, who)."""
        notices = self.env["psa.notice"].search([("ticket_id", "=", ticket.id)], order="id")
        return [
            (step, self.people[notice.user_id])
            for notice in notices
            # What is not urgent may have been gathered into a notice that was not out yet.
            for step in re.findall(r"S\d unsolved for \d+ h", f"{notice.subject}\n{notice.body}")
        ]

    def assertActsAt(self, ticket, moment, *expected):
        """At the second before there is nothing new, at the moment these are told, later nothing again."""
        moment, before = datetime.fromisoformat(moment), self.told(ticket)
        self.look(moment - SECOND)
        self.assertEqual(self.told(ticket), before, "a second too early")
        self.look(moment)
        self.assertEqual(self.told(ticket)[len(before) :], list(expected))
        self.look(moment + timedelta(minutes=1))
        self.assertEqual(self.told(ticket)[len(before) :], list(expected), "once is enough")


@tagged("post_install", "-at_install")
class TestSeverityLadder(PsaSeverityCase):
    """Who is told when, by the clock (Rule D10.23)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.load()

    def test_s1_counts_elapsed_hours_also_over_the_change_of_the_clocks(self):
        ticket = self.ticket_at("2026-03-28 22:30", "3")  # Saturday 23:30 in Berlin
        one = ("S1 unsolved for 1 h", "technician"), ("S1 unsolved for 1 h", "leader")
        self.assertActsAt(ticket, "2026-03-28 23:30:00", *one)
        self.assertActsAt(ticket, "2026-03-29 02:30:00", ("S1 unsolved for 4 h", "manager"))
        self.assertActsAt(ticket, "2026-03-29 22:30:00", ("S1 unsolved for 24 h", "management"))
        self.assertActsAt(ticket, "2026-03-30 22:30:00", ("S1 unsolved for 48 h", "management"))
        notices = self.env["psa.notice"].search([("ticket_id", "=", ticket.id)])
        self.assertTrue(all(notices.filtered(lambda one: "unsolved" in one.subject).mapped("is_urgent")))

    def test_s2_counts_business_hours_over_the_weekend_and_the_change_of_the_clocks(self):
        ticket = self.ticket_at("2026-03-27 14:00", "2")  # Friday 15:00, two hours before closing
        self.look("2026-03-28 12:00")
        self.assertFalse(self.told(ticket))
        four = ("S2 unsolved for 4 h", "technician"), ("S2 unsolved for 4 h", "leader")
        self.assertActsAt(ticket, "2026-03-30 09:00:00", *four)  # Monday 11:00, summer time
        # 6 h on Monday, 8 h on Tuesday, 6 h until Wednesday 15:00: 24 since Friday
        self.assertActsAt(ticket, "2026-04-01 13:00:00", ("S2 unsolved for 24 h", "manager"))
        self.assertActsAt(ticket, "2026-04-06 13:00:00", ("S2 unsolved for 48 h", "management"))

    def test_s3_and_s4_count_business_hours(self):
        third = self.ticket_at("2026-03-02 08:00", "1")
        fourth = self.ticket_at("2026-03-02 08:00", "0")
        told = ("S3 unsolved for 72 h", "technician"), ("S3 unsolved for 72 h", "leader")
        self.assertActsAt(third, "2026-03-12 16:00:00", *told)
        self.assertActsAt(third, "2026-03-17 16:00:00", ("S3 unsolved for 96 h", "manager"))
        told = [("S4 unsolved for 96 h", "technician"), ("S4 unsolved for 96 h", "leader")]
        self.assertEqual(self.told(fourth), told)

    def test_a_raised_ticket_climbs_the_new_ladder_from_its_raising_on(self):
        """The worked example of Rule D10.23."""
        ticket = self.ticket_at("2026-03-02 08:00", "1")
        self.deed(ticket, "2026-03-04 09:00", priority="3")
        self.look("2026-03-04 09:00")
        self.assertFalse(self.told(ticket))
        one = ("S1 unsolved for 1 h", "technician"), ("S1 unsolved for 1 h", "leader")
        self.assertActsAt(ticket, "2026-03-04 10:00:00", *one)
        self.assertActsAt(ticket, "2026-03-04 13:00:00", ("S1 unsolved for 4 h", "manager"))

    def test_lowering_ends_the_old_ladder_and_raising_again_begins_anew(self):
        ticket = self.ticket_at("2026-03-04 09:00", "3")
        self.look("2026-03-04 10:00")
        self.assertEqual(len(self.told(ticket)), 2)
        self.deed(ticket, "2026-03-04 11:00", priority="1")
        self.look("2026-03-04 14:00")
        self.assertEqual(len(self.told(ticket)), 2)
        self.deed(ticket, "2026-03-04 15:00", priority="3")
        self.assertActsAt(
            ticket,
            "2026-03-04 16:00:00",
            ("S1 unsolved for 1 h", "technician"),
            ("S1 unsolved for 1 h", "leader"),
        )

    def test_a_late_sweep_takes_every_step_in_order_and_none_twice(self):
        ticket = self.ticket_at("2026-03-04 09:00", "3")
        self.look("2026-03-05 10:00")
        self.assertEqual(
            self.told(ticket),
            [
                ("S1 unsolved for 1 h", "technician"),
                ("S1 unsolved for 1 h", "leader"),
                ("S1 unsolved for 4 h", "manager"),
                ("S1 unsolved for 24 h", "management"),
            ],
        )
        timers = self.env["psa.workflow.timer"].search([("ticket_id", "=", ticket.id)], order="due_at")
        self.assertEqual(
            [(str(timer.due_at), str(timer.done_at)) for timer in timers if timer.done_at],
            [
                ("2026-03-04 10:00:00", "2026-03-05 10:00:00"),
                ("2026-03-04 13:00:00", "2026-03-05 10:00:00"),
                ("2026-03-05 09:00:00", "2026-03-05 10:00:00"),
            ],
        )

    def test_nobody_is_told_while_it_waits_and_what_was_passed_acts_when_it_goes_on(self):
        ticket = self.ticket_at("2026-03-04 09:00", "3")
        self.deed(ticket, "2026-03-04 09:30", stage_id=self.stage_waiting.id)
        self.look("2026-03-04 14:00")
        self.look("2026-03-04 14:01")
        self.assertFalse(self.told(ticket))
        self.deed(ticket, "2026-03-04 15:00", stage_id=self.stage_progress.id)
        self.look("2026-03-04 15:01")
        self.assertEqual([what for what, who in self.told(ticket) if who in ("leader", "manager")], [
            "S1 unsolved for 1 h", "S1 unsolved for 4 h",
        ])  # fmt: skip

    def test_solved_is_over_and_opened_again_begins_anew(self):
        ticket = self.ticket_at("2026-03-04 09:00", "3")
        self.look("2026-03-04 10:00")
        self.deed(ticket, "2026-03-04 10:30", stage_id=self.stage_done.id)
        self.look("2026-03-05 09:00")
        self.assertEqual(len(self.told(ticket)), 2)
        with freeze_time("2026-03-06 09:00"):
            ticket.with_user(self.technician).action_reopen()
            self.env.flush_all()
        self.look("2026-03-06 09:59:59")
        self.assertEqual(len(self.told(ticket)), 2)
        self.look("2026-03-06 10:00")
        self.assertEqual(len(self.told(ticket)), 4)

    def test_a_holiday_entered_meanwhile_moves_the_step_and_taken_back_brings_it_forward(self):
        ticket = self.ticket_at("2026-03-02 14:00", "2")  # Monday 15:00
        self.look("2026-03-02 18:00")
        with freeze_time("2026-03-02 18:00"):
            leave = self.add_leave("Tue 00:00", "Wed 00:00")
            self.env.cr.precommit.run()
        self.look("2026-03-03 10:00")
        self.assertFalse(self.told(ticket), "Tuesday 11:00, which is a holiday now")
        with freeze_time("2026-03-03 11:00"):  # Tuesday 12:00: the work goes on after all
            leave.unlink()
            self.env.cr.precommit.run()
        self.look("2026-03-03 11:00")
        four = ("S2 unsolved for 4 h", "technician"), ("S2 unsolved for 4 h", "leader")
        self.assertActsAt(ticket, "2026-03-03 13:00:00", *four)

    def test_a_changed_step_holds_for_what_is_armed(self):
        ticket = self.ticket_at("2026-03-02 14:00", "2")
        self.look("2026-03-02 18:00")
        rule = self.rules().filtered(lambda rule: rule.name.startswith("S2 unsolved after 4 h"))
        with freeze_time("2026-03-02 19:00"):
            rule.with_user(self.manager).after_minutes = 180
        four = ("S2 unsolved for 4 h", "technician"), ("S2 unsolved for 4 h", "leader")
        self.assertActsAt(ticket, "2026-03-03 09:00:00", *four)

    def test_another_policy_is_not_meant(self):
        ticket = self.ticket_at("2026-03-04 09:00", "3", partner_id=self.ivan.partner_id.id)
        self.look("2026-03-05 09:00")
        self.assertFalse(self.told(ticket))
        self.assertFalse(self.env["psa.workflow.timer"].search([("ticket_id", "=", ticket.id)]))

    def test_what_was_due_before_the_ladder_was_switched_on_is_left(self):
        self.rules().active = False
        first, second = (self.ticket_at("2026-03-02 08:00", priority) for priority in "32")
        with freeze_time("2026-03-03 07:00"):
            self.rules().active = True
        self.look("2026-03-03 07:00")
        self.look("2026-03-03 07:01")
        self.assertFalse(self.told(first) + self.told(second))
        self.assertActsAt(first, "2026-03-03 08:00:00", ("S1 unsolved for 24 h", "management"))

    def test_looking_for_steps_costs_the_same_for_any_number_of_tickets(self):
        timers = self.env["psa.workflow.timer"]
        rule = self.rules().filtered(lambda rule: rule.name.startswith("S2 unsolved after 4 h"))
        now, counts = datetime(2026, 3, 2, 15), []
        with freeze_time("2026-03-02 08:00"):
            self._make_tickets(1, priority="2")
            timers._arm_ladder(rule, now)
            for number in (4, 8):
                self._make_tickets(number, priority="2")
                counts.append(self.count_queries(lambda: timers._arm_ladder(rule, now)))
        self.assertEqual(len(timers.search([("rule_id", "=", rule.id)])), 13)
        self.assertEqual(*counts)

    def test_a_condition_that_cannot_be_read_any_more_stops_no_other_ladder(self):
        ticket = self.ticket_at("2026-03-04 09:00", "3")
        broken = self.rules().filtered(lambda rule: rule.name.startswith("S2 unsolved after 4 h"))
        self.env.cr.execute(
            "UPDATE psa_workflow_rule SET domain = '[(''gone'', ''='', 1)]' WHERE id = %s", broken.ids
        )
        self.env.invalidate_all()
        self.look("2026-03-04 10:00")
        self.assertTrue(broken.problem)
        self.assertEqual(len(self.told(ticket)), 2)


@tagged("post_install", "-at_install")
class TestSeverityPreset(PsaSeverityCase):
    """Loading: whole, once, for one company, by the service manager."""

    def meanings(self, company=None):
        return self.env["psa.priority.meaning"].search(
            [("company_id", "=", (company or self.env.company).id)]
        )

    def test_the_four_severities_come_with_meaning_promise_and_ladder(self):
        policy = self.load()
        meanings = {one.name: one for one in self.meanings()}
        self.assertEqual({name: one.priority for name, one in meanings.items()}, {
            "S1": "3", "S2": "2", "S3": "1", "S4": "0",
        })  # fmt: skip
        self.assertIn("down, or critical", meanings["S1"].description)
        self.assertIn("round the clock", meanings["S1"].effort)
        self.assertIn("severely degraded", meanings["S2"].description)
        self.assertIn("full-time during business hours", meanings["S2"].effort)
        self.assertIn("impaired", meanings["S3"].description)
        self.assertIn("Information", meanings["S4"].description)
        always = policy.target_ids.filtered("is_always")
        self.assertEqual(set(always.mapped("priority")), {"3"})
        self.assertEqual((policy.target_ids - always).calendar_id, self.calendar)
        self.assertEqual(len(policy.target_ids), 8)
        rules = self.rules()
        self.assertEqual(len(rules), 10)
        self.assertTrue(all(rules.mapped("active")))
        for rule in rules:
            self.assertEqual(rule.after_hours, "elapsed" if rule.name.startswith("S1") else "target")
        self.assertFalse(policy.is_default)

    def test_the_ticket_says_what_its_priority_means(self):
        self.load()
        ticket = self._make_ticket(priority="3")
        said = ticket.with_user(self.technician).psa_priority_meaning
        self.assertEqual(
            said,
            "S1: Network or service down, or critical impact on the customer's business"
            " · all people needed work on it round the clock until it is solved",
        )
        tickets = self._make_tickets(6)
        few = self.count_queries(lambda: tickets[:3].mapped("psa_priority_meaning"))
        self.assertEqual(self.count_queries(lambda: tickets.mapped("psa_priority_meaning")), few)

    def everything(self):
        """All that the preset makes, with its content."""
        self.env.flush_all()
        self.env.invalidate_all()
        policy = self.env.ref(f"psa_helpdesk.psa_severity_policy_company_{self.env.company.id}")
        records = (
            policy,
            policy.target_ids,
            policy.threshold_ids,
            self.rules(),
            self.rules().action_ids,
            self.meanings(),
        )
        return [record.read() for record in records]

    def test_loading_again_changes_nothing(self):
        self.load()
        before, policies = self.everything(), self.env["psa.sla.policy"].search_count([])
        preset = self.preset()
        self.assertEqual(preset.missing_count, 0)
        preset.action_load()
        self.assertEqual(self.everything(), before)
        self.assertEqual(self.env["psa.sla.policy"].search_count([]), policies)

    def test_what_was_changed_stays_and_what_was_deleted_comes_back(self):
        policy = self.load()
        with freeze_time("2026-02-21 09:00"):
            policy.write({"name": "Ours", "active": False})
            target = policy.target_ids[0]
            target.minutes = 7
            rule = self.rules()[0]
            rule.write({"active": False, "after_minutes": 99})
            gone = self.rules()[-1]
            gone_name = gone.name
            gone.unlink()
            self.meanings()[0].description = "On fire"
            preset = self.preset(is_default=True)
            self.assertEqual(preset.missing_count, 1)
            preset.action_load()
        self.assertEqual((policy.name, policy.active, policy.is_default), ("Ours", False, False))
        self.assertEqual(target.minutes, 7)
        self.assertEqual((rule.active, rule.after_minutes), (False, 99))
        self.assertEqual(self.rules().filtered(lambda one: one.name == gone_name).active, True)
        self.assertEqual(self.meanings()[0].description, "On fire")

    def test_a_meaning_the_company_has_already_stays(self):
        own = self.env["psa.priority.meaning"].create({"priority": "3", "name": "P1", "description": "Fire"})
        self.load()
        self.assertEqual((own.name, own.description), ("P1", "Fire"))
        self.assertEqual(len(self.meanings()), 4)

    def test_a_policy_of_the_same_name_is_left(self):
        mine = self._make_policy("Severities S1 to S4")
        policy = self.load()
        self.assertNotEqual(policy, mine)
        self.assertEqual(policy.name, "Severities S1 to S4 (preset)")

    def test_as_default_it_takes_the_tick(self):
        policy = self.load(is_default=True)
        self.assertTrue(policy.is_default)
        self.assertFalse(self.policy.is_default)
        self.assertEqual(self._make_ticket(partner_id=self.ivan.partner_id.id).psa_sla_policy_id, policy)

    def test_without_a_management_the_service_managers_are_told(self):
        self.load(management_ids=[])
        last = self.rules().filtered(lambda rule: rule.after_minutes == 48 * 60)
        self.assertEqual(set(last.action_ids.mapped("audience")), {"manager"})

    def test_each_company_loads_its_own(self):
        self.load()
        before = self.everything()
        other = self.env["res.company"].create({"name": "Second desk"})
        with self.assertRaises(AccessError):
            self.preset(company_id=other.id, calendar_id=other.resource_calendar_id.id).action_load()
        self.manager.company_ids |= other
        preset = self.env["psa.severity.preset"].with_user(self.manager).with_company(other).create({})
        self.assertEqual((preset.company_id, preset.missing_count), (other, 15))
        preset.action_load()
        rules = self.rules(other)
        self.assertEqual((len(rules), len(self.meanings(other))), (10, 4))
        policy = self.env.ref(f"psa_helpdesk.psa_severity_policy_company_{other.id}")
        self.assertEqual((policy.company_id, policy.target_ids.calendar_id.company_id), (other, other))
        self.assertTrue(all(str(policy.id) in rule.domain for rule in rules))
        self.assertEqual(self.everything(), before)

    def test_people_of_another_company_are_no_management_here(self):
        other = self.env["res.company"].create({"name": "Second desk"})
        stranger = new_test_user(
            self.env, "psa_stranger", "base.group_user", company_id=other.id, company_ids=[(6, 0, other.ids)]
        )
        with self.assertRaisesRegex(UserError, "do not work for"):
            self.preset(management_ids=[Command.set(stranger.ids)]).action_load()

    def test_only_service_managers_load_it(self):
        for user in (
            self.technician,
            self.technician_all,
            self.dispatcher,
            self.contractor,
            self.plain,
            self.mia,
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.preset(user=user)
        preset = self.preset()
        with self.assertRaises(AccessError):
            preset.with_user(self.dispatcher).action_load()

    def test_the_dialog_shows_what_would_be_loaded(self):
        lines = {line.name: line for line in self.preset().line_ids}
        self.assertEqual(lines["S1"].promise, "First response 0:30, resolution 4:00, 24x7")
        self.assertEqual(
            lines["S2"].ladder,
            "after 4 h: technician and leader of the queue, after 24 h: service managers, after 48 h: management",
        )
