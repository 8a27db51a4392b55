"""Which gates are open, and whom they hold up."""

import pytest

from odoo.addons.psa_helpdesk.logic.close_gates import Facts, Gate, OpenGate, Outcome, find_open, judge
from odoo.addons.psa_helpdesk.logic.touch import Actor

ALL = frozenset(Gate)
DONE = Facts(
    has_resolution=True,
    has_time=True,
    has_asset=True,
    has_vendor_reference=True,
    open_items=0,
    open_children=0,
)
STAFF = Actor(is_internal=True)
CONTRACTOR = Actor(is_internal=False, is_assignee=True)
CUSTOMER = Actor(is_internal=False)
MACHINE = Actor(is_internal=True, is_automation=True)


def test_nothing_is_open_where_all_is_done():
    assert find_open(ALL, DONE) == ()


def test_all_open_gates_are_told_at_once_in_their_order():
    found = find_open(ALL, Facts(open_items=3, open_children=2))
    assert [gate.gate for gate in found] == list(Gate)
    assert [gate.count for gate in found] == [1, 1, 3, 1, 1, 2]


@pytest.mark.parametrize("gate", list(Gate))
def test_a_queue_that_does_not_ask_is_not_answered(gate):
    facts = Facts(open_items=1, open_children=1)
    assert gate not in {found.gate for found in find_open(ALL - {gate}, facts)}
    assert [found.gate for found in find_open(frozenset({gate}), facts)] == [gate]


@pytest.mark.parametrize(
    ("facts", "gates"),
    [(Facts(), ()), (Facts(open_items=5), ()), (Facts(open_children=1), (OpenGate(Gate.CHILDREN, 1),))],
)
def test_what_is_cancelled_only_needs_its_children_closed(facts, gates):
    assert find_open(ALL, facts, is_cancelling=True) == gates


@pytest.mark.parametrize(
    ("actor", "is_open", "is_overridden", "outcome"),
    [
        (STAFF, False, False, Outcome.CLOSE),
        (STAFF, True, False, Outcome.REFUSE),
        (STAFF, True, True, Outcome.CLOSE),
        (CONTRACTOR, True, False, Outcome.REFUSE),
        (CUSTOMER, True, False, Outcome.NOTE),
        (CUSTOMER, False, False, Outcome.CLOSE),
        (MACHINE, True, False, Outcome.NOTE),
        (MACHINE, False, False, Outcome.CLOSE),
    ],
)
def test_whom_gates_hold_up(actor, is_open, is_overridden, outcome):
    gates = (OpenGate(Gate.TIME),) if is_open else ()
    assert judge(gates, actor, is_overridden) is outcome
