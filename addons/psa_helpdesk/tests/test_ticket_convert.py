from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .sla_common import PsaSlaCase


@tagged("post_install", "-at_install")
class TestTicketConvert(PsaSlaCase):
    """A ticket goes on as a task of a project (row 4.6, Rule D10.9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = cls.env["project.project"].create(
            {"name": "New clinic", "privacy_visibility": "employees"}
        )

    def setUp(self):
        super().setUp()
        with self.at("Mon 09:00"):
            self.ticket = self._make_ticket(
                priority="2", user_id=self.technician.id, psa_started_at=self.when("Mon 09:00")
            )
            self.ticket.message_subscribe(self.mia.partner_id.ids)

    def _convert(self, user=None, text="Mon 11:00"):
        user = user or self.technician
        dialogs = self.env["psa.ticket.convert"].with_user(user).with_context(active_id=self.ticket.id)
        with self.at(text):
            action = dialogs.create({"project_id": self.project.id, "name": "Cabling"}).action_convert()
        return self.env["project.task"].browse(action["res_id"])

    def test_messages_files_and_followers_move(self):
        file = self.env["ir.attachment"].create(
            {"name": "plan.pdf", "raw": b"x", "res_model": "helpdesk.ticket", "res_id": self.ticket.id}
        )
        asked = self.ticket.with_user(self.mia).message_post(
            body="When do you begin?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        task = self._convert()
        self.assertEqual((asked.sudo().model, asked.sudo().res_id), ("project.task", task.id))
        self.assertEqual((file.res_model, file.res_id), ("project.task", task.id))
        self.assertIn(self.mia.partner_id, task.message_partner_ids)
        self.assertEqual(
            (task.name, task.project_id, task.partner_id, task.user_ids),
            ("Cabling", self.project, self.mia.partner_id, self.technician),
        )
        self.assertIn("Paper everywhere", task.description)
        self.assertEqual(task.priority, "2")

    def test_each_side_leads_to_the_other(self):
        task = self._convert()
        self.assertEqual((self.ticket.task_id, self.ticket.project_id), (task, self.project))
        self.assertEqual(task.ticket_ids, self.ticket)
        self.assertIn(self.ticket.number, " ".join(task.message_ids.mapped("body")))
        self.assertIn("Cabling", " ".join(self.ticket.message_ids.mapped("body")))

    def test_open_targets_are_not_counted_and_a_miss_stays(self):
        """The answer was due 10:00 and is missed at 11:00; the resolution was due 17:00."""
        self._convert()
        self.assertEqual(self.clock(self.ticket, "response").state, "missed")
        self.assertEqual(self.clock(self.ticket).state, "not_counted")
        self.assertFalse(self.ticket.psa_is_open)

    def test_a_converted_ticket_is_not_opened_again(self):
        self._convert()
        with self.assertRaises(UserError):
            self.ticket.with_user(self.technician).action_reopen()

    def test_a_closed_ticket_does_not_become_a_task(self):
        self.ticket.with_user(self.technician).action_close()
        with self.assertRaises(UserError):
            self._convert()

    def test_open_children_hold_up_the_conversion(self):
        self._make_ticket(psa_parent_id=self.ticket.id)
        with self.assertRaises(UserError):
            self._convert()
        self.assertFalse(self.ticket.psa_converted_at)

    def test_nobody_converts_what_is_out_of_reach(self):
        for user in (self.outsider, self.contractor, self.mia):
            with self.assertRaises(AccessError):
                self._convert(user)
        self.project.privacy_visibility = "followers"
        with self.assertRaises(AccessError):
            self._convert(self.technician)

    def test_the_work_stays_in_the_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.project.company_id = other
        self.technician.company_ids |= other
        with self.assertRaisesRegex(UserError, "compan"):
            self._convert()

    def test_the_moment_is_the_systems_to_write(self):
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.technician).psa_converted_at = self.when("Mon 09:00")
