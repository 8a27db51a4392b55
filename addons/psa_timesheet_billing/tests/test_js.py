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
