"""The most specific objective of a policy (rules D2.3, D10.17)."""

import pytest

from odoo.addons.psa_helpdesk.logic.escalation import Step
from odoo.addons.psa_helpdesk.logic.objectives import Objective, Rung, Terms, choose_objectives

PRINTER, JAM = 7, 8
BY_PRIORITY = Objective(1, "response", "2", None)
BY_ISSUE = Objective(2, "response", "2", PRINTER)
BY_SUB_ISSUE = Objective(3, "response", "2", JAM)
FOR_ALL = Objective(4, "response", None, None)
JAM_FOR_ALL = Objective(5, "response", None, JAM)

CASES = [
    ("by priority", [BY_PRIORITY], "2", [], 1),
    ("another priority has none", [BY_PRIORITY], "1", [], None),
    ("issue before priority alone", [BY_PRIORITY, BY_ISSUE], "2", [PRINTER], 2),
    ("the objective of the issue holds for its sub-issue", [BY_PRIORITY, BY_ISSUE], "2", [JAM, PRINTER], 2),
    ("sub-issue before issue", [BY_PRIORITY, BY_ISSUE, BY_SUB_ISSUE], "2", [JAM, PRINTER], 3),
    ("an objective of a sub-issue does not hold for the issue", [BY_SUB_ISSUE], "2", [PRINTER], None),
    ("without priority it holds for all of them", [FOR_ALL], "0", [], 4),
    ("but a named priority is more specific", [FOR_ALL, BY_PRIORITY], "2", [], 1),
    ("the issue weighs more than the priority", [JAM_FOR_ALL, BY_ISSUE], "2", [JAM, PRINTER], 5),
    ("a tie goes to the lowest sequence", [BY_PRIORITY, Objective(9, "response", "2", None, 5)], "2", [], 9),
    ("then to the lowest id", [Objective(6, "response", "2", None), BY_PRIORITY], "2", [], 1),
]


@pytest.mark.parametrize(
    ("lines", "priority", "issues", "chosen"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_choice(lines, priority, issues, chosen):
    found = choose_objectives(lines, priority, issues)
    assert (found["response"].id if found else None) == chosen


def test_each_kind_is_chosen_for_itself():
    plan = Objective(10, "plan", None, None)
    assert choose_objectives([BY_PRIORITY, plan], "2", []) == {"response": BY_PRIORITY, "plan": plan}


def test_the_ladder_of_a_ticket_leaves_out_rungs_of_higher_priorities():
    early, late = Step(70, "escalation"), Step(110, "escalation")
    terms = Terms(rungs=(Rung(early, priority_from="2"), Rung(late)))
    assert terms.ladder("3") == (early, late)
    assert terms.ladder("1") == (late,)
