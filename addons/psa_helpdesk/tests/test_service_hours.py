from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestServiceHours(PsaHelpdeskCase):
    """The service manager keeps hours and holidays, for they decide every promise; nobody below does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hours = cls.env.ref("psa_helpdesk.psa_sla_calendar_service")

    def test_manager_keeps_hours_and_holidays(self):
        hours = self.hours.with_user(self.manager)
        with Form(hours, "resource.resource_calendar_form") as form, form.global_leave_ids.new() as day:
            day.name = "Thanksgiving"
            day.date_from = "2026-11-26 00:00:00"
            day.date_to = "2026-11-26 23:59:59"
        self.assertEqual(hours.global_leave_ids.mapped("name"), ["Thanksgiving"])
        hours.attendance_ids[0].hour_to = 17
        hours.write({"global_leave_ids": [Command.delete(hours.global_leave_ids.id)]})
        self.assertFalse(hours.global_leave_ids)
        made = hours.create({"name": "Night", "attendance_ids": [Command.clear()]})
        self.assertEqual(made.company_id, self.manager.company_id)

    def test_dispatcher_only_reads_them(self):
        hours = self.hours.with_user(self.dispatcher)
        self.assertTrue(hours.name)
        with self.assertRaises(AccessError):
            hours.name = "Mine"
        with self.assertRaises(AccessError):
            hours.attendance_ids[0].hour_to = 17
        with self.assertRaises(AccessError):
            self.env["resource.calendar.leaves"].with_user(self.dispatcher).create(
                {
                    "name": "Long weekend",
                    "calendar_id": self.hours.id,
                    "date_from": "2026-11-26 00:00:00",
                    "date_to": "2026-11-27 00:00:00",
                }
            )

    def test_the_days_off_of_one_person_are_not_the_managers(self):
        """Neither directly, nor in the name of a holiday of some calendar."""
        person = self.env["resource.resource"].create({"name": "Joe", "user_id": self.technician.id})
        day = {"date_from": "2026-11-26 00:00:00", "date_to": "2026-11-27 00:00:00"}
        day_off = self.env["resource.calendar.leaves"].create({"resource_id": person.id, **day})
        hours = self.hours.with_user(self.manager)
        for commands in (
            [Command.update(day_off.id, {"name": "Sick"})],
            [Command.delete(day_off.id)],
            [Command.create({"name": "Sick", "resource_id": person.id, **day})],
        ):
            with self.subTest(commands=commands), self.assertRaises(AccessError):
                hours.write({"global_leave_ids": commands})
        with self.assertRaises(AccessError):
            day_off.with_user(self.manager).name = "Sick"

    def test_menu_is_the_managers(self):
        menu = self.env.ref("psa_helpdesk.psa_service_hours_menu").id
        self.assertIn(menu, self.env["ir.ui.menu"].with_user(self.manager).load_menus(False))
        self.assertNotIn(menu, self.env["ir.ui.menu"].with_user(self.dispatcher).load_menus(False))
