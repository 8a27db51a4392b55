"""What a part bills: quantity x price of the day, rounded once (Rules D9.18, D9.55)."""

import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.psa_timesheet_billing.logic.part_price import Money, Part, derivation, price

DAY = date(2026, 3, 10)
USD = Money("USD", Decimal("0.01"))


def part(quantity, each, currency="USD", **values):
    return Part(Decimal(quantity), "Units", Decimal(each), currency, DAY, **values)


@pytest.mark.parametrize(
    ("quantity", "each", "amount"),
    [
        ("1", "45.00", "45.00"),
        ("3", "33.33", "99.99"),
        ("1.5", "0.333333", "0.50"),  # 0.4999995
        ("0.05", "0.10", "0.01"),  # 0.005, half away from zero
        ("2", "0", "0.00"),
    ],
)
def test_quantity_times_price_is_rounded_once(quantity, each, amount):
    priced = price(part(quantity, each), USD)
    assert priced.cover == "billable"
    assert priced.amount == Decimal(amount)


def test_another_currency_is_converted_at_the_rate_of_the_day_and_not_rounded_before():
    """19.99 EUR at 1.0850 is 21.68915: three are 65.06745, not 3 x 21.69 = 65.07."""
    priced = price(part("3", "19.99", "EUR"), Money("USD", Decimal("0.01"), Decimal("1.0850")))
    assert priced.amount == Decimal("65.07")
    assert priced.price == Decimal("21.68915")
    many = price(part("7", "19.99", "EUR"), Money("USD", Decimal("0.01"), Decimal("1.0850")))
    assert many.amount == Decimal("151.82")  # 151.82405; 7 x 21.69 would be 151.83


def test_a_currency_without_cents():
    assert price(part("3", "33.5"), Money("USD", Decimal(1))).amount == Decimal(101)


def test_a_part_that_is_free_of_charge_is_worth_nothing_and_says_why():
    priced = price(part("1", "45.00", free_reason="Warranty of the maker"), USD)
    assert (priced.cover, priced.price, priced.amount) == ("no_charge", 0, 0)
    told = derivation(priced)
    assert [step["why"] for step in told["steps"]] == ["1 Units used", "no charge: Warranty of the maker"]


def test_the_way_is_told_in_words():
    told = json.loads(
        json.dumps(
            derivation(
                price(
                    part("2", "19.9", "EUR", price_list="Dealers"),
                    Money("USD", Decimal("0.01"), Decimal("1.0850")),
                )
            )
        )
    )
    assert told["amount"] == "43.18"
    assert [step["why"] for step in told["steps"]] == [
        "2 Units used",
        "19.90 EUR each, price list Dealers",
        "21.5915 USD each at the exchange rate of 2026-03-10",
        "2 x 21.5915 = 43.18 USD",
    ]


def test_a_price_of_the_product_itself_is_told_so():
    told = derivation(price(part("1", "45"), USD))
    assert told["steps"][1]["why"] == "45.00 USD each, the product's own price"


@given(
    st.decimals("0.01", "9999", places=2),
    st.decimals("0", "99999", places=6),
    st.decimals("0.0001", "200", places=6),
)
def test_the_amount_is_the_exact_product_rounded_once(quantity, each, factor):
    priced = price(part(quantity, each, "EUR"), Money("USD", Decimal("0.01"), factor))
    assert priced.amount == (quantity * each * factor).quantize(Decimal("0.01"), ROUND_HALF_UP)
