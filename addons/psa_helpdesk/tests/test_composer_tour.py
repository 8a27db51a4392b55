from odoo.tests import HttpCase, tagged

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestComposerTour(PsaHelpdeskCase, HttpCase):
    """Answering and moving a ticket on in one go, in the browser, as a technician."""

    browser_size = "1280x800"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._make_ticket(user_id=cls.technician.id)

    def _start(self, tour):
        self.start_tour(
            f"/odoo/helpdesk.ticket/{self.ticket.id}", tour, login=self.technician.login, timeout=120
        )

    def _replies(self):
        return self.ticket.message_ids.filtered(
            lambda message: message.message_type == "comment" and not message.subtype_id.internal
        )

    def test_send_and_wait_by_keyboard(self):
        self._start("psa_send_and_wait_tour")
        self.assertTrue(self.ticket.psa_is_waiting)
        replies = self._replies().sorted("id")
        self.assertEqual(len(replies), 2)
        self.assertIn("Try it again, please.", replies[0].body)
        for reply in replies:
            self.assertIn(self.mia.partner_id, reply.notified_partner_ids)

    def test_send_and_close_with_a_gate_that_is_open(self):
        self.queue.psa_needs_resolution = True
        self._start("psa_send_and_close_tour")
        self.assertFalse(self.ticket.psa_is_open)
        self.assertIn("Roller changed", self.ticket.psa_resolution)
        self.assertEqual(len(self._replies()), 1)
