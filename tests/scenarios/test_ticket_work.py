"""A week on the desk as the people who work there: technician, service manager, and the customer in the portal.

A maintenance plan makes the tickets; one of them is worked through its checklist and closed; one holds two wishes and is
split; one becomes a project; a broken part goes back to its vendor. Nobody here is an administrator.
"""

from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTicketWork(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        desk = "psa_helpdesk.psa_helpdesk_group_"
        employee = {"company_id": cls.env.company.id, "company_ids": [(6, 0, cls.env.company.ids)]}
        cls.technician = new_test_user(cls.env, "joe.work", f"{desk}technician", **employee)
        cls.manager = new_test_user(cls.env, "sam.work", f"{desk}manager", **employee)
        cls.env["hr.employee"].create({"name": "Joe", "user_id": cls.technician.id})
        cls.customer = cls.env["res.partner"].create({"name": "Harbor Dental Group", "is_company": True})
        cls.portal = new_test_user(cls.env, "mia.work", "base.group_portal")
        cls.portal.partner_id.write({"parent_id": cls.customer.id, "psa_portal_level": "company"})
        cls.assets = cls.env["psa.asset"].create(
            [{"name": f"HDG-SRV{number}", "partner_id": cls.customer.id} for number in (1, 2, 3)]
        )
        cls.project = cls.env["project.project"].create(
            {"name": "New clinic", "privacy_visibility": "employees"}
        )
        cls.queue = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Work test",
                "company_id": cls.env.company.id,
                "user_ids": [Command.set((cls.technician | cls.manager).ids)],
                "psa_needs_resolution": True,
                "psa_needs_time": True,
            }
        )

    def _as(self, user, model):
        return self.env[model].with_user(user)

    def _make_ticket(self, **values):
        return self._as(self.technician, "helpdesk.ticket").create(
            {
                "name": "Printer",
                "description": "<p>Paper everywhere.</p>",
                "partner_id": self.portal.partner_id.id,
                "team_id": self.queue.id,
                **values,
            }
        )

    def _open_close_dialog(self, ticket, user):
        action = ticket.with_user(user).action_close()
        return Form(self._as(user, action["res_model"]).with_context(**action["context"]))

    # ------------------------------------------------------------------

    def test_maintenance_from_plan_to_closing_mail(self):
        with freeze_time("2026-01-31 00:00:00"):
            self._make_plan()
        self._scheduler_comes("2026-04-01 12:00:00")  # it was down for two months
        tickets = self._as(self.technician, "helpdesk.ticket").search(
            [("psa_asset_id", "in", self.assets.ids), ("team_id", "=", self.queue.id)]
        )
        self.assertEqual(len(tickets), 9, "three assets, three month ends, none lost")
        self._scheduler_comes("2026-04-01 12:10:00")
        self.assertEqual(
            self._as(self.technician, "helpdesk.ticket").search_count([("id", "in", tickets.ids)]), 9
        )
        self._technician_works_through(tickets[0])

    def _make_plan(self):
        checklist = self._as(self.manager, "psa.checklist").create(
            {
                "name": "Server",
                "item_ids": [Command.create({"name": name}) for name in ("Read the log", "Test the backup")],
            }
        )
        template = self._as(self.manager, "psa.ticket.template").create(
            {
                "name": "Maintenance",
                "subject": "Server maintenance",
                "team_id": self.queue.id,
                "checklist_ids": checklist.ids,
            }
        )
        return self._as(self.manager, "psa.ticket.plan").create(
            {
                "name": "Monthly",
                "template_id": template.id,
                "partner_id": self.customer.id,
                "asset_ids": self.assets.ids,
                "date_start": "2026-01-31",
                "tz": "Europe/Berlin",
            }
        )

    def _scheduler_comes(self, text):
        with patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0):
            self.env["psa.ticket.plan"]._cron_make(datetime.fromisoformat(text))

    def _technician_works_through(self, ticket):
        with self.assertRaises(UserError) as caught:
            ticket.stage_id = self.queue._psa_find_stage("resolved")
        for gate in ("no resolution text", "no time entered", "required items open: 2"):
            self.assertIn(gate, str(caught.exception))
        ticket.psa_checklist_line_ids[0].is_done = True
        with self._open_close_dialog(ticket, self.technician) as form:
            self.assertEqual(len(form.line_ids), 1, "what is ticked is not asked again")
            form.resolution = "<p>Backup restored and checked.</p>"
            form.minutes = 45
            with form.line_ids.edit(0) as line:
                line.is_done = True
        form.record.action_close()
        self.assertFalse(ticket.psa_is_open)
        self.assertEqual(ticket.psa_checklist_line_ids.done_by_id, self.technician)
        self.assertEqual(ticket.psa_time_ids.psa_minutes, 45)

    def test_the_manager_overrides_and_the_technician_cannot(self):
        ticket = self._make_ticket()
        with self._open_close_dialog(ticket, self.technician) as form:
            form.resolution = "<p>Solved itself.</p>"
        form.record.override_reason = "Nothing to enter"
        with self.assertRaises(AccessError):
            form.record.action_close()
        with self._open_close_dialog(ticket, self.manager) as form:
            form.resolution = "<p>Solved itself.</p>"
            form.override_reason = "Nothing was done"
        form.record.action_close()
        self.assertFalse(ticket.psa_is_open)
        self.assertIn("Nothing was done", " ".join(ticket.sudo().message_ids.mapped("body")))

    def test_the_customer_closes_in_the_portal_and_it_is_written_down(self):
        stage = self.queue._psa_find_stage("resolved")
        stage.close_from_portal = True
        ticket = self._make_ticket()
        self.authenticate(self.portal.login, self.portal.login)
        page = self.url_open(f"/my/ticket/{ticket.id}")
        self.assertEqual(page.status_code, 200)
        self.env["helpdesk.ticket"].with_user(self.portal).browse(ticket.id).sudo()._psa_close_from_portal(
            stage
        )
        self.assertFalse(ticket.psa_is_open)
        notes = ticket.sudo().message_ids.filtered(lambda message: "no resolution text" in message.body)
        self.assertTrue(notes.subtype_id.internal, "the customer does not read it")
        self.assertNotIn("no resolution text", self.url_open(f"/my/ticket/{ticket.id}").text)

    def test_two_wishes_become_two_tickets_and_one_of_them_a_project(self):
        ticket = self._make_ticket()
        wish = ticket.with_user(self.portal).message_post(
            body="And we need a new clinic wired.", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        dialogs = self._as(self.technician, "psa.ticket.split").with_context(active_id=ticket.id)
        with Form(dialogs) as form:
            form.name = "New clinic"
            for number in range(len(form.line_ids)):
                with form.line_ids.edit(number) as line:
                    line.is_moved = line.message_id.id == wish.id
        new = self._as(self.technician, "helpdesk.ticket").browse(form.record.action_split()["res_id"])
        self.assertEqual((new.psa_origin_id, wish.sudo().res_id), (ticket, new.id))
        convert = self._as(self.technician, "psa.ticket.convert").with_context(active_id=new.id)
        action = convert.create({"project_id": self.project.id, "name": "Wiring"}).action_convert()
        task = self._as(self.technician, "project.task").browse(action["res_id"])
        self.assertEqual((new.task_id, wish.sudo().res_id), (task, task.id))
        self.assertFalse(new.psa_is_open)
        self.assertNotIn("met", new.sudo()._psa_get_current_clocks().mapped("state"))
        self.assertTrue(ticket.psa_is_open)

    def test_a_return_names_the_serial_and_the_vendors_reference(self):
        self.queue.write(
            {
                "name": "RMA test",
                "psa_needs_resolution": False,
                "psa_needs_time": False,
                "psa_needs_asset": True,
                "psa_needs_vendor_ref": True,
            }
        )
        at_vendor = self._as(self.manager, "helpdesk.ticket.stage").create(
            {"name": "At the vendor", "team_ids": self.queue.ids, "sequence": 4}
        )
        ticket = self._make_ticket(name="Disk returned")
        ticket.stage_id = at_vendor
        with self.assertRaises(UserError) as caught:
            ticket.stage_id = self.queue._psa_find_stage("resolved")
        self.assertIn("no asset named, no vendor reference", str(caught.exception))
        self.assets[0].serial = "SN-4711"
        ticket.write({"psa_asset_id": self.assets[0].id, "psa_vendor_ref": "RMA-99"})
        self.assertFalse(ticket.action_close())
        found = self._as(self.technician, "helpdesk.ticket").search([("psa_vendor_ref", "=", "RMA-99")])
        self.assertEqual((found, found.psa_asset_id.serial), (ticket, "SN-4711"))
