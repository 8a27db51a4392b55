import pytest

from odoo.addons.psa_helpdesk.logic.look_first import look_first

A = [("a1", "A"), ("a2", "A"), ("a3", "A")]


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        ([], []),
        ([[], []], []),
        ([A], "a1 a2 a3"),
        ([A, [("b1", "B")]], "a1 b1 a2 a3"),
        ([A, [], [("c1", "C"), ("c2", "C")]], "a1 c1 a2 c2"),
        # found for two reasons: it stands with the first, and the second gives its next one
        ([[("x", "A")], [("x", "B"), ("b2", "B")]], "x b2"),
        ([[("x", "A")], [("x", "B")]], "x"),
    ],
)
def test_one_of_each_reason_first(reasons, expected):
    picked = look_first(reasons, 4)
    assert [thing for thing, _why in picked] == (expected.split() if expected else [])


def test_the_reason_said_is_the_first():
    assert look_first([[("x", "A")], [("x", "B")]], 4) == [("x", "A")]


def test_no_more_than_asked_for():
    assert len(look_first([A, A, [("b", "B")]], 2)) == 2
