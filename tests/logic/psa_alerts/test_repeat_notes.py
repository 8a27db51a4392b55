"""psa_alerts/logic/repeat_notes.py: rule D10.37."""

from datetime import datetime, timedelta

import pytest

from odoo.addons.psa_alerts.logic.repeat_notes import is_note_due

START = datetime(2026, 3, 2, 8, 0)


def noted_counts(messages, every):
    """The counts that are noted when one message comes every `every`, the first at START."""
    noted, last = [], START
    for count in range(2, messages + 1):
        at = START + (count - 1) * every
        if is_note_due(count, last, at):
            noted.append(count)
            last = at
    return noted


def test_every_minute_from_eight_to_four():
    assert noted_counts(480, timedelta(minutes=1)) == [2, 10, 70, 100, 160, 220, 280, 340, 400, 460]


def test_every_two_hours_each_is_noted():
    assert noted_counts(5, timedelta(hours=2)) == [2, 3, 4, 5]


def test_ten_thousand_in_a_minute_give_five_notes():
    assert noted_counts(10_000, timedelta(milliseconds=6)) == [2, 10, 100, 1000, 10_000]


@pytest.mark.parametrize(
    ("count", "seconds", "due"),
    [
        (2, 0, True),
        (3, 3599, False),
        (3, 3600, True),
        (10, 0, True),
        (11, 0, False),
        (20, 0, False),
        (110, 0, False),
    ],
)
def test_single_messages(count, seconds, due):
    assert is_note_due(count, START, START + timedelta(seconds=seconds)) is due
