import pytest

from odoo.addons.psa_helpdesk.logic.rule_conditions import Branch, Leaf
from odoo.addons.psa_helpdesk.logic.rule_question import Question, find_unfinished, is_unfinished, question


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("=", ["3"], Question("is", ("3",))),
        ("!=", ["3"], Question("is", ("3",), negative=True)),
        ("in", ["Joe", "Nina"], Question("is", ("Joe", "Nina"))),
        ("not in", ["Joe"], Question("is", ("Joe",), negative=True)),
        ("in", ["Joe", False], Question("is", ("Joe", False))),
        ("=", [False], Question("set", (), negative=True)),
        ("!=", [False], Question("set", ())),
        ("in", [False], Question("set", (), negative=True)),
        ("=", [None], Question("set", (), negative=True)),
        ("=", [0], Question("is", (0,))),
        ("in", [], Question("is", (), is_unfinished=True)),
        ("not in", [], Question("is", (), negative=True, is_unfinished=True)),
        ("=", [""], Question("is", ("",), is_unfinished=True)),
        ("in", [""], Question("is", ("",), is_unfinished=True)),
        ("ilike", ["fire"], Question("contains", ("fire",))),
        ("not ilike", ["fire"], Question("contains", ("fire",), negative=True)),
        ("ilike", [""], Question("contains", ("",), is_unfinished=True)),
        ("ilike", [False], Question("contains", ("",), is_unfinished=True)),
        ("=ilike", ["AB%"], Question("starts", ("AB",))),
        ("not =ilike", ["AB%"], Question("starts", ("AB",), negative=True)),
        ("=ilike", ["%"], Question("starts", ("",), is_unfinished=True)),
        ("=ilike", ["A_B"], Question("fits", ("A_B",))),
        (">", [5], Question("more", (5,))),
        ("<=", ["2026-03-02"], Question("most", ("2026-03-02",))),
        ("child_of", [4], Question("below", (4,))),
        ("child_of", [], Question("below", (), is_unfinished=True)),
        ("parent_of", [4], Question("above", (4,))),
        ("=?", [4], Question("other", (4,))),
    ],
)
def test_an_operator_is_read_as_a_question(operator, values, expected):
    assert question(operator, values) == expected


@pytest.mark.parametrize(
    ("operator", "value", "wanted"),
    [("=", True, True), ("!=", True, False), ("=", False, False), ("!=", False, True), ("in", True, True)],
)
def test_of_yes_and_no_the_negative_is_the_other_one(operator, value, wanted):
    assert question(operator, [value], of_boolean=True) == Question("is", (wanted,))


@pytest.mark.parametrize(
    ("leaf", "expected"),
    [
        (Leaf("user_id", "=", False), False),
        (Leaf("user_id", "in", ()), True),
        (Leaf("user_id", "in", (7,)), False),
        (Leaf("properties.tags", "in", ""), True),
        (Leaf("properties.tags", "in", "blue"), False),
        (Leaf("partner_id", "any", ()), True),
        (Leaf("partner_id", "any", (("name", "ilike", "x"),)), False),
        (Leaf("partner_id", "any", ("|", ["name", "ilike", "x"], ["name", "ilike", ""])), True),
    ],
)
def test_whether_a_comparison_is_finished(leaf, expected):
    assert is_unfinished(leaf) is expected


def test_what_is_unfinished_is_found_wherever_it_stands():
    typed, chosen = Leaf("name", "ilike", ""), Leaf("tag_ids", "not in", ())
    whole = Leaf("priority", "=", "3")
    tree = Branch("and", (whole, Branch("not", (typed,)), Branch("or", (whole, chosen))))
    assert find_unfinished(tree) == [typed, chosen]
    assert find_unfinished(whole) == find_unfinished(None) == []
