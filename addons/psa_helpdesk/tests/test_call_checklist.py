from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .call_common import PsaCallCase
from .test_work_order import PsaWorkOrderCase


class PsaCallChecklistCase(PsaCallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.checklist = cls.env["psa.checklist"].create(
            {
                "name": "Printer visit",
                "item_ids": [
                    Command.create({"name": "Clean rollers"}),
                    Command.create({"name": "Print test page"}),
                ],
            }
        )


@tagged("post_install", "-at_install")
class TestCallChecklist(PsaCallChecklistCase):
    """A checklist on a service call: put there, ticked with name and time, by whoever works on the call."""

    def _make(self, **values):
        return self._make_call("Mon 10:00", checklist_ids=[Command.set(self.checklist.ids)], **values)

    def test_a_call_gets_the_items_and_they_are_ticked_with_who_and_when(self):
        call = self._make()
        lines = call.with_user(self.technician).checklist_line_ids
        self.assertEqual(lines.mapped("name"), ["Clean rollers", "Print test page"])
        lines[0].is_done = True
        self.assertRecordValues(
            lines,
            [
                {"is_done": True, "done_by_id": self.technician.id, "done_at": self.when("Mon 08:00")},
                {"is_done": False, "done_by_id": False, "done_at": False},
            ],
        )
        with self.assertRaises(AccessError):
            lines[1].done_by_id = self.dispatcher

    def test_a_checklist_taken_off_leaves_what_was_done(self):
        call = self._make()
        call.checklist_line_ids[0].is_done = True
        call.checklist_ids = [Command.clear()]
        self.assertEqual(call.checklist_line_ids.mapped("name"), ["Clean rollers"])

    def test_a_checklist_put_on_later_and_an_item_by_hand(self):
        call = self._make_call("Mon 10:00").with_user(self.technician)
        call.checklist_ids = [Command.link(self.checklist.id)]
        call.checklist_line_ids = [Command.create({"name": "Ring the bell twice"})]
        self.assertEqual(len(call.checklist_line_ids), 3)

    def test_others_neither_read_nor_tick(self):
        call = self._make()
        line = call.checklist_line_ids[0]
        lines = self.env["psa.call.checklist.line"]
        for user in (self.contractor, self.plain, self.mia):
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError):
                    line.with_user(user).read(["name"])
                with self.assertRaises(AccessError):
                    line.with_user(user).is_done = True
        self.assertFalse(lines.with_user(self.contractor).search([("call_id", "=", call.id)]))
        # A colleague who sees the ticket reads the call, and leaves its work to whoever is on it.
        self.assertTrue(line.with_user(self.technician_all).name)
        with self.assertRaises(AccessError):
            line.with_user(self.technician_all).is_done = True
        with self.assertRaises(AccessError):
            lines.with_user(self.technician_all).create({"call_id": call.id, "name": "Mine"})
        with self.assertRaises(AccessError):
            line.with_user(self.technician_all).unlink()

    def test_a_line_stays_on_its_call(self):
        line, other = self._make().checklist_line_ids[0], self._make_call("Mon 14:00")
        with self.assertRaises(UserError):
            line.with_user(self.technician).call_id = other


@tagged("post_install", "-at_install")
class TestCallChecklistOnPaper(PsaCallChecklistCase, PsaWorkOrderCase):
    def test_the_work_order_prints_the_checklist_of_the_call(self):
        call = self._make_call("Mon 10:00", checklist_ids=[Command.set(self.checklist.ids)])
        call.checklist_line_ids[0].is_done = True
        (paper,) = self._print(call)
        (part,) = paper.xpath(".//*[@name='psa_call_checklist']")
        boxes = [
            (row.xpath("string(span/@title)"), " ".join(row.text_content().split()))
            for row in part.xpath("div")
        ]
        self.assertEqual(boxes, [("Done", "Clean rollers"), ("Not done", "Print test page")])
        self.assertIsNone(self._part(self._make_call("Mon 14:00"), "psa_call_checklist"))
