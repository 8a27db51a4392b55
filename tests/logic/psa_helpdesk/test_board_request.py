"""What the dispatch board sends."""

from datetime import datetime, timedelta

import pytest

from odoo.addons.psa_crm.logic.outside import OutsideProblem
from odoo.addons.psa_helpdesk.logic.board_request import (
    LONGEST_MINUTES,
    MOST_DAYS,
    Slot,
    Spread,
    read_ids,
    read_minutes,
    read_slot,
    read_spread,
)

MONDAY = datetime(2026, 3, 2)


def test_a_day_is_shown():
    assert read_spread("2026-03-02 00:00:00", "2026-03-03 00:00:00") == Spread(
        MONDAY, MONDAY + timedelta(days=1)
    )


def test_years_are_cut_to_what_the_board_can_show():
    assert read_spread("2026-03-02 00:00:00", "2036-03-02 00:00:00").stop == MONDAY + timedelta(
        days=MOST_DAYS
    )


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        ("2026-03-02 00:00:00", "2026-03-02 00:00:00"),
        ("2026-03-03 00:00:00", "2026-03-02 00:00:00"),
        (None, "2026-03-02 00:00:00"),
        ("2026-03-02 00:00:00", None),
        ("2026-03-02 00:00:00", "9999-12-31 00:00:00"),
        ("0001-01-01 00:00:00", "2026-03-02 00:00:00"),
    ],
)
def test_what_cannot_be_shown_is_refused(start, stop):
    with pytest.raises(OutsideProblem):
        read_spread(start, stop)


def test_a_dropped_block():
    assert read_slot("2026-03-02 09:00:00", 90, " She asked for it ") == Slot(
        datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 10, 30), "She asked for it"
    )
    assert read_slot("2026-03-02 09:00:00", LONGEST_MINUTES, None).reason == ""
    for minutes in (0, -60, LONGEST_MINUTES + 1, 60.0, True, "60", None):
        with pytest.raises(OutsideProblem):
            read_slot("2026-03-02 09:00:00", minutes, None)
        with pytest.raises(OutsideProblem):
            read_minutes(minutes)


def test_ids():
    assert read_ids(1, 2) == (1, 2)
    with pytest.raises(OutsideProblem):
        read_ids(1, "2")
