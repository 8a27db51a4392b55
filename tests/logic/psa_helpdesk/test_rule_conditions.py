import pytest

from odoo.addons.psa_helpdesk.logic.rule_conditions import Branch, Leaf, below, judge, leaves

FACTS = {
    1: {"priority": "3", "queue": "NOC"},
    2: {"priority": "1", "queue": "NOC"},
    3: {"priority": "3", "queue": "Desk"},
}
CRITICAL = Leaf("priority", "=", "3")
NOC = Leaf("queue", "=", "NOC")


def ask(leaf, many):
    return frozenset(one for one in many if FACTS[one][leaf.path] == leaf.value)


@pytest.mark.parametrize(
    ("condition", "met", "failed"),
    [
        (None, {1, 2, 3}, {}),
        (CRITICAL, {1, 3}, {2: CRITICAL}),
        (Branch("and", (CRITICAL, NOC)), {1}, {2: CRITICAL, 3: NOC}),
        (Branch("and", (NOC, CRITICAL)), {1}, {2: CRITICAL, 3: NOC}),
        (Branch("or", (CRITICAL, NOC)), {1, 2, 3}, {}),
        (Branch("not", (CRITICAL,)), {2}, dict.fromkeys((1, 3), Branch("not", (CRITICAL,)))),
    ],
)
def test_who_meets_the_conditions_and_what_stopped_the_others(condition, met, failed):
    judgement = judge(condition, FACTS, ask)
    assert judgement.met == met
    assert judgement.failed == failed


def test_of_an_or_that_fails_the_whole_is_named():
    neither = Branch("or", (Leaf("queue", "=", "X"), Leaf("priority", "=", "0")))
    assert judge(neither, [1], ask).failed == {1: neither}


def test_later_conditions_are_asked_only_of_those_who_met_the_earlier_ones():
    judgement = judge(Branch("and", (CRITICAL, NOC)), FACTS, ask)
    assert judgement.compared_for(2) == [(CRITICAL, False)]
    assert judgement.compared_for(3) == [(CRITICAL, True), (NOC, False)]


def test_leaves_come_from_left_to_right():
    assert leaves(Branch("and", (CRITICAL, Branch("not", (NOC,))))) == [CRITICAL, NOC]
    assert leaves(None) == []


def test_conditions_of_a_named_record_are_conditions_of_who_names_it():
    inner = Branch("not", (Branch("or", (Leaf("city", "=", "Ulm"), Leaf("zip", "ilike", "89"))),))
    assert [leaf.path for leaf in leaves(below("partner_id", inner))] == ["partner_id.city", "partner_id.zip"]
    assert below("partner_id", inner).how == "not"
