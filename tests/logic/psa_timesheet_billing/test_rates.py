"""Rules D9.14 to D9.17, D9.28, D9.29 and D9.55: which rate, and what becomes of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from odoo.addons.psa_timesheet_billing.logic.rates import (
    Asked,
    Level,
    Rate,
    RateTable,
    WorkType,
    overage_price,
    price,
    weight,
)

DAY = date(2026, 3, 10)
TECHNICIAN, SENIOR, ARCHITECT, INTERN = 1, 2, 3, 4
EMERGENCY = WorkType(10, "Emergency", multiplier=Decimal("1.5"), currency="EUR")
TRAVEL = WorkType(11, "Travel", rate=Decimal(50), currency="EUR")
COMPANY_TECHNICIAN = Rate(1, Level.COMPANY, Decimal(100), "EUR", role=TECHNICIAN)
CONTRACT_TECHNICIAN = Rate(2, Level.CONTRACT, Decimal(92), "EUR", role=TECHNICIAN)
COMPANY_SENIOR = Rate(3, Level.COMPANY, Decimal(140), "EUR", role=SENIOR)
SENIOR_EMERGENCY = Rate(4, Level.CONTRACT, Decimal(210), "EUR", role=SENIOR, work_type=EMERGENCY.key)
CUSTOMER_TECHNICIAN = Rate(5, Level.CUSTOMER, Decimal(96), "EUR", role=TECHNICIAN)
CUSTOMER_TRAVEL = Rate(6, Level.CUSTOMER, Decimal(40), "EUR", work_type=TRAVEL.key)
COMPANY_TRAVEL = Rate(7, Level.COMPANY, Decimal(55), "EUR", work_type=TRAVEL.key)
UNTIL_15 = Rate(8, Level.CONTRACT, Decimal(95), "EUR", role=TECHNICIAN, date_to=date(2026, 3, 15))
FROM_16 = Rate(9, Level.CONTRACT, Decimal(99), "EUR", role=TECHNICIAN, date_from=date(2026, 3, 16))


def table(*rows, **values):
    return RateTable("EUR", rows, **values)


@pytest.mark.parametrize(
    ("asked", "rows", "hourly"),
    [
        pytest.param(
            Asked(DAY, TECHNICIAN, EMERGENCY),
            [COMPANY_TECHNICIAN, CONTRACT_TECHNICIAN],
            138,
            id="92 x 1.5 (rule 15)",
        ),
        pytest.param(
            Asked(DAY, SENIOR, EMERGENCY),
            [COMPANY_SENIOR, SENIOR_EMERGENCY],
            210,
            id="a row with the type, not 315",
        ),
        pytest.param(
            Asked(DAY, TECHNICIAN, TRAVEL),
            [COMPANY_TECHNICIAN, CONTRACT_TECHNICIAN],
            92,
            id="contract beats own rate",
        ),
        pytest.param(Asked(DAY, TECHNICIAN, TRAVEL), [COMPANY_TECHNICIAN], 50, id="own rate beats the role"),
        pytest.param(
            Asked(DAY, TECHNICIAN, TRAVEL), [COMPANY_TRAVEL], 55, id="dated standard rate of the work type"
        ),
        pytest.param(
            Asked(DAY, TECHNICIAN),
            [COMPANY_TECHNICIAN, CUSTOMER_TECHNICIAN],
            96,
            id="customer beats standard",
        ),
        pytest.param(
            Asked(DAY, TECHNICIAN, TRAVEL), [CUSTOMER_TECHNICIAN, CUSTOMER_TRAVEL], 40, id="type before role"
        ),
        pytest.param(
            Asked(DAY, TECHNICIAN, EMERGENCY, approved_rate=Decimal(90)),
            [CONTRACT_TECHNICIAN],
            90,
            id="the approver's rate is final",
        ),
        pytest.param(Asked(date(2026, 3, 15), TECHNICIAN), [UNTIL_15, FROM_16], 95, id="15 March (rule 16)"),
        pytest.param(Asked(date(2026, 3, 16), TECHNICIAN), [UNTIL_15, FROM_16], 99, id="16 March"),
        pytest.param(
            Asked(date(2026, 3, 16), TECHNICIAN),
            [replace(UNTIL_15, date_to=None), FROM_16],
            99,
            id="the latest start wins",
        ),
    ],
)
def test_one_chain(asked, rows, hourly):
    assert price(asked, table(*rows)).hourly == hourly


def test_the_answer_names_its_link_and_those_asked_in_vain():
    found = price(Asked(DAY, TECHNICIAN, TRAVEL), table(CUSTOMER_TRAVEL))
    assert found.steps[0]["source"] == "customer_work_type"
    assert found.steps[0]["rate_id"] == CUSTOMER_TRAVEL.key
    assert found.steps[0]["tried"] == [
        "approver",
        "contract_role_and_work_type",
        "contract_work_type",
        "contract_role",
        "customer_role_and_work_type",
    ]


def test_no_rate_is_no_price():
    assert price(Asked(DAY, TECHNICIAN), table(COMPANY_SENIOR)) is None
    assert overage_price(Asked(DAY, TECHNICIAN), table(COMPANY_SENIOR)) is None


@pytest.mark.parametrize(
    ("multipliers", "expected"),
    [
        pytest.param({"role_multiplier": Decimal("0.5")}, "0.5", id="intern alone: 60 -> 30"),
        pytest.param(
            {"role_multiplier": Decimal("0.5"), "tier_multiplier": Decimal("1.5")},
            "1.5",
            id="intern at night: 60 -> 90",
        ),
        pytest.param(
            {"work_type": WorkType(12, multiplier=Decimal(2)), "tier_multiplier": Decimal(2)},
            "2",
            id="emergency on Saturday is 2, not 4",
        ),
        pytest.param({}, "1", id="none set"),
    ],
)
def test_the_largest_set_multiplier_weighs_alone(multipliers, expected):
    """Rule D9.14."""
    assert weight(Asked(DAY, INTERN, **multipliers))[0] == Decimal(expected)


def test_a_surcharge_comes_before_the_largest_multiplier():
    """Rule D9.14: (100 + 25) x max(1.5, 2) = 250."""
    work_type = WorkType(13, multiplier=Decimal("1.5"), surcharge=Decimal(25), currency="EUR")
    asked = Asked(DAY, TECHNICIAN, work_type, tier_multiplier=Decimal(2))
    assert price(asked, table(COMPANY_TECHNICIAN)).hourly == 250


def test_a_role_multiplier_never_touches_money():
    asked = Asked(DAY, TECHNICIAN, role_multiplier=Decimal(2))
    assert price(asked, table(COMPANY_TECHNICIAN)).hourly == 100


def test_a_rate_is_not_rounded_after_a_multiplier():
    """Rule D9.17: 87.35 x 1.5 = 131.025."""
    row = replace(COMPANY_TECHNICIAN, amount=Decimal("87.35"))
    assert price(Asked(DAY, TECHNICIAN, EMERGENCY), table(row)).hourly == Fraction("131.025")


def test_a_foreign_rate_takes_the_exchange_rate_of_the_worked_date():
    """Rule D9.55: 180 USD at 0.90 EUR."""
    row = Rate(20, Level.COMPANY, Decimal(180), "USD", role=ARCHITECT)
    found = price(Asked(DAY, ARCHITECT), table(row, factors={("USD", DAY): Decimal("0.90")}))
    assert found.hourly == 162
    assert found.steps[1] == {
        "do": "convert",
        "rule": "D9.55",
        "factor": "0.90",
        "from": "USD",
        "to": "EUR",
        "date": "2026-03-10",
    }


@pytest.mark.parametrize(
    ("asked", "rows", "overage", "hourly"),
    [
        pytest.param(
            Asked(DAY, SENIOR),
            [COMPANY_SENIOR, Rate(30, Level.CONTRACT, Decimal(125), "EUR", role=SENIOR)],
            None,
            125,
            id="overage rate empty: the contract's role (rule 29)",
        ),
        pytest.param(Asked(DAY, SENIOR), [COMPANY_SENIOR], None, 140, id="then the role"),
        pytest.param(Asked(DAY, SENIOR), [COMPANY_SENIOR], Decimal(90), 90, id="the overage rate first"),
        pytest.param(
            Asked(DAY, SENIOR, EMERGENCY),
            [SENIOR_EMERGENCY, COMPANY_SENIOR],
            None,
            140,
            id="no type (rule 28)",
        ),
        pytest.param(
            Asked(DAY, SENIOR, approved_rate=Decimal(75)), [], Decimal(90), 75, id="the approver above all"
        ),
    ],
)
def test_overage_has_a_chain_of_its_own_without_multipliers(asked, rows, overage, hourly):
    assert overage_price(asked, table(*rows, overage_rate=overage)).hourly == hourly
