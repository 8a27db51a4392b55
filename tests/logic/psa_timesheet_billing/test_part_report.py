"""Parts as a phone hands them in; hostile input is refused with the reason."""

from decimal import Decimal

import pytest

from odoo.addons.psa_timesheet_billing.logic.part_report import (
    LONGEST_REASON,
    LONGEST_SERIAL,
    MOST_PARTS,
    PartProblem,
    Reason,
    UsedPart,
    read,
)


def test_parts_are_read():
    rows = [
        {"product_id": 7, "quantity": 2, "serial": "  SN 1\n2 ", "free_reason": "Warranty", "name": "Fan"},
        {"product_id": 8, "quantity": 1.5},
    ]
    assert read(rows) == (
        UsedPart(7, Decimal(2), "SN 1 2", "Warranty"),
        UsedPart(8, Decimal("1.5")),
    )


@pytest.mark.parametrize("rows", [None, False, []])
def test_nothing_is_no_parts(rows):
    assert read(rows) == ()


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("x", Reason.FORM),
        ({"product_id": 1}, Reason.FORM),
        (True, Reason.FORM),
        ([7], Reason.FORM),
        ([{"quantity": 1}], Reason.FORM),
        ([{"product_id": True, "quantity": 1}], Reason.FORM),
        ([{"product_id": "7", "quantity": 1}], Reason.FORM),
        ([{"product_id": 0, "quantity": 1}], Reason.FORM),
        ([{"product_id": 7, "quantity": 1, "serial": 5}], Reason.FORM),
        ([{"product_id": 7}], Reason.QUANTITY),
        ([{"product_id": 7, "quantity": "1"}], Reason.QUANTITY),
        ([{"product_id": 7, "quantity": True}], Reason.QUANTITY),
        ([{"product_id": 7, "quantity": 0}], Reason.QUANTITY),
        ([{"product_id": 7, "quantity": -1}], Reason.QUANTITY),
        ([{"product_id": 7, "quantity": 0.001}], Reason.QUANTITY),
        ([{"product_id": 7, "quantity": 1.234}], Reason.QUANTITY),
        ([{"product_id": 7, "quantity": 1e9}], Reason.QUANTITY),
        ([{"product_id": 7, "quantity": float("nan")}], Reason.QUANTITY),
        ([{"product_id": 7, "quantity": float("inf")}], Reason.QUANTITY),
        ([{"product_id": 7, "quantity": 1, "serial": "x" * (LONGEST_SERIAL + 1)}], Reason.TOO_LONG),
        ([{"product_id": 7, "quantity": 1, "free_reason": "x" * (LONGEST_REASON + 1)}], Reason.TOO_LONG),
        ([{"product_id": 7, "quantity": 1}] * (MOST_PARTS + 1), Reason.TOO_MANY),
    ],
)
def test_what_no_screen_sends_is_refused(rows, reason):
    with pytest.raises(PartProblem) as problem:
        read(rows)
    assert problem.value.reason is reason
