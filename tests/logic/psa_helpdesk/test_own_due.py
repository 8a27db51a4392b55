"""The due date that people give a ticket (rule D10.30)."""

from datetime import timedelta

import pytest
from sla_examples import at

from odoo.addons.psa_helpdesk.logic.own_due import is_promised, own_due_state

DUE = at("Mon 17:00")
SECOND = timedelta(seconds=1)

STATES = [
    ("a day before", at("Mon 09:00"), "running"),
    ("four hours before, exactly", at("Mon 13:00"), "running"),
    ("a second less than four hours before", at("Mon 13:00") + SECOND, "at_risk"),
    ("at the due itself: still in time", DUE, "at_risk"),
    ("a second later", DUE + SECOND, "overdue"),
    ("the next day", at("Tue 09:00"), "overdue"),
]

PROMISES = [
    ("no clock", [], False),
    ("one that runs", ["running"], True),
    ("one that waits has no due, and is a promise all the same", ["paused"], True),
    ("one that was met before the ticket was closed", ["met"], True),
    ("one without working time ahead", ["no_hours"], False),
    ("one that the present policy does not know any more", ["not_counted"], False),
    ("one that ended, and another", ["not_counted", "overdue"], True),
]


@pytest.mark.parametrize(("now", "state"), [case[1:] for case in STATES], ids=[case[0] for case in STATES])
def test_state(now, state):
    assert own_due_state(DUE, now) == state


@pytest.mark.parametrize(
    ("states", "promised"), [case[1:] for case in PROMISES], ids=[case[0] for case in PROMISES]
)
def test_promised(states, promised):
    assert is_promised(states) is promised
