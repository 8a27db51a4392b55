from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .sla_common import PsaSlaCase


@tagged("post_install", "-at_install")
class TestPsaSlaAccess(PsaSlaCase):
    """Who sees the clocks, the history and the steps of which ticket; nobody writes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.threshold_ids = [Command.create({"percent": 50, "audience": "nobody"})]

    def setUp(self):
        super().setUp()
        with self.at("Mon 09:00"):
            self.ticket = self._make_ticket(priority="3")
        self.sweep("Mon 12:00")
        self.records = (
            self.ticket.psa_sla_clock_ids,
            self.ticket.psa_sla_event_ids,
            self.ticket.psa_sla_clock_ids.step_ids,
        )
        self.assertTrue(all(self.records))

    def test_whoever_sees_the_ticket_sees_its_clocks_and_history(self):
        for user in (self.technician, self.technician_all, self.dispatcher, self.manager):
            for records in self.records:
                mine = records.with_user(user)
                self.assertTrue(mine.mapped("display_name"))
                self.assertEqual(mine.search([("ticket_id", "=", self.ticket.id)]), records)

    def test_a_technician_of_another_queue_sees_nothing_of_it(self):
        for user in (self.outsider, self.contractor):
            for records in self.records:
                theirs = records.with_user(user)
                theirs.invalidate_recordset()
                with self.assertRaises(AccessError):
                    theirs.read(["ticket_id"])
                self.assertFalse(theirs.search([("ticket_id", "=", self.ticket.id)]))
                self.assertEqual(theirs.search_count([("ticket_id", "=", self.ticket.id)]), 0)
                self.assertFalse(theirs._read_group([("ticket_id", "=", self.ticket.id)], ["ticket_id"]))

    def test_a_contractor_sees_the_clocks_of_the_ticket_assigned_to_him(self):
        self.ticket.user_id = self.contractor
        for records in self.records:
            self.assertTrue(records.with_user(self.contractor).mapped("display_name"))

    def test_customers_and_plain_colleagues_read_no_ledger_but_the_promise_on_their_ticket(self):
        for user in (self.mia, self.plain):
            for records in self.records:
                theirs = records.with_user(user)
                with self.assertRaises(AccessError):
                    theirs.read(["ticket_id"])
                with self.assertRaises(AccessError):
                    theirs.search([])
        ticket = self.ticket.with_user(self.mia)
        ticket.invalidate_recordset()
        self.assertEqual((ticket.psa_sla_state, ticket.psa_sla_kind), ("overdue", "response"))
        self.assertTrue(ticket.psa_sla_due_at)
        with self.assertRaises(AccessError):
            ticket.read(["psa_sla_policy_id"])

    def test_nobody_writes_the_ledger_the_readings_or_the_steps(self):
        clock, event, step = (records[0] for records in self.records)
        for user in (self.technician, self.manager):
            for record, values in (
                (clock, {"state": "met"}),
                (event, {"reason": "x"}),
                (step, {"percent": 1}),
            ):
                with self.assertRaises(UserError):
                    record.with_user(user).write(values)
                with self.assertRaises(UserError):
                    record.with_user(user).unlink()
            with self.assertRaises(AccessError):
                event.with_user(user).create(
                    {"ticket_id": self.ticket.id, "what": "responded", "happened_at": self.when("Mon 09:01")}
                )

    def test_users_of_one_company_see_no_policy_of_another(self):
        other = self.env["res.company"].create({"name": "Brightwater Europe Test"})
        target = {"kind": "resolution", "minutes": 60, "is_always": True}
        foreign = self.env["psa.sla.policy"].create(
            {"name": "Foreign", "company_id": other.id, "target_ids": [Command.create(target)]}
        )
        for records in (foreign, foreign.target_ids):
            self.assertFalse(records.with_user(self.manager).search([("id", "in", records.ids)]))

    def test_a_technician_of_one_queue_writes_a_ticket_without_reading_its_ledger_rights(self):
        """Moving a ticket away stops no clock, though the person may not see it afterwards."""
        with self.at("Mon 13:30"):
            self.ticket.with_user(self.technician).write({"team_id": self.other_queue.id, "priority": "2"})
        self.assertEqual(self.clock(self.ticket).target_minutes, 480)

    def test_nobody_dates_the_ledger_back_through_the_context_of_a_call(self):
        """A context comes with every call of a client; only our own code may say when something happened."""
        early = self.when("Mon 09:05")
        with self.at("Mon 16:00"):
            for said in (early, str(early)):
                self.ticket.with_user(self.technician).with_context(psa_event_at=said).action_close()
        clock = self.clock(self.ticket)
        self.assertEqual(clock.done_at, self.when("Mon 16:00"))
        self.assertEqual(clock.state, "missed")
