"""The limit of the customer's order (Rule D9.58)."""

from decimal import Decimal

import pytest

from odoo.addons.psa_contracts.logic.purchase_order import count_within

ROWS = [
    ("200 fits, 150 and 50 are held", "1000", "700", ["200", "150", "50"], 1),
    ("exactly the limit is billed", "1000", "700", ["300"], 1),
    ("no limit", "0", "700", ["300", "9999"], 2),
    ("used up", "1000", "1000", ["0.01"], 0),
    ("nothing to bill", "1000", "0", [], 0),
]


@pytest.mark.parametrize(("name", "limit", "used", "amounts", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_items_within_the_limit(name, limit, used, amounts, expected):
    assert count_within(Decimal(limit), Decimal(used), [Decimal(amount) for amount in amounts]) == expected
