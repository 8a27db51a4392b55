from types import SimpleNamespace
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from ..models.psa_service_call import BOARD_CHANNEL
from .call_common import PsaCallCase


@tagged("post_install", "-at_install")
class TestServiceCallAccess(PsaCallCase):
    """Who sees and plans which calls, each as the lowest user who may not."""

    def _see(self, user):
        return self.env["psa.service.call"].with_user(user).search([("id", "in", self.calls.ids)])

    def setUp(self):
        super().setUp()
        hidden_ticket = self._make_ticket(team_id=self.other_queue.id, partner_id=self.ivan.partner_id.id)
        self.mine = self._make_call("Mon 10:00")
        self.of_my_queue = self._make_call("Mon 10:00", technician_id=self.technician_all.id)
        self.hidden = self._make_call("Mon 10:00", tickets=hidden_ticket, technician_id=self.outsider.id)
        self.of_contractor = self._make_call("Mon 10:00", technician_id=self.contractor.id)
        self.calls = self.mine | self.of_my_queue | self.hidden | self.of_contractor

    def test_each_sees_the_own_ones_and_those_of_tickets_in_sight(self):
        self.assertEqual(self._see(self.technician), self.calls - self.hidden)
        self.assertEqual(self._see(self.contractor), self.of_contractor)
        self.assertEqual(self._see(self.dispatcher), self.calls)
        with self.assertRaises(AccessError):
            self.hidden.with_user(self.technician).read(["number"])
        with self.assertRaises(AccessError):
            self.mine.with_user(self.contractor).read(["number"])
        for user in (self.plain, self.mia):
            with self.assertRaises(AccessError):
                self._see(user)

    def test_who_is_sent_reads_ticket_customer_and_site(self):
        ticket = self._make_ticket(
            team_id=self.other_queue.id, partner_id=self.ivan.partner_id.id, user_id=self.outsider.id
        )
        for user in (self.technician, self.contractor):
            with self.assertRaises(AccessError):
                ticket.with_user(user).read(["name"])
        call = self._make_call(
            "Tue 10:00",
            tickets=ticket,
            other_technician_ids=[Command.set(self.contractor.ids)],
            override_reason="Only they are free",
        )
        for user in (self.technician, self.contractor):
            self.env.invalidate_all()
            self.assertEqual(ticket.with_user(user).name, "Printer is jammed")
            self.assertEqual(call.with_user(user).partner_id.name, "Cobalt Freight Test")
        with self.assertRaises(AccessError):
            ticket.with_user(self.contractor).write({"name": "Mine now"})
        call._psa_cancel("no part")
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            ticket.with_user(self.contractor).read(["name"])

    def test_own_calls_change_their_stage(self):
        self.mine.with_user(self.technician).action_leave()
        self.of_contractor.with_user(self.contractor).action_leave()
        self.of_contractor.with_user(self.contractor)._psa_finish(result="Done")
        self.assertEqual(self.of_contractor.state, "done")
        for user in (self.contractor, self.technician):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.of_my_queue.with_user(user).action_leave()

    def test_technicians_plan_their_own_and_nobody_elses(self):
        own = self._make_call("Tue 10:00", user=self.technician)
        own.with_user(self.technician).start_at = self.when("Tue 11:00")
        with self.assertRaisesRegex(AccessError, "only service calls of your own"):
            self._make_call("Tue 14:00", user=self.technician, technician_id=self.technician_all.id)
        with self.assertRaisesRegex(AccessError, "only service calls of your own"):
            self._make_call(
                "Tue 14:00", user=self.technician, other_technician_ids=[(6, 0, self.technician_all.ids)]
            )
        with self.assertRaisesRegex(AccessError, "only service calls of your own"):
            own.with_user(self.technician).technician_id = self.technician_all
        with self.assertRaises(AccessError):
            self.of_my_queue.with_user(self.technician).start_at = self.when("Tue 14:00")

    def test_contractors_do_not_plan(self):
        with self.assertRaises(AccessError):
            self._make_call("Tue 14:00", user=self.contractor, technician_id=self.contractor.id)
        with self.assertRaisesRegex(AccessError, "only service calls of your own"):
            self.of_contractor.with_user(self.contractor).start_at = self.when("Tue 14:00")
        with self.assertRaises(AccessError):
            self.of_contractor.calendar_event_id.with_user(self.contractor).start = self.when("Tue 14:00")

    def test_what_the_system_books_is_not_written_by_hand(self):
        for values in (
            {"state": "done"},
            {"number": "V1"},
            {"calendar_event_id": False},
            {"told_at": "2026-03-02"},
        ):
            with self.subTest(values=values), self.assertRaisesRegex(AccessError, "by hand"):
                self.mine.with_user(self.dispatcher).write(values)
        with self.assertRaises(AccessError):
            self.mine.ticket_ids.with_user(self.technician).write(
                {"psa_service_call_ids": [Command.link(self.hidden.id)]}
            )

    def test_a_call_does_not_open_a_ticket_its_planner_may_not_see(self):
        with self.assertRaises(AccessError):
            self._make_call("Tue 10:00", user=self.technician, tickets=self.hidden.ticket_ids)
        with self.assertRaises(AccessError):
            self.mine.with_user(self.technician).ticket_ids = [Command.link(self.hidden.ticket_ids.id)]
        with self.assertRaisesRegex(AccessError, "not written through"):
            self.mine.with_user(self.technician).ticket_ids = [
                Command.update(self.hidden.ticket_ids.id, {"name": "Mine"})
            ]

    def test_dialogs_do_not_tell_of_calls_out_of_sight(self):
        plan = {"technician_id": self.technician.id, "start_at": "2026-03-03 10:00:00"}
        hidden = {"call_id": self.hidden.id}, {"ticket_ids": [Command.set(self.hidden.ticket_ids.ids)]}
        for values in hidden:
            with self.subTest(values), self.assertRaises(AccessError):
                self.env["psa.service.call.plan"].with_user(self.technician).create(plan | values)
        for user in (self.technician, self.contractor):
            cancels = self.env["psa.service.call.cancel"].with_user(user)
            with self.subTest(user.login), self.assertRaises(AccessError):
                cancels.create({"call_id": self.hidden.id, "reason": "no part"})
        cancel = cancels.create({"call_id": self.of_contractor.id, "reason": "no part"})
        with self.assertRaises(AccessError):
            cancel.call_id = self.hidden

    def test_the_calendar_does_not_tell_contractors_of_customers(self):
        events = self.calls.calendar_event_id
        seen = self.env["calendar.event"].with_user(self.contractor).search([("id", "in", events.ids)])
        self.assertEqual(seen, self.of_contractor.calendar_event_id)

    def test_another_company_is_out_of_sight(self):
        other = self.env["res.company"].create({"name": "Brightwater Europe Test"})
        away = new_test_user(
            self.env,
            "psa_away",
            "psa_helpdesk.psa_helpdesk_group_dispatcher",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self._see(away))
        with self.assertRaises(AccessError):
            self.mine.with_user(away).read(["number"])
        with self.assertRaisesRegex(ValidationError, "no technician of"):
            self.mine.sudo().technician_id = away

    def test_boards_are_heard_by_dispatchers_of_the_company_alone(self):
        channel = (self.env.company, BOARD_CHANNEL)
        request = SimpleNamespace(session=SimpleNamespace(uid=self.technician.id))
        with patch("odoo.addons.bus.models.ir_websocket.request", request):
            for user, hears in ((self.dispatcher, True), (self.technician, False), (self.contractor, False)):
                channels = self.env["ir.websocket"].with_user(user)._build_bus_channel_list([])
                with self.subTest(user=user.name):
                    own = [found for found in channels if isinstance(found, tuple)]
                    self.assertEqual(channel in own, hears)
