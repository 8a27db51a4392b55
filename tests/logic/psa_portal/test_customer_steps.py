"""psa_portal/logic/customer_steps.py: the derivation without what is ours."""

import pytest

from odoo.addons.psa_portal.logic.customer_steps import select_steps

INSTEAD = {"approved_minutes": "as agreed", "changed": "as agreed", "nothing": "not charged"}


@pytest.mark.parametrize(
    ("name", "steps", "expected"),
    [
        (
            "time and money",
            [("worked", "0:50 worked"), ("rate", "100.00 an hour"), ("money", "0:50 x 100.00/h = 83.33")],
            ["0:50 worked", "100.00 an hour", "0:50 x 100.00/h = 83.33"],
        ),
        (
            "what we decided is said without names and reasons",
            [("worked", "1:30 worked"), ("changed", "changed by Eva: goodwill"), ("money", "= 100.00")],
            ["1:30 worked", "as agreed", "= 100.00"],
        ),
        ("two decisions are said once", [("approved_minutes", "x"), ("changed", "y")], ["as agreed"]),
        ("two rounds of rounding are both told", [("round", "same"), ("round", "same")], ["same", "same"]),
        ("not billed", [("worked", "0:10 worked"), ("nothing", "internal")], ["0:10 worked", "not charged"]),
        ("a step nobody thought of stays inside", [("cost", "55.00 an hour"), ("hold", "consent")], []),
        ("nothing", [], []),
    ],
)
def test_steps(name, steps, expected):
    assert select_steps(steps, INSTEAD) == expected, name
