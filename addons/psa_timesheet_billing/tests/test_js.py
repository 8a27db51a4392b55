from datetime import timedelta

from odoo import Command
from odoo.fields import Datetime
from odoo.tests import HttpCase, no_retry, tagged

from odoo.addons.psa_crm.tests.common_js import PsaJsCase

from .common import PsaTimeCase


@tagged("post_install", "-at_install")
class TestPsaTimeJs(PsaJsCase):
    @no_retry
    def test_web_components_pass_their_unit_tests(self):
        self._run_suite("psa_timesheet_billing")


@tagged("post_install", "-at_install")
class TestPsaTimeTour(PsaTimeCase, HttpCase):
    def test_a_technician_times_logs_and_submits_in_the_browser(self):
        self.ticket.user_id = self.joe
        self.start_tour(f"/odoo/tickets/{self.ticket.id}", "psa_time_tour", login=self.joe.login, timeout=120)
        lines = self.ticket.psa_time_ids.sorted("psa_minutes")
        self.assertEqual(lines.mapped("psa_minutes"), [20, 50])
        self.assertEqual(lines.mapped("psa_state"), ["submitted", "submitted"])
        self.assertEqual(lines.mapped("name"), ["Test page printed", "Roller changed"])


@tagged("post_install", "-at_install")
class TestPsaMyDayTour(PsaTimeCase, HttpCase):
    """Rows 7.1 to 7.3 as a technician does it, with a thumb, on a phone."""

    browser_size = "390x844"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.queue.write({"psa_needs_time": True, "psa_needs_resolution": True})
        cls.customer.write({"street": "1 Elm Street", "city": "Springfield", "phone": "+1 212 555 0100"})
        cls.ticket.write({"user_id": cls.joe.id, "priority": "3"})

    def _start(self, tour):
        self.start_tour("/odoo/my-day", tour, login=self.joe.login, timeout=120)

    def test_at_the_customer_with_time_photo_and_signature(self):
        """Rows 7.2 and 7.3."""
        roller = self.env["product.product"].create(
            {"name": "Roller kit", "type": "consu", "list_price": 39, "barcode": "4006381333931"}
        )
        start = Datetime.now()
        call = self.env["psa.service.call"].create({
            "ticket_ids": [Command.set(self.ticket.ids)],
            "technician_id": self.joe.id,
            "start_at": start,
            "stop_at": start + timedelta(hours=1),
            "travel_minutes": 20,
            "override_reason": "Whatever the hour of this test is",
        })  # fmt: skip
        self._start("psa_my_day_call_tour")
        self.assertEqual((call.state, call.result, call.signed_by), ("done", "Roller changed", "Mia Torres"))
        self.assertTrue(call.left_at and call.arrived_at and call.signature)
        self.assertEqual(call.photo_ids.mapped("mimetype"), ["image/jpeg"])
        line = self.ticket.psa_time_ids
        self.assertEqual((line.psa_minutes, line.name, line.user_id), (50, "Roller changed", self.joe))
        self.assertEqual(line.psa_work_type_id, self.on_site)
        part = self.ticket.psa_part_ids
        self.assertEqual((part.product_id, part.quantity, part.serial), (roller, 2, "SN-4711"))
        self.assertEqual((part.service_call_id, part.user_id), (call, self.joe))
        self.assertFalse(self.ticket.psa_is_open)
        self.assertIn("Roller changed", self.ticket.psa_resolution)

    def test_start_enter_time_and_close_a_ticket(self):
        """Row 7.1."""
        self._start("psa_my_day_ticket_tour")
        line = self.ticket.psa_time_ids
        self.assertEqual((line.psa_minutes, line.name), (25, "Paper removed"))
        self.assertTrue(line.psa_start_at, "it is the timer's")
        self.assertFalse(self.ticket.psa_is_open)

    def test_open_a_ticket_log_time_and_close_it_in_its_form(self):
        """Row 7.1 on the form."""
        self._start("psa_ticket_phone_tour")
        line = self.ticket.psa_time_ids
        self.assertEqual((line.psa_minutes, line.name), (25, "Paper removed"))
        self.assertFalse(self.ticket.psa_is_open)
        self.assertIn("Paper removed", self.ticket.psa_resolution)

    def test_take_the_next_ticket_of_an_empty_day(self):
        self.env["helpdesk.ticket"].search([("user_id", "=", self.joe.id)]).user_id = False
        self._start("psa_my_day_empty_tour")
        self.assertEqual(self.ticket.user_id, self.joe)
