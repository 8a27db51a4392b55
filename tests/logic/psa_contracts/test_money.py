"""One rounding, half away from zero (Rules D9.18 and D9.57)."""

from decimal import Decimal
from fractions import Fraction

import pytest

from odoo.addons.psa_contracts.logic.money import discounted, exact, round_money

ROWS = [
    ("D9.19 50 minutes at 100", Fraction(50 * 100, 60), "0.01", "83.33"),
    ("half up", Fraction("0.005"), "0.01", "0.01"),
    ("half away from zero", Fraction("-0.005"), "0.01", "-0.01"),
    ("just below half", Fraction("0.00499"), "0.01", "0.00"),
    ("no negative zero", Fraction("-0.001"), "0.01", "0.00"),
    ("five cent steps", Fraction("1.025"), "0.05", "1.05"),
    ("yen", Fraction("99.5"), "1", "100"),
    ("D9.17 a rate is not rounded before: 10 h at 131.025", 10 * Fraction("131.025"), "0.01", "1310.25"),
]


@pytest.mark.parametrize(("name", "value", "step", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_round_money(name, value, step, expected):
    assert str(round_money(value, Decimal(step))) == expected


def test_a_discount_is_part_of_the_item_before_it_is_rounded():
    """D9.57: 3 x 33.33 less 10 % is 89.99, not 3 x 30.00."""
    assert round_money(discounted(3 * exact("33.33"), Decimal(10))) == Decimal("89.99")


def test_a_step_must_be_positive():
    with pytest.raises(ValueError, match="positive"):
        round_money(Fraction(1), Decimal(0))
