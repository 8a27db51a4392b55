import pytest

from odoo.addons.psa_helpdesk.logic.rule_conditions import Branch, Leaf
from odoo.addons.psa_helpdesk.logic.rule_spans import Span, spans

LOW, HIGH = Leaf("create_date", ">=", "today -7d"), Leaf("create_date", "<", "today")
WEEK = Span("create_date", "today -7d", "today", "last_7_days")
CRITICAL = Leaf("priority", "=", "3")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((LOW, HIGH), [WEEK]),
        ((CRITICAL, LOW, HIGH, CRITICAL), [CRITICAL, WEEK, CRITICAL]),
        ((LOW, HIGH, LOW, HIGH), [WEEK, WEEK]),
        ((LOW, CRITICAL, HIGH), [LOW, CRITICAL, HIGH]),
        ((HIGH, LOW), [HIGH, LOW]),
        ((LOW, Leaf("write_date", "<", "today")), [LOW, Leaf("write_date", "<", "today")]),
        ((LOW, Leaf("create_date", "<", "2026-03-02")), [LOW, Leaf("create_date", "<", "2026-03-02")]),
        ((Leaf("age", ">=", 2), Leaf("age", "<=", 5)), [Span("age", 2, 5)]),
        ((Branch("or", (LOW, HIGH)), CRITICAL), [Branch("or", (LOW, HIGH)), CRITICAL]),
    ],
    ids=["alone", "among others", "two", "apart", "turned", "of two fields", "no name for it", "numbers", "inner"],
)  # fmt: skip
def test_two_ends_are_one_span(parts, expected):
    assert spans(Branch("and", parts)) == expected


def test_of_an_or_each_end_stands_alone():
    assert spans(Branch("or", (LOW, HIGH))) == [LOW, HIGH]
