import pytest

from odoo.addons.psa_helpdesk.logic.rule_loops import Wiring, find_loops


def wiring(rule, listens=(), changes=(), demands=(), sets=()):
    return Wiring(rule, frozenset(listens), frozenset(changes), tuple(demands), tuple(sets))


HEARS_PRIORITY = ("updated:priority",)


@pytest.mark.parametrize(
    ("rules", "loops"),
    [
        ([wiring(1, HEARS_PRIORITY, ["updated:priority"])], [(1,)]),
        ([wiring(1, ["updated:*"], ["updated:team_id"])], [(1,)]),
        ([wiring(1, ["created"], ["updated:priority"])], []),
        ([wiring(1, HEARS_PRIORITY, ["updated:team_id"])], []),
        (
            [
                wiring(1, HEARS_PRIORITY, ["updated:team_id"]),
                wiring(2, ["updated:team_id"], ["updated:priority"]),
            ],
            [(1, 2)],
        ),
        (
            [
                wiring(1, HEARS_PRIORITY, ["stage"]),
                wiring(2, ["stage"], ["updated:team_id"]),
                wiring(3, ["updated:team_id"], ["updated:priority"]),
            ],
            [(1, 2, 3)],
        ),
    ],
)
def test_loops_are_found(rules, loops):
    assert find_loops(rules, 1) == loops


def test_a_value_that_the_rule_does_not_ask_for_makes_no_loop():
    low = ("updated:priority", frozenset({"0"}))
    high = ("updated:priority", frozenset({"3"}))

    def loops(demand):
        fighting = [
            wiring(1, HEARS_PRIORITY, HEARS_PRIORITY, [demand], [("updated:priority", "0")]),
            wiring(2, HEARS_PRIORITY, HEARS_PRIORITY, [low], [("updated:priority", "3")]),
        ]
        return find_loops(fighting, 1)

    assert loops(high) == [(1, 2)]
    assert loops(low) == []


def test_rules_that_bring_the_same_values_come_to_rest():
    alone = [wiring(1, ["updated:*"], ["updated:team_id"], sets=[("updated:team_id", "7")])]
    assert find_loops(alone, 1) == []
    other = wiring(2, ["updated:*"], ["updated:team_id"], sets=[("updated:team_id", "8")])
    assert find_loops([*alone, other], 1) == [(1, 2)]
