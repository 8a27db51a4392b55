from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Datetime
from odoo.tests import new_test_user, tagged

from ..models.psa_service_call import BOARD_CHANNEL
from ..models.psa_service_call_drag import DRAGGED_TYPE
from .call_common import PsaCallCase


@tagged("post_install", "-at_install")
class TestDispatchBoard(PsaCallCase):
    """What the board shows, and what a drop on it does."""

    def _read(self, user=None, start="Mon 00:00", stop="Tue 00:00"):
        calls = self.env["psa.service.call"].with_user(user or self.dispatcher)
        return calls.psa_board_read(Datetime.to_string(self.when(start)), Datetime.to_string(self.when(stop)))

    def _book(self, ticket, when, **values):
        return (
            self.env["psa.service.call"]
            .with_user(self.dispatcher)
            .psa_board_book(ticket.id, self.technician.id, Datetime.to_string(self.when(when)), **values)
        )

    def test_dropping_an_unassigned_ticket_books_it(self):
        """Row 2.6."""
        ticket = self._make_ticket()
        self.assertIn(ticket.id, [card["id"] for card in self._read()["tickets"]])
        booked = self._book(ticket, "Mon 10:00")
        call = self.env["psa.service.call"].browse(booked["call"])
        self.assertRecordValues(
            call,
            [{
                "start_at": self.when("Mon 10:00"), "stop_at": self.when("Mon 11:00"),
                "technician_id": self.technician.id,
            }],
        )  # fmt: skip
        self.assertEqual(ticket.user_id, self.technician)
        board = self._read()
        self.assertNotIn(ticket.id, [card["id"] for card in board["tickets"]])
        self.assertIn(call.id, [block["id"] for block in board["calls"]])

    def test_an_overlap_is_told_and_booked_only_with_a_reason(self):
        self._make_call("Mon 10:00")
        ticket = self._make_ticket()
        refused = self._book(ticket, "Mon 10:30")
        self.assertRegex(refused["conflicts"][0], "Joe is on V")
        self.assertFalse(ticket.psa_service_call_ids, "nothing was done")
        booked = self._book(ticket, "Mon 10:30", reason="Same building")
        self.assertEqual(ticket.psa_service_call_ids.id, booked["call"])
        self.assertEqual(ticket.psa_service_call_ids.override_reason, "Same building")
        kept = self.env["psa.reason"].with_user(self.dispatcher).get_recent("book_anyway")
        self.assertEqual(kept, ["Same building"])

    def test_a_block_moves_in_time_and_to_another_technician(self):
        call = self._make_call("Mon 10:00", other_technician_ids=[Command.set(self.technician_all.ids)])
        start = Datetime.to_string(self.when("Mon 13:00"))
        call.psa_board_move(self.technician_all.id, self.contractor.id, start, 90)
        self.assertEqual(call.technician_id, self.technician)
        self.assertEqual(call.other_technician_ids, self.contractor)
        self.assertEqual((call.start_at, call.stop_at), (self.when("Mon 13:00"), self.when("Mon 14:30")))
        call.psa_board_move(self.technician.id, self.contractor.id, start, 90)
        self.assertEqual(call.technician_ids, self.contractor)

    def test_what_was_booked_is_taken_back(self):
        ticket = self._make_ticket()
        booked = self._book(ticket, "Mon 10:00")
        call = self.env["psa.service.call"].with_user(self.dispatcher).browse(booked["call"])
        call.psa_board_unbook(release=True)
        self.assertEqual(call.state, "cancelled")
        self.assertFalse(ticket.user_id)
        self.assertIn(ticket.id, [card["id"] for card in self._read()["tickets"]])

    def test_rows_show_hours_leave_and_other_entries_without_their_title(self):
        self.add_leave("Mon 15:00", "Mon 17:00", name="Half holiday", calendar_id=False)
        self.env["calendar.event"].create({
            "name": "Secret interview",
            "start": self.when("Mon 12:00"),
            "stop": self.when("Mon 13:00"),
            "partner_ids": [Command.set(self.technician.partner_id.ids)],
        })  # fmt: skip
        board = self._read()
        row = next(row for row in board["technicians"] if row["id"] == self.technician.id)
        said = Datetime.to_string
        self.assertEqual(row["work"], [[said(self.when("Mon 09:00")), said(self.when("Mon 17:00"))]])
        self.assertEqual(
            row["leaves"], [[said(self.when("Mon 15:00")), said(self.when("Mon 17:00")), "Half holiday"]]
        )
        self.assertEqual(row["busy"], [[said(self.when("Mon 12:00")), said(self.when("Mon 13:00"))]])
        self.assertNotIn("Secret", str(board))
        self.assertIn("Field test", row["queues"])

    def test_rows_are_for_those_who_work_in_a_queue_or_are_on_a_call(self):
        other = new_test_user(self.env, "psa_no_queue", "psa_helpdesk.psa_helpdesk_group_technician")
        self.assertNotIn(other.id, [row["id"] for row in self._read()["technicians"]])
        self._make_call("Mon 10:00", technician_id=other.id, override_reason="Nobody else is there")
        self.assertIn(other.id, [row["id"] for row in self._read()["technicians"]])

    def test_a_row_says_who_is_on_call(self):
        rota = self.env["psa.oncall.rota"].create(
            {"name": "Nights", "step_ids": [Command.create({"name": "First"})]}
        )
        for when, until in (("Mon 18:00", "Tue 08:00"), ("Wed 18:00", "Thu 08:00")):
            self.env["psa.oncall.slot"].create({
                "rota_id": rota.id, "step_id": rota.step_ids.id, "user_id": self.technician.id,
                "start_at": self.when(when), "stop_at": self.when(until),
            })  # fmt: skip
        said = Datetime.to_string
        duty = [self.technician.id, said(self.when("Mon 18:00")), said(self.when("Tue 08:00")), "First"]
        self.assertEqual(self._read()["on_call"], [duty])
        rota.active = False
        self.assertEqual(self._read()["on_call"], [])

    def test_a_block_knows_its_tickets(self):
        call = self._make_call("Mon 10:00")
        [block] = [block for block in self._read()["calls"] if block["id"] == call.id]
        self.assertEqual(block["tickets"], [{"id": call.ticket_ids.id, "number": call.ticket_ids.number}])

    def test_selections_are_kept_for_each_dispatcher_alone(self):
        other = new_test_user(self.env, "psa_other", "psa_helpdesk.psa_helpdesk_group_dispatcher")
        selections = self.env["psa.board.selection"]
        mine = selections.with_user(self.dispatcher).create(
            {"name": "North", "technician_ids": [Command.set(self.technician.ids)]}
        )
        self.assertEqual(mine.user_id, self.dispatcher)
        kept = [{"id": mine.id, "name": "North", "technician_ids": self.technician.ids}]
        self.assertEqual(self._read()["selections"], kept)
        self.assertEqual(self._read(other)["selections"], [])
        with self.assertRaises(AccessError):
            mine.with_user(other).name = "Mine"
        with self.assertRaises(AccessError):
            selections.with_user(other).create({"name": "East", "user_id": self.dispatcher.id})

    def test_what_is_dragged_is_told_to_the_boards_of_its_company(self):
        call = self._make_call("Mon 10:00")
        board = self.env["psa.service.call"].with_user(self.dispatcher)
        with self._bus() as heard:
            board.psa_board_drag("call", call.id, True)
            board.psa_board_drag("ticket", call.ticket_ids.id, False)
        name = self.dispatcher.name
        expected = [
            {"kind": "call", "id": call.id, "user_id": self.dispatcher.id, "name": name, "is_dragged": True},
            {
                "kind": "ticket", "id": call.ticket_ids.id, "user_id": self.dispatcher.id, "name": name,
                "is_dragged": False,
            },
        ]  # fmt: skip
        self.assertEqual(heard, expected)

    def test_junk_is_dragged_nowhere(self):
        call = self._make_call("Mon 10:00")
        board = self.env["psa.service.call"].with_user(self.dispatcher)
        for junk in (
            ("user", call.id, True),
            ([], call.id, True),
            ("call", "7", True),
            ("call", True, True),
            ("call", call.id, "x"),
        ):
            with self.subTest(junk=junk), self.assertRaises(UserError):
                board.psa_board_drag(*junk)

    @contextmanager
    def _bus(self):
        """Yield a list that gets what the boards of the company are told of drags."""
        heard = []

        def send(_bus, channel, kind, message):
            if kind == DRAGGED_TYPE:
                self.assertEqual(channel, (self.env.company, BOARD_CHANNEL))
                heard.append(message)

        with patch.object(type(self.env["bus.bus"]), "_sendone", send):
            yield heard

    def test_proposals_on_the_board(self):
        found = (
            self.env["psa.service.call"].with_user(self.dispatcher).psa_board_suggest(self._make_ticket().id)
        )
        self.assertEqual(len(found), 3)
        self.assertIn("works in Field test", found[0]["reasons"])

    def test_the_board_is_for_dispatchers(self):
        call = self._make_call("Mon 10:00")
        start = Datetime.to_string(self.when("Mon 13:00"))
        for user in (self.technician, self.technician_all, self.contractor, self.plain):
            calls = self.env["psa.service.call"].with_user(user)
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError):
                    self._read(user)
                with self.assertRaises(AccessError):
                    calls.psa_board_book(call.ticket_ids.id, user.id, start)
                with self.assertRaises(AccessError):
                    calls.browse(call.id).psa_board_move(self.technician.id, user.id, start, 60)
                with self.assertRaises(AccessError):
                    calls.browse(call.id).psa_board_unbook()
                with self.assertRaises(AccessError):
                    calls.psa_board_drag("call", call.id, True)
                with self.assertRaises(AccessError):
                    calls.env["psa.board.selection"].search([])
                with self.assertRaises(AccessError):
                    calls.psa_board_suggest(call.ticket_ids.id)

    def test_the_board_of_one_company_shows_nothing_of_another(self):
        call = self._make_call("Mon 10:00")
        other = self.env["res.company"].create({"name": "Brightwater Europe Test"})
        away = new_test_user(
            self.env,
            "psa_away",
            "psa_helpdesk.psa_helpdesk_group_dispatcher",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        board = self._read(away)
        self.assertFalse(board["calls"])
        self.assertFalse(board["tickets"])
        self.assertEqual([row["id"] for row in board["technicians"]], away.ids)
        with self.assertRaises(AccessError):
            call.with_user(away).psa_board_unbook()

    def test_queries_do_not_grow_with_technicians_and_calls(self):
        def grow(number):
            for index in range(number):
                user = new_test_user(
                    self.env,
                    f"psa_more_{number}_{index}",
                    "psa_helpdesk.psa_helpdesk_group_technician",
                )
                self.queue.user_ids |= user
                self._make_call("Mon 10:00", technician_id=user.id)
                self._make_ticket()

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._read()
            return self.env.cr.sql_log_count - before

        grow(3)
        count()  # what each worker keeps is read once
        few = count()
        grow(4)
        count()
        self.assertEqual(count(), few)
