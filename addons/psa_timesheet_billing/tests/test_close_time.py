from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import PsaTimeCase


@tagged("post_install", "-at_install")
class TestCloseTime(PsaTimeCase):
    """A queue may ask for a time entry before one of its tickets is closed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.queue.psa_needs_time = True

    def test_a_ticket_without_time_is_not_closed(self):
        stage = self.queue._psa_find_stage("resolved")
        with self.assertRaises(UserError) as caught:
            self.ticket.with_user(self.joe).stage_id = stage
        self.assertIn("no time entered", str(caught.exception))
        self._log(minutes=5)
        self.ticket.with_user(self.joe).stage_id = stage
        self.assertFalse(self.ticket.psa_is_open)

    def test_the_time_of_a_colleague_counts(self):
        self._log(minutes=5, user=self.nina)
        self.assertFalse(self.ticket.with_user(self.joe).action_close())
        self.assertFalse(self.ticket.psa_is_open)

    def test_missing_time_is_entered_in_the_dialog(self):
        action = self.ticket.with_user(self.joe).action_close()
        dialogs = self.env[action["res_model"]].with_user(self.joe).with_context(**action["context"])
        with Form(dialogs) as form:
            self.assertTrue(form.asks_time)
            form.minutes, form.work = 20, "Paper removed"
        form.record.action_close()
        self.assertFalse(self.ticket.psa_is_open)
        entry = self.ticket.psa_time_ids
        self.assertEqual((entry.psa_minutes, entry.name, entry.user_id), (20, "Paper removed", self.joe))

    def test_one_look_at_the_time_of_many_tickets(self):
        def queries(count):
            tickets = self.env["helpdesk.ticket"].browse([self._make_ticket().id for _ in range(count)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tickets._psa_find_open_gates()
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(2), queries(12))
