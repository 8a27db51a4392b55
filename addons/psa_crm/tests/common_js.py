from odoo.tests import HttpCase

from odoo.addons.web.tests.test_js import unit_test_error_checker


class PsaJsCase(HttpCase):
    """Base of the tests that run one addon's web unit tests (`static/tests/*.test.js`) in a browser."""

    def _run_suite(self, addon):
        """Run the hoot suites of ``addon`` only; the host's own suites are the host's business."""
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={_suite_id(f'@{addon}')}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )


def _suite_id(name):
    """The id that the hoot runner gives a suite of this name."""
    result = 0
    for char in name:
        result = ((result << 5) - result + ord(char)) & 0xFFFFFFFF
    return f"{result:08x}"
