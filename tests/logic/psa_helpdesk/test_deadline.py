"""What a ticket shows of its clocks (rule D10.21)."""

import pytest
from sla_examples import at

from odoo.addons.psa_helpdesk.logic.deadline import Deadline, Standing, deadline

TEN, NOON = at("Mon 10:00"), at("Mon 12:00")

CASES = [
    ("no clock: nothing, not met", [], Deadline(None, None, None)),
    ("the earliest due", [Standing("resolution", "running", NOON, 60), Standing("response", "at_risk", TEN, 5)],
     Deadline("at_risk", "response", TEN)),
    ("a past due is shown", [Standing("resolution", "running", NOON, 60), Standing("response", "overdue", TEN, -5)],
     Deadline("overdue", "response", TEN)),
    ("reached targets are not", [Standing("response", "missed", TEN, -5), Standing("resolution", "running", NOON, 60)],
     Deadline("running", "resolution", NOON)),
    ("paused ones neither, while another runs",
     [Standing("response", "paused", None, 5), Standing("resolution", "running", NOON, 60)],
     Deadline("running", "resolution", NOON)),
    ("a paused one that was used up before has a due", [Standing("resolution", "overdue", TEN, -5)],
     Deadline("overdue", "resolution", TEN)),
    ("all paused: the one with the least time left",
     [Standing("response", "paused", None, 50), Standing("resolution", "paused", None, 40)],
     Deadline("paused", "resolution", None)),
    ("equal dues: response before resolution",
     [Standing("resolution", "running", TEN, 60), Standing("response", "running", TEN, 60)],
     Deadline("running", "response", TEN)),
    ("all met", [Standing("response", "met", TEN, 5), Standing("resolution", "met", NOON, 5)],
     Deadline("met", None, None)),
    ("one missed", [Standing("response", "missed", TEN, -5), Standing("resolution", "met", NOON, 5)],
     Deadline("missed", None, None)),
    ("not counted is not met", [Standing("resolution", "not_counted", None, 5)], Deadline(None, None, None)),
    ("the due date that people set, where it is the earliest",
     [Standing("response", "running", NOON, 60), Standing("own", "at_risk", TEN)], Deadline("at_risk", "own", TEN)),
    ("the due date after the targets are reached", [Standing("response", "met", TEN, 5), Standing("own", "running", NOON)],
     Deadline("running", "own", NOON)),
    ("the due date while a target is paused", [Standing("response", "paused", None, 5), Standing("own", "overdue", TEN)],
     Deadline("overdue", "own", TEN)),
    ("equal dues: a target before the due date", [Standing("own", "running", TEN), Standing("plan", "running", TEN, 60)],
     Deadline("running", "plan", TEN)),
    ("no working time ahead", [Standing("resolution", "no_hours", None, 5), Standing("response", "met", TEN, 5)],
     Deadline(None, None, None)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("standings", "shown"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_deadline(standings, shown):
    assert deadline(standings) == shown
