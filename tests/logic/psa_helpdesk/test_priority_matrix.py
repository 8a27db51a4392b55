"""The matrix of impact and urgency, cell by cell, and what a choice by hand means."""

import pytest

from odoo.addons.psa_helpdesk.logic.priority_matrix import LEVELS, USUAL, decide, is_by_hand, propose

# impact: priority at high, medium and low urgency
ITIL = {"high": "321", "medium": "210", "low": "100"}
CELLS = [
    (impact, urgency, priority)
    for impact, row in ITIL.items()
    for urgency, priority in zip(("high", "medium", "low"), row, strict=True)
]


@pytest.mark.parametrize(("impact", "urgency", "priority"), CELLS)
def test_usual_values(impact, urgency, priority):
    assert propose(USUAL, impact, urgency) == priority
    assert propose({}, impact, urgency) == priority, "a missing cell is the usual one"


def test_every_cell_is_named():
    assert set(USUAL) == {(impact, urgency) for impact in LEVELS for urgency in LEVELS}


@pytest.mark.parametrize(
    ("impact", "urgency"), [(None, "high"), ("high", None), (None, None), ("", "low"), ("huge", "low")]
)
def test_nothing_is_proposed_where_it_cannot_be_known(impact, urgency):
    assert propose(USUAL, impact, urgency) is None


def test_own_cell_goes_before_the_usual_one():
    assert propose({("low", "low"): "3"}, "low", "low") == "3"


@pytest.mark.parametrize(
    ("priority", "before", "by_hand"),
    [("1", None, False), ("2", "2", False), ("0", "2", True), ("3", "2", True), (None, "2", True)],
)
def test_by_hand_means_after_the_proposal(priority, before, by_hand):
    assert is_by_hand(priority, before) is by_hand


@pytest.mark.parametrize(
    ("impact", "urgency", "priority", "before", "wanted", "proposed"),
    [
        ("high", "high", "1", None, "3", "3"),
        ("high", "low", "3", "3", "1", "1"),
        ("high", "low", "0", "3", None, "1"),
        ("high", None, "3", "3", None, None),
    ],
)
def test_decision(impact, urgency, priority, before, wanted, proposed):
    found = decide(USUAL, impact, urgency, priority, before)
    assert (found.priority, found.proposed) == (wanted, proposed)
    assert found.why
