from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..own_word import OWN_WORD
from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestCloseGates(PsaHelpdeskCase):
    """Whichever way one of us closes a ticket, what its queue asks for must be there (Rule D8.4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.queue.psa_needs_resolution = True
        cls.checklist = cls.env["psa.checklist"].create(
            {"name": "Handover", "item_ids": [Command.create({"name": "Call the customer"})]}
        )
        cls.ticket = cls._make_ticket()
        cls.stage_done.close_from_portal = True

    def _dialog(self, ticket, user):
        action = ticket.with_user(user).action_close()
        return Form(self.env[action["res_model"]].with_user(user).with_context(**action["context"]))

    def _refuse(self, text, close):
        """Closing is refused and nothing of it stays."""
        with self.assertRaises(UserError) as caught:
            close()
        self.assertIn(text, str(caught.exception))

    def _notes(self, ticket):
        return " ".join(ticket.sudo().message_ids.mapped("body"))

    def test_every_way_of_closing_is_checked(self):
        ticket = self.ticket.with_user(self.technician)
        ways = {
            "statusbar": lambda: ticket.web_save({"stage_id": self.stage_done.id}, {"stage_id": {}}),
            "kanban": lambda: ticket.write({"stage_id": self.stage_done.id, "sequence": 3}),
            "in bulk": lambda: (ticket | self._make_ticket().with_user(self.technician)).write(
                {"stage_id": self.stage_done.id}
            ),
            "created closed": lambda: (
                self.env["helpdesk.ticket"]
                .with_user(self.technician)
                .create(
                    {
                        "name": "x",
                        "description": "x",
                        "stage_id": self.stage_done.id,
                        "team_id": self.queue.id,
                    }
                )
            ),
            "a client's word": lambda: ticket.with_context(
                psa_gates_overridden=True, psa_automation=True, psa_merging=True
            ).write({"stage_id": self.stage_done.id}),
        }
        for way, close in ways.items():
            with self.subTest(way):
                self._refuse("no resolution text", close)
        self.assertTrue(ticket.psa_is_open)

    def test_resolution_and_stage_in_one_save(self):
        self.ticket.with_user(self.technician).write(
            {"stage_id": self.stage_done.id, "psa_resolution": "<p>Paper removed.</p>"}
        )
        self.assertFalse(self.ticket.psa_is_open)

    def test_an_empty_resolution_is_none(self):
        with self.assertRaises(UserError):
            self.ticket.with_user(self.technician).write(
                {"stage_id": self.stage_done.id, "psa_resolution": "<p><br></p>"}
            )

    def test_a_queue_that_asks_nothing_lets_go(self):
        self.queue.psa_needs_resolution = False
        self.assertFalse(self.ticket.with_user(self.technician).action_close())
        self.assertFalse(self.ticket.psa_is_open)

    def test_the_dialog_names_all_gates_and_mends_them(self):
        self.ticket.psa_checklist_ids = self.checklist
        child = self._make_ticket(psa_parent_id=self.ticket.id)
        with self._dialog(self.ticket, self.technician) as form:
            for text in ("no resolution text", "required items open: 1", "child tickets open: 1"):
                self.assertIn(text, form.gates)
            form.resolution = "<p>Paper removed.</p>"
            with form.line_ids.edit(0) as line:
                line.is_done = True
            form.close_children = True
        form.record.action_close()
        self.assertFalse(self.ticket.psa_is_open or child.psa_is_open)
        self.assertEqual(self.ticket.psa_resolution, "<p>Paper removed.</p>")
        self.assertEqual(self.ticket.psa_checklist_line_ids.done_by_id, self.technician)

    def test_what_is_still_missing_after_the_dialog_is_said(self):
        self.ticket.psa_checklist_ids = self.checklist
        with self._dialog(self.ticket, self.technician) as form:
            form.resolution = "<p>Paper removed.</p>"
        with self.assertRaisesRegex(UserError, "required items open"):
            form.record.action_close()

    def test_only_a_service_manager_overrides_and_says_why(self):
        self.ticket.psa_checklist_ids = self.checklist
        with self._dialog(self.ticket, self.technician) as form:
            form.resolution = "<p>-x-</p>"
        form.record.override_reason = "In a hurry"
        with self.assertRaises(AccessError):
            form.record.action_close()
        self.assertTrue(self.ticket.psa_is_open)
        with self._dialog(self.ticket, self.manager) as form:
            form.resolution = "<p>-x-</p>"
            form.override_reason = "Customer left"
        form.record.action_close()
        self.assertFalse(self.ticket.psa_is_open)
        self.assertIn("required items open: 1", self._notes(self.ticket))
        self.assertIn("Reason: Customer left", self._notes(self.ticket))
        kept = self.env["psa.reason"].with_user(self.manager).get_recent("close_anyway")
        self.assertEqual(kept, ["Customer left"])
        self.assertIn(self.manager.partner_id, self.ticket.message_ids.author_id)

    def test_a_manager_without_a_reason_is_held_up_too(self):
        with self.assertRaises(UserError):
            self.ticket.with_user(self.manager).stage_id = self.stage_done

    def test_open_children_hold_up_their_parent(self):
        self.queue.psa_needs_resolution = False
        child = self._make_ticket(psa_parent_id=self.ticket.id)
        self._refuse("child tickets open: 1", self.ticket.with_user(self.technician).action_cancel)
        child.with_user(self.technician).action_close()
        self.ticket.with_user(self.technician).action_close()
        self.assertFalse(self.ticket.psa_is_open)

    def test_a_child_in_a_hidden_queue_counts(self):
        self.queue.psa_needs_resolution = False
        self._make_ticket(psa_parent_id=self.ticket.id, team_id=self.other_queue.id)
        with self.assertRaisesRegex(UserError, "child tickets open: 1"):
            self.ticket.with_user(self.technician).stage_id = self.stage_done

    def test_cancelling_asks_for_no_resolution(self):
        self.ticket.with_user(self.technician).action_cancel()
        self.assertFalse(self.ticket.psa_is_open)

    def test_the_customer_is_not_held_up_but_it_is_written_down(self):
        ticket = self.ticket.with_user(self.mia)
        ticket.sudo()._psa_close_from_portal(self.stage_done)
        self.assertFalse(self.ticket.psa_is_open)
        note = self.ticket.message_ids.filtered(lambda message: "no resolution text" in message.body)
        self.assertTrue(note.subtype_id.internal)

    def test_the_system_is_not_held_up_but_it_is_written_down(self):
        self.ticket.with_user(self.env.ref("base.user_root"))._psa_close_by_system("The alert is over.")
        self.assertFalse(self.ticket.psa_is_open)
        self.assertIn("no resolution text", self._notes(self.ticket))

    def test_a_machine_that_presses_close_closes(self):
        self.technician.psa_is_automation = True
        self.assertFalse(self.ticket.with_user(self.technician).action_close())
        self.assertFalse(self.ticket.psa_is_open)
        self.assertIn("no resolution text", self._notes(self.ticket))

    def test_closing_with_nothing_missing_leaves_no_note(self):
        self.queue.psa_needs_resolution = False
        self.ticket.with_user(self.env.ref("base.user_root"))._psa_close_by_system("The alert is over.")
        self.assertNotIn("missing", self._notes(self.ticket))

    def test_many_are_closed_and_the_others_named(self):
        other = self._make_ticket(psa_resolution="<p>Done.</p>")
        said = (self.ticket | other).with_user(self.technician).action_close()
        self.assertIn("no resolution text (1)", said["params"]["message"])
        self.assertEqual((self.ticket.psa_is_open, other.psa_is_open), (True, False))

    def test_moving_between_closing_stages_is_not_checked_again(self):
        self.ticket.with_context(psa_gates_overridden=OWN_WORD).with_user(
            self.technician
        ).stage_id = self.stage_done
        self.ticket.with_user(self.technician).stage_id = self.stage_cancelled
        self.assertEqual(self.ticket.stage_id, self.stage_cancelled)

    def test_the_customer_reads_the_resolution_in_the_closing_mail(self):
        self.ticket.psa_resolution = "<p>Paper removed.</p>"
        template = self.env.ref("psa_helpdesk.psa_ticket_mail_template_closed")
        body = template._render_field("body_html", self.ticket.ids)[self.ticket.id]
        self.assertIn("Paper removed.", body)
        other = self._make_ticket()
        self.assertNotIn("What was done", template._render_field("body_html", other.ids)[other.id])

    def test_asset_and_vendor_reference_where_the_queue_asks(self):
        self.queue.write(
            {"psa_needs_resolution": False, "psa_needs_asset": True, "psa_needs_vendor_ref": True}
        )
        with self._dialog(self.ticket, self.technician) as form:
            self.assertIn("no asset named, no vendor reference", form.gates)
            form.asset_id, form.vendor_ref = self.harbor_server, "RMA-4711"
        form.record.action_close()
        self.assertEqual(
            (self.ticket.psa_asset_id, self.ticket.psa_vendor_ref, self.ticket.psa_is_open),
            (self.harbor_server, "RMA-4711", False),
        )

    def test_the_dialog_is_not_opened_for_a_ticket_out_of_reach(self):
        dialogs = self.env["psa.ticket.close"].with_user(self.outsider)
        with self.assertRaises(AccessError):
            dialogs.create({"ticket_id": self.ticket.id})
        with self.assertRaises(AccessError):
            dialogs.with_context(default_ticket_id=self.ticket.id).default_get(["ticket_id", "line_ids"])
        mine = self._make_ticket(user_id=self.contractor.id)
        with self.assertRaises(AccessError):
            self.env["psa.ticket.close"].with_user(self.contractor).create(
                {"ticket_id": mine.id, "asset_id": self.cobalt_server.id}
            )

    def test_the_dialog_does_not_name_items_of_a_ticket_out_of_reach(self):
        hidden = self._make_ticket(team_id=self.other_queue.id)
        item = self.env["psa.checklist.line"].create({"ticket_id": hidden.id, "name": "Fetch the key"})
        dialog = self.env["psa.ticket.close"].with_user(self.technician).create({"ticket_id": self.ticket.id})
        with self.assertRaises(AccessError):
            dialog.line_ids = [Command.create({"line_id": item.id})]

    def test_one_look_at_many_tickets(self):
        def queries(count):
            tickets = self.env["helpdesk.ticket"].browse([self._make_ticket().id for _ in range(count)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tickets._psa_find_open_gates()
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(2), queries(12))
