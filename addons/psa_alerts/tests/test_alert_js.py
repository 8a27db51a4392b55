from odoo.tests import no_retry, tagged

from odoo.addons.psa_crm.tests.common_js import PsaJsCase


@tagged("post_install", "-at_install")
class TestAlertJs(PsaJsCase):
    @no_retry
    def test_web_components_pass_their_unit_tests(self):
        self._run_suite("psa_alerts")
