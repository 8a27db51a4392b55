"""Names of time zones that a machine may not know."""

import pytest

from odoo.addons.psa_helpdesk.logic.zones import first_known, is_known, time_zone


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("Europe/Berlin", "America/New_York"), "Europe/Berlin"),
        (("No/Where", "America/New_York"), "America/New_York"),
        ((False, None, "", "Europe/Berlin"), "Europe/Berlin"),
        (("No/Where",), "UTC"),
        (("../../etc/passwd", "Europe/Berlin"), "Europe/Berlin"),
        ((), "UTC"),
    ],
)
def test_first_known(names, found):
    assert first_known(*names) == found


def test_an_unknown_zone_is_utc():
    assert not is_known("No/Where")
    assert time_zone("No/Where").utcoffset(None) is not None
