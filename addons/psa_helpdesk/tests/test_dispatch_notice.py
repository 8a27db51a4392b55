from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Datetime
from odoo.tests import tagged

from .call_common import PsaCallCase


@tagged("post_install", "-at_install")
class TestDispatchNotice(PsaCallCase):
    """What the board does is told once, when it stands, and only to whom it shall be told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.technician, cls.technician_all):
            user.notification_type = "inbox"
        cls.ticket = cls._make_ticket()
        cls.board = cls.env["psa.service.call"].with_user(cls.dispatcher)

    def _book(self):
        start = Datetime.to_string(self.when("Mon 10:00"))
        return self.board.browse(self.board.psa_board_book(self.ticket.id, self.technician.id, start)["call"])

    def _move(self, call, when, old=None, new=None):
        old, new = old or call.technician_id, new or call.technician_id
        call.psa_board_move(old.id, new.id, Datetime.to_string(self.when(when)), 60)

    def _sweep(self, later):
        with patch.object(self.registry["ir.cron"], "_commit_progress", lambda *_a, **_k: 60):
            self.env["psa.service.call"]._cron_tell_held(Datetime.now() + later)

    def _get_notices(self, user):
        """Subjects of all that is told to `user`, the first one first."""
        return self.env["psa.notice"].search([("user_id", "=", user.id)], order="id").mapped("subject")

    def _get_mails(self, call):
        return (
            self.env["mail.mail"]
            .sudo()
            .search_count([("model", "=", "psa.service.call"), ("res_id", "=", call.id)])
        )

    def test_a_booking_is_told_when_the_card_is_gone(self):
        call = self._book()
        self.assertEqual(self._get_notices(self.technician), [])
        call.psa_board_settle(True)
        [subject] = self._get_notices(self.technician)
        self.assertRegex(subject, f"{call.number} Harbor Dental Test: booked for")
        call.psa_board_settle(True)
        self.assertEqual(len(self._get_notices(self.technician)), 1, "once")

    def test_switched_off_nothing_is_told_of_this_booking_and_the_next_move_is(self):
        call = self._book()
        call.psa_board_settle(False)
        self._sweep(timedelta(hours=1))
        self.assertEqual(self._get_notices(self.technician), [])
        self._move(call, "Mon 13:00")
        call.psa_board_settle(True)
        self.assertRegex(" ".join(self._get_notices(self.technician)), "moved to")

    def test_what_is_taken_back_is_told_to_nobody(self):
        call = self._book()
        call.psa_board_unbook(release=True)
        call.psa_board_settle(True)
        self.assertEqual(self._get_notices(self.technician), [])

    def test_moving_back_and_forth_is_told_as_what_came_of_it(self):
        call = self._make_call("Mon 10:00")
        self.env["psa.notice"].search([]).unlink()
        self._move(call, "Mon 11:00")
        self._move(call, "Mon 12:00", new=self.technician_all)
        self._move(call, "Mon 10:00", new=self.technician)
        call.psa_board_settle(True)
        self.assertEqual(self._get_notices(self.technician), [], "it is where it was")
        self.assertEqual(self._get_notices(self.technician_all), [])
        self._move(call, "Mon 12:00")
        self._move(call, "Mon 13:00", new=self.technician_all)
        call.psa_board_settle(True)
        self.assertRegex(" ".join(self._get_notices(self.technician)), "^[^:]*: not yours any more$")
        self.assertRegex(" ".join(self._get_notices(self.technician_all)), "booked for .* 12:00 .UTC.")

    def test_a_customer_who_knows_the_time_hears_of_another_one_once(self):
        call = self._book()
        call.action_tell_customer()
        call.psa_board_settle(True)
        self.assertEqual(self._get_mails(call), 1, "the customer knows this time already")
        self._move(call, "Mon 13:00")
        self._move(call, "Mon 14:00")
        self.assertEqual(self._get_mails(call), 1)
        call.psa_board_settle(False)
        self.assertEqual(self._get_mails(call), 2, "only the technician is left out")
        self._move(call, "Mon 15:00")
        self._move(call, "Mon 14:00")
        call.psa_board_settle(True)
        self.assertEqual(self._get_mails(call), 2)

    def test_a_cancelled_call_is_told_to_who_knew_of_it(self):
        call = self._make_call("Mon 10:00")
        self.env["psa.notice"].search([]).unlink()  # the technician has heard of it
        self._move(call, "Mon 10:00", new=self.technician_all)
        call._psa_cancel("No access")
        self.assertRegex(" ".join(self._get_notices(self.technician)), "cancelled")
        self.assertEqual(self._get_notices(self.technician_all), [])

    def test_a_change_in_the_form_tells_all_of_it(self):
        call = self._book()
        call.start_at = self.when("Mon 13:00")
        [subject] = self._get_notices(self.technician)
        self.assertRegex(subject, "booked for .* 12:00 .UTC.")
        call.psa_board_settle(True)
        self.assertEqual(len(self._get_notices(self.technician)), 1)

    def test_what_a_closed_browser_left_behind_is_told_in_the_name_of_the_dispatcher(self):
        call = self._book()
        self._sweep(timedelta())
        self.assertEqual(self._get_notices(self.technician), [])
        self._sweep(timedelta(seconds=31))
        self.assertEqual(len(self._get_notices(self.technician)), 1)
        self.assertEqual(call.write_uid, self.dispatcher, "My day says who moved it")

    def test_only_dispatchers_settle_and_only_by_yes_or_no(self):
        call = self._book()
        for junk in (None, 0, "false", [], {}):
            with self.subTest(junk=junk), self.assertRaises(UserError):
                call.psa_board_settle(junk)
        for user in (self.technician, self.technician_all, self.contractor, self.plain):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                call.with_user(user).psa_board_settle(True)
        self.assertEqual(self._get_notices(self.technician), [])
