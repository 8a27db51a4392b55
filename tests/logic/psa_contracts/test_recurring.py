"""Recurring charges: Rules D9.32, D9.40 to D9.46 and D9.57 as a table."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from odoo.addons.psa_contracts.logic.periods import CALENDAR_ANCHOR, Interval, anchor_of_common_end
from odoo.addons.psa_contracts.logic.recurring import Charge, QuantityChange, items_until


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def charge(price: str, first: str, quantity: str = "1", **values) -> Charge:
    changes = tuple(QuantityChange(day(when), Decimal(units)) for when, units in values.pop("changes", ()))
    terms = Charge(
        price=Decimal(price),
        quantity=Decimal(quantity),
        interval=Interval.MONTH,
        in_advance=False,
        anchor=CALENDAR_ANCHOR,
        first=day(first),
        changes=changes,
    )
    return replace(terms, **values)


@dataclass(frozen=True)
class Case:
    """`expected`: (part, amount) of every item up to the cut-off."""

    name: str
    charge: Charge
    cutoff: str
    expected: list[tuple[str, str]]


CASES = [
    Case("a full month", charge("620.00", "03-01"), "03-31", [("2026-03-01", "620.00")]),
    Case("D9.32 start 16 March", charge("620.00", "03-16"), "03-31", [("2026-03-01", "320.00")]),
    Case(
        "D9.40 a quarter from 10 February",
        charge("900.00", "02-10", interval=Interval.QUARTER),
        "03-31",
        [("2026-01-01", "500.00")],
    ),
    Case(
        "D9.21 and D9.42 the end shortens the base line",
        charge("310.00", "02-01", last=day("03-20")),
        "04-30",
        [("2026-02-01", "310.00"), ("2026-03-01", "200.00")],
    ),
    Case(
        "D9.41 seven more from 12 March, in advance",
        charge("25.00", "03-01", "10", in_advance=True, changes=[("03-12", "17")]),
        "03-30",
        [("2026-03-01", "250.00"), ("2026-03-01+2026-03-12", "112.90")],
    ),
    Case(
        "D9.41 one fewer from 20 March, credited",
        charge("25.00", "03-01", "10", changes=[("03-20", "9")], credits_decreases=True),
        "03-31",
        [("2026-03-01", "250.00"), ("2026-03-01+2026-03-20", "-9.68")],
    ),
    Case(
        "D9.63 one fewer, credits off by default",
        charge("25.00", "02-01", "10", changes=[("03-20", "9")]),
        "04-30",
        [("2026-02-01", "250.00"), ("2026-03-01", "250.00"), ("2026-04-01", "225.00")],
    ),
    Case(
        "fewer, then more than before: only what goes beyond is billed",
        charge("30.00", "04-01", "10", changes=[("04-06", "8"), ("04-16", "12")]),
        "04-30",
        [("2026-04-01", "300.00"), ("2026-04-01+2026-04-16", "30.00")],
    ),
    Case(
        "D9.41 the last change of a day wins",
        charge("30.00", "04-01", "10", changes=[("04-16", "99"), ("04-16", "12")]),
        "04-30",
        [("2026-04-01", "300.00"), ("2026-04-01+2026-04-16", "30.00")],
    ),
    Case(
        "D9.42 16 units at the 11th of a 30-day month, in arrears",
        charge("30.00", "04-01", "10", changes=[("04-11", "16")]),
        "04-30",
        [("2026-04-01", "300.00"), ("2026-04-01+2026-04-11", "120.00")],
    ),
    Case(
        "D9.42 a change on the first day is the base line",
        charge("30.00", "04-01", "10", changes=[("04-01", "16")]),
        "04-30",
        [("2026-04-01", "480.00")],
    ),
    Case(
        "D9.44 anniversary from 31 January",
        charge("100.00", "01-31", anchor=date(2026, 1, 31)),
        "04-29",
        [("2026-01-31", "100.00"), ("2026-02-28", "100.00"), ("2026-03-31", "100.00")],
    ),
    Case(
        "D9.45 common end 30 June",
        charge(
            "1200.00",
            "03-10",
            interval=Interval.YEAR,
            anchor=anchor_of_common_end(date(2026, 6, 30)),
            in_advance=True,
        ),
        "04-30",
        [("2025-07-01", "371.51")],
    ),
    Case(
        "D9.46 in arrears: not before the last day",
        charge("100.00", "03-01"),
        "03-30",
        [],
    ),
    Case(
        "D9.46 in advance: April with a cut-off of 31 March",
        charge("100.00", "04-01", in_advance=True),
        "03-31",
        [("2026-04-01", "100.00")],
    ),
    Case(
        "D9.46 in advance: not with a cut-off of 30 March",
        charge("100.00", "04-01", in_advance=True),
        "03-30",
        [],
    ),
    Case(
        "D9.46 the mid-March change of the fee billed in February comes with its day",
        charge("25.00", "03-01", "10", in_advance=True, changes=[("03-12", "17")]),
        "03-11",
        [("2026-03-01", "250.00")],
    ),
    Case(
        "D9.57 discount before rounding",
        charge("33.33", "03-01", "3", discount=Decimal(10)),
        "03-31",
        [("2026-03-01", "89.99")],
    ),
    Case(
        "a charge that ended before its first window",
        charge("10.00", "03-10", last=day("03-09")),
        "12-31",
        [],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_items(case):
    found = items_until(case.charge, day(case.cutoff))
    assert [(item.part, str(item.amount)) for item in found] == case.expected


def test_a_decrease_of_one_unit_is_worth_its_days():
    """D9.41: -1 from 20 March at 25.00 is -25 x 12/31 = -9.68, said in the formula."""
    terms = charge("25.00", "03-01", "10", changes=[("03-20", "9")], credits_decreases=True)
    assert items_until(terms, day("03-31"))[1].formula == "-1 x 25.00 x 12/31 days = -9.68"


def test_a_full_period_shows_quantity_times_price():
    full, part = items_until(charge("95.00", "02-15", "18"), day("03-31"))[::-1]
    assert full.is_full
    assert full.formula == "18 x 95.00 = 1710.00"
    assert not part.is_full
    assert (part.used.start, part.used.end) == (day("02-15"), day("03-01"))


def test_a_later_cut_off_only_adds_items():
    terms = charge("25.00", "01-16", "10", in_advance=True, changes=[("03-12", "17")])
    early, late = items_until(terms, day("03-31")), items_until(terms, day("06-30"))
    assert late[: len(early)] == early
    assert len({item.part for item in late}) == len(late)
