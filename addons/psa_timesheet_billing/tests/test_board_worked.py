from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PsaTimeCase, at


@tagged("post_install", "-at_install")
class TestBoardWorked(PsaTimeCase):
    """The dispatch board shows under the plan from when to when somebody really worked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dana = cls._make_employee("dana", "psa_helpdesk.psa_helpdesk_group_dispatcher")

    def _read(self, user=None, start="2026-03-10 00:00:00", stop="2026-03-11 00:00:00"):
        return self.env["psa.service.call"].with_user(user or self.dana).psa_board_read(start, stop)

    def _log_span(self, start, stop, user=None):
        return self._log(user=user, psa_start_at=at("03-10", start), psa_end_at=at("03-10", stop))

    def test_entries_with_a_time_of_day_stand_in_the_row_and_nothing_of_their_text(self):
        self._log_span("09:00", "09:50")
        self._log_span("10:00", "10:30", self.nina)
        self._log(30)  # how long, but not when
        board = self._read()
        self.assertEqual(
            board["worked"],
            [
                [self.joe.id, "2026-03-10 09:00:00", "2026-03-10 09:50:00"],
                [self.nina.id, "2026-03-10 10:00:00", "2026-03-10 10:30:00"],
            ],
        )
        self.assertNotIn("Roller", str(board["worked"]))
        self.assertEqual(self._read(start="2026-03-11 00:00:00", stop="2026-03-12 00:00:00")["worked"], [])

    def test_only_dispatchers_see_it(self):
        self._log_span("09:00", "09:50")
        for user in (self.nina, self.carl):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._read(user)

    def test_queries_do_not_grow_with_entries(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._read()
            return self.env.cr.sql_log_count - before

        self._log_span("09:00", "09:50")
        count()  # what each worker keeps is read once
        few = count()
        for user, hour in ((self.joe, 11), (self.nina, 12), (self.sam, 13), (self.paula, 14)):
            self._log_span(f"{hour}:00", f"{hour}:30", user)
        count()
        self.assertEqual(count(), few)
