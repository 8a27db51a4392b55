from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestChecklist(PsaHelpdeskCase):
    """Checklists: put on tickets by hand or by their issue, ticked by whoever works on the ticket."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.issue = cls.env["helpdesk.ticket.category"].create({"name": "Server test"})
        cls.sub_issue = cls.env["helpdesk.ticket.category"].create(
            {"name": "Backup", "parent_id": cls.issue.id}
        )
        cls.server = cls._make_checklist("Server", [("Check disks", True), ("Look at fans", False)])
        cls.handover = cls._make_checklist("Handover", [("Call the customer", True)])

    @classmethod
    def _make_checklist(cls, name, items, **values):
        return cls.env["psa.checklist"].create(
            {
                "name": name,
                "item_ids": [
                    Command.create({"name": item, "is_required": required, "sequence": number})
                    for number, (item, required) in enumerate(items)
                ],
                **values,
            }
        )

    def _lines(self, ticket):
        return [(line.name, line.is_required) for line in ticket.psa_checklist_line_ids]

    def test_put_on_a_ticket_by_hand(self):
        ticket = self._make_ticket().with_user(self.technician)
        ticket.psa_checklist_ids = self.server
        self.assertEqual(self._lines(ticket), [("Check disks", True), ("Look at fans", False)])
        self.assertEqual(ticket.psa_checklist_progress, "0/2")
        ticket.psa_checklist_ids |= self.handover
        self.assertEqual(len(ticket.psa_checklist_line_ids), 3, "each list once")

    def test_the_issue_brings_its_own(self):
        self.server.category_ids = self.issue
        self.assertEqual(len(self._make_ticket(category_id=self.sub_issue.id).psa_checklist_line_ids), 2)
        self.assertFalse(self._make_ticket().psa_checklist_line_ids)
        ticket = self._make_ticket().with_user(self.technician)
        ticket.psa_issue_id = self.issue
        self.assertEqual(len(ticket.psa_checklist_line_ids), 2)
        ticket.psa_sub_issue_id = self.sub_issue
        self.assertEqual(len(ticket.psa_checklist_line_ids), 2, "not a second time")

    def test_checklists_of_another_company_are_not_brought(self):
        japan = self.env["res.company"].create({"name": "Brightwater Test Japan"})
        self.issue.company_id = False
        self.server.write({"company_id": japan.id, "category_ids": self.issue})
        self.assertFalse(self._make_ticket(category_id=self.issue.id).psa_checklist_line_ids)

    def test_the_system_says_who_did_it_and_when(self):
        ticket = self._make_ticket(psa_checklist_ids=self.server.ids)
        line = ticket.psa_checklist_line_ids[0].with_user(self.technician)
        with freeze_time("2026-03-02 10:00:00"):
            line.is_done = True
        self.assertEqual((line.done_by_id, str(line.done_at)), (self.technician, "2026-03-02 10:00:00"))
        with freeze_time("2026-03-02 11:00:00"):
            line.with_user(self.manager).is_done = True
        self.assertEqual(line.done_by_id, self.technician, "ticking again changes nothing")
        line.is_done = False
        self.assertFalse(line.done_by_id or line.done_at)
        for values in ({"done_by_id": self.outsider.id}, {"done_at": "2020-01-01 00:00:00"}):
            with self.assertRaises(AccessError):
                line.write({"is_done": True, **values})

    def test_a_default_from_a_client_does_not_say_who_did_it(self):
        lines = self.env["psa.checklist.line"].with_user(self.technician)
        lines = lines.with_context(default_done_by_id=self.manager.id, default_done_at="2020-01-01 00:00:00")
        line = lines.create({"ticket_id": self._make_ticket().id, "name": "Own item"})
        self.assertFalse(line.done_by_id or line.done_at)

    def test_ticking_is_a_touch(self):
        ticket = self._make_ticket(psa_checklist_ids=self.server.ids)
        line = ticket.psa_checklist_line_ids[0]
        line.is_done = True  # by the robot
        self.assertFalse(ticket.psa_touched_at)
        line.with_user(self.technician).is_done = False
        self.assertTrue(ticket.psa_touched_at)

    def test_required_items_are_the_managers_to_remove(self):
        ticket = self._make_ticket(psa_checklist_ids=(self.server | self.handover).ids)
        required, free, _call = (
            ticket.psa_checklist_line_ids.sorted("name").with_user(self.technician)[1:]
            + (ticket.psa_checklist_line_ids.sorted("name").with_user(self.technician)[:1])
        )
        self.assertTrue(required.is_required)
        free.unlink()
        for forbidden in (
            required.unlink,
            lambda: required.write({"is_required": False}),
            lambda: required.write({"name": "Nothing"}),
            lambda: ticket.with_user(self.technician).write({"psa_checklist_ids": [Command.clear()]}),
        ):
            with self.assertRaises(AccessError):
                forbidden()
        required.with_user(self.manager).unlink()

    def test_taking_a_list_off_keeps_what_was_done(self):
        ticket = self._make_ticket(psa_checklist_ids=self.server.ids).with_user(self.manager)
        ticket.psa_checklist_line_ids[0].is_done = True
        ticket.psa_checklist_ids = False
        self.assertEqual(self._lines(ticket), [("Check disks", True)])

    def test_nobody_ticks_on_a_ticket_of_others(self):
        line = self._make_ticket(psa_checklist_ids=self.server.ids).psa_checklist_line_ids[0]
        for user in (self.outsider, self.contractor):
            with self.assertRaises(AccessError):
                line.with_user(user).is_done = True
            self.assertFalse(self.env["psa.checklist.line"].with_user(user).search([("id", "=", line.id)]))
            with self.assertRaises(AccessError):
                self.env["psa.checklist.line"].with_user(user).create(
                    {"ticket_id": line.ticket_id.id, "name": "Mine"}
                )
        for user in (self.plain, self.mia):
            with self.assertRaises(AccessError):
                line.with_user(user).read(["name"])

    def test_a_follower_without_the_right_to_write_does_not_tick(self):
        ticket = self._make_ticket(psa_checklist_ids=self.server.ids)
        ticket.message_subscribe(self.outsider.partner_id.ids)
        line = ticket.psa_checklist_line_ids[0].with_user(self.outsider)
        self.assertEqual(line.name, "Check disks")
        if not ticket.with_user(self.outsider).has_access("write"):
            with self.assertRaises(AccessError):
                line.is_done = True

    def test_a_line_stays_on_its_ticket(self):
        line = self._make_ticket(psa_checklist_ids=self.server.ids).psa_checklist_line_ids[0]
        with self.assertRaises(UserError):
            line.with_user(self.manager).ticket_id = self._make_ticket()

    def test_many_tickets_cost_as_many_queries_as_few(self):
        self.server.category_ids = self.issue

        def queries(count):
            vals = {"name": "x", "description": "x", "team_id": self.queue.id, "category_id": self.issue.id}
            vals["partner_id"] = self.mia.partner_id.id
            tickets = self.env["helpdesk.ticket"].create([dict(vals) for _ in range(count)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tickets.write({"psa_checklist_ids": [Command.link(self.handover.id)]})
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(2)
        self.assertEqual(queries(3), queries(30))
