from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from odoo.addons.psa_helpdesk.logic import call_news

TEN, TWO = datetime(2026, 3, 2, 10), datetime(2026, 3, 2, 14)


@pytest.mark.parametrize(
    ("knew", "start", "is_cancelled", "word"),
    [
        (None, TEN, False, "booked"),
        (TEN, TWO, False, "moved"),
        (TEN, None, False, "taken_off"),
        (TEN, None, True, "cancelled"),
        (TEN, TEN, False, None),
        (None, None, False, None),
        (None, None, True, None),
    ],
)
def test_only_the_difference_is_told(knew, start, is_cancelled, word):
    assert call_news.find_word(knew, start, is_cancelled) == word


@pytest.mark.parametrize(
    ("now", "moment", "zone", "expected"),
    [
        (TEN, TWO, "UTC", True),
        (TEN, datetime(2026, 3, 3, 0, 30), "UTC", False),
        (TEN, datetime(2026, 3, 3, 0, 30), "America/New_York", True),
        (datetime(2026, 3, 2, 23, 30), datetime(2026, 3, 3, 8), "Europe/Berlin", True),
    ],
)
def test_today_is_that_of_the_person(now, moment, zone, expected):
    assert call_news.is_today(now, (None, moment), ZoneInfo(zone)) is expected
    assert not call_news.is_today(now, (None,), ZoneInfo(zone))
