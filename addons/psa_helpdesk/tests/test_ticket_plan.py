from datetime import date, datetime
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestTicketPlan(PsaHelpdeskCase):
    """Templates, and plans that make tickets of them: none is lost, none is made twice (row 5.15)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.checklist = cls.env["psa.checklist"].create(
            {
                "name": "Server",
                "item_ids": [Command.create({"name": "Check disks"}), Command.create({"name": "Fans"})],
            }
        )
        cls.template = cls.env["psa.ticket.template"].create(
            {
                "name": "Maintenance",
                "subject": "Server maintenance",
                "team_id": cls.queue.id,
                "priority": "0",
                "checklist_ids": cls.checklist.ids,
            }
        )
        cls.assets = (
            cls.harbor_server | cls._make_asset(cls.harbor, "HDT-A") | cls._make_asset(cls.harbor, "HDT-B")
        )

    @classmethod
    def _make_plan(cls, start="2026-01-31", **values):
        with freeze_time(f"{start} 00:00:00"):
            return cls.env["psa.ticket.plan"].create(
                {
                    "name": "Monthly",
                    "template_id": cls.template.id,
                    "partner_id": cls.harbor.id,
                    "asset_ids": cls.assets.ids,
                    "date_start": start,
                    "unit": "month",
                    "at_hour": 2.5,
                    "tz": "Europe/Berlin",
                    **values,
                }
            )

    def _run(self, text):
        with patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0):
            self.env["psa.ticket.plan"]._cron_make(datetime.fromisoformat(text))

    def _days(self, plan):
        return [str(day) for day in sorted(set(plan.run_ids.mapped("occurred_on")))]

    def test_a_plan_for_three_assets_makes_three_tickets_with_their_checklist(self):
        plan = self._make_plan()
        self._run("2026-01-31 01:00:00")
        self.assertFalse(plan.run_ids, "not before its time")
        self._run("2026-01-31 01:30:00")
        tickets = plan.run_ids.ticket_id
        self.assertEqual(tickets.psa_asset_id, self.assets)
        self.assertEqual(len(tickets), 3)
        for ticket in tickets:
            self.assertEqual(len(ticket.psa_checklist_line_ids), 2)
            self.assertEqual(
                (ticket.name, ticket.team_id, ticket.priority), ("Server maintenance", self.queue, "0")
            )
            self.assertEqual(ticket.partner_id, self.harbor)
            self.assertEqual(ticket.channel_id, self.env.ref("psa_helpdesk.psa_channel_plan"))
            self.assertEqual(ticket.psa_started_at, datetime(2026, 1, 31, 1, 30))
            self.assertFalse(ticket.user_id)

    def test_month_ends_come_from_the_first_day(self):
        plan = self._make_plan()
        for text in (
            "2026-01-31 12:00:00",
            "2026-02-28 12:00:00",
            "2026-03-31 12:00:00",
            "2026-04-30 12:00:00",
        ):
            self._run(text)
        self.assertEqual(self._days(plan), ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"])
        self.assertEqual(len(plan.run_ids), 12)

    def test_the_time_of_day_is_kept_when_the_clocks_change(self):
        plan = self._make_plan("2026-03-28", unit="day")
        self._run("2026-03-30 12:00:00")
        starts = sorted(set(plan.run_ids.ticket_id.mapped("psa_started_at")))
        self.assertEqual(
            [str(start) for start in starts],
            ["2026-03-28 01:30:00", "2026-03-29 01:30:00", "2026-03-30 00:30:00"],
        )

    def test_missed_runs_are_all_made_each_dated_by_its_own_day(self):
        plan = self._make_plan()
        self._run("2026-06-15 12:00:00")
        self.assertEqual(
            self._days(plan), ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]
        )
        self.assertEqual(len(plan.run_ids), 15)
        starts = {run.ticket_id.psa_started_at.date() for run in plan.run_ids}
        self.assertEqual(starts, set(plan.run_ids.mapped("occurred_on")))

    def test_only_the_latest_where_the_plan_says_so(self):
        plan = self._make_plan(catch_up="latest")
        self._run("2026-06-15 12:00:00")
        self.assertEqual(self._days(plan), ["2026-05-31"])
        self._run("2026-06-30 12:00:00")
        self.assertEqual(self._days(plan), ["2026-05-31", "2026-06-30"])

    def test_a_long_absence_is_made_up_in_batches(self):
        plan = self._make_plan("2026-01-01", unit="day", asset_ids=False)
        with patch("odoo.addons.psa_helpdesk.models.psa_ticket_plan_make.MAX_TICKETS", 10):
            self._run("2026-02-04 12:00:00")
        self.assertEqual(len(plan.run_ids), 35)
        self.assertEqual(len(self._days(plan)), 35)

    def test_running_twice_makes_nothing_twice(self):
        plan = self._make_plan()
        self._run("2026-02-28 12:00:00")
        self._run("2026-02-28 12:00:00")
        plan.next_number = 0  # as a server that lost its memory
        self._run("2026-02-28 12:00:00")
        self.assertEqual(len(plan.run_ids), 6)

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_a_second_ticket(self):
        plan = self._make_plan(asset_ids=False)
        self._run("2026-01-31 12:00:00")
        run = plan.run_ids
        with self.assertRaises(psycopg2.errors.UniqueViolation):
            run.create(
                {"plan_id": plan.id, "occurred_on": run.occurred_on, "ticket_id": self._make_ticket().id}
            )

    @mute_logger("odoo.addons.psa_helpdesk.models.psa_ticket_plan_make")
    def test_one_broken_plan_does_not_stop_the_others(self):
        broken, sound = self._make_plan(), self._make_plan(name="Sound")
        prepare = type(sound)._prepare_ticket

        def fail(plan, *args):
            if plan == broken:
                raise ValueError("no such thing")
            return prepare(plan, *args)

        with patch.object(type(sound), "_prepare_ticket", fail):
            self._run("2026-01-31 12:00:00")
        self.assertEqual((len(broken.run_ids), len(sound.run_ids)), (0, 3))
        self.assertEqual(broken.problem, "no such thing")
        self._run("2026-01-31 13:00:00")
        self.assertEqual((len(broken.run_ids), broken.problem), (3, False), "nothing is lost")

    def test_a_plan_ends(self):
        plan = self._make_plan(date_end="2026-03-30")
        self._run("2026-06-15 12:00:00")
        self.assertEqual(self._days(plan), ["2026-01-31", "2026-02-28"])
        self.assertFalse(plan.next_at)

    def test_a_new_plan_makes_no_tickets_of_the_past(self):
        with freeze_time("2026-03-15 12:00:00"):
            plan = self.env["psa.ticket.plan"].create(
                {"name": "Late", "template_id": self.template.id, "date_start": "2026-01-31", "tz": "UTC"}
            )
        self.assertEqual(plan.next_at, datetime(2026, 3, 31, 8))
        self.assertEqual(len(plan.preview.split(" · ")), 4)
        self.assertIn("31", plan.preview)

    def test_a_changed_schedule_goes_on_ahead(self):
        plan = self._make_plan()
        self._run("2026-01-31 12:00:00")
        with freeze_time("2026-02-10 12:00:00"):
            plan.with_user(self.manager).write({"unit": "week", "date_start": date(2026, 2, 2)})
        self.assertEqual(plan.next_at.date(), date(2026, 2, 16))

    def test_an_archived_asset_gets_none_and_no_ticket_without_one(self):
        plan = self._make_plan()
        self.assets[0].active = False
        self._run("2026-01-31 12:00:00")
        self.assertEqual(plan.run_ids.asset_id, self.assets[1:])
        self.assets.active = False
        self._run("2026-02-28 12:00:00")
        self.assertEqual(len(plan.run_ids), 2)

    def test_assets_of_another_customer_are_refused(self):
        with self.assertRaises(ValidationError):
            self._make_plan(asset_ids=self.cobalt_server.ids)

    def test_a_time_zone_that_there_is_not_is_refused(self):
        plan = self._make_plan()
        for zone in ("bogus", "../../etc/passwd", "Z" * 100_000):
            with self.subTest(zone[:20]):
                with (
                    self.assertRaisesRegex(ValidationError, "time zone is not known"),
                    self.env.cr.savepoint(),
                ):
                    plan.with_user(self.manager).tz = zone
                with self.assertRaises(ValidationError), self.env.cr.savepoint():
                    self._make_plan(tz=zone)
        plan.with_user(self.manager).tz = "Asia/Calcutta"  # an old name that the host offers to users

    def test_where_a_plan_stands_is_the_systems_to_write(self):
        plan = self._make_plan()
        plan.with_user(self.manager).write({"next_number": 7})
        self.assertEqual(plan.next_number, 0)

    def test_new_from_template(self):
        action = self.template.with_user(self.technician).action_new_ticket()
        tickets = self.env["helpdesk.ticket"].with_user(self.technician).with_context(**action["context"])
        with Form(tickets) as form:
            self.assertEqual(
                (form.name, form.priority, form.team_id), ("Server maintenance", "0", self.queue)
            )
            form.partner_id = self.mia.partner_id
        self.assertEqual(len(form.record.psa_checklist_line_ids), 2)

    def test_templates_and_plans_are_made_by_managers(self):
        for record in (self.template, self._make_plan()):
            for user in (self.technician, self.dispatcher):
                with self.assertRaises(AccessError):
                    record.with_user(user).name = "Mine"
            for user in (self.contractor, self.plain, self.mia):
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["name"])

    def test_plans_of_a_foreign_company_are_not_seen(self):
        japan = self.env["res.company"].create({"name": "Brightwater Test Japan"})
        self.template.write({"team_id": False, "checklist_ids": False, "company_id": False})
        plan = self.env["psa.ticket.plan"].create(
            {"name": "Tokyo", "template_id": self.template.id, "company_id": japan.id}
        )
        self.assertFalse(self.env["psa.ticket.plan"].with_user(self.manager).search([("id", "=", plan.id)]))
