"""A paper about a ticket is about its next service call, else about the last one."""

from datetime import datetime

import pytest

from odoo.addons.psa_helpdesk.logic.call_choice import PlannedCall, next_or_last

NOW = datetime(2026, 3, 2, 12)


def call(number, stage, begins, ends):
    return PlannedCall(number, stage, datetime(2026, 3, begins, 10), datetime(2026, 3, ends, 11))


@pytest.mark.parametrize(
    ("calls", "chosen"),
    [
        ([], None),
        ([call(1, "cancelled", 3, 3)], None),
        ([call(1, "done", 1, 1)], 1),
        ([call(1, "done", 1, 1), call(2, "planned", 5, 5), call(3, "confirmed", 4, 4)], 3),
        ([call(1, "on_site", 1, 3), call(2, "planned", 4, 4)], 1),
        ([call(1, "done", 4, 4), call(2, "planned", 5, 5)], 2),
        ([call(2, "absent", 2, 2), call(1, "done", 1, 1), call(3, "cancelled", 4, 4)], 2),
        ([call(1, "planned", 1, 1), call(2, "done", 2, 2)], 2),
        ([call(2, "planned", 3, 3), call(1, "planned", 3, 3)], 1),
    ],
    ids=[
        "none", "only a cancelled one", "only a past one", "the first to come", "the one that runs",
        "done before its time", "the last that was not cancelled", "forgotten to finish", "two at once",
    ],
)  # fmt: skip
def test_which_call_is_chosen(calls, chosen):
    assert next_or_last(calls, NOW) == chosen


def test_the_order_of_entry_does_not_matter():
    calls = [call(1, "done", 1, 1), call(2, "planned", 5, 5), call(3, "planned", 4, 4)]
    assert next_or_last(calls[::-1], NOW) == next_or_last(calls, NOW) == 3
