"""Recurring charges: Rules D9.32, D9.40 to D9.46 and D9.57 as a table."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.psa_contracts.logic.periods import CALENDAR_ANCHOR, Interval, anchor_of_common_end
from odoo.addons.psa_contracts.logic.recurring import Charge, PeriodItem, QuantityChange, Settled, items_until


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


# What is settled stays


def settle(terms: Charge, cutoff: str, before: tuple[Settled, ...] = ()) -> tuple[Settled, ...]:
    """The items of a run up to the cut-off, invoiced, after those invoiced before."""
    return before + tuple(
        Settled(item.part, item.used, item.quantity, item.price, item.period_days, item.discount, item.part)
        for item in items_until(terms, day(cutoff), settled=before)
    )


def told(items) -> list[tuple[str, str]]:
    return [(item.part, str(item.amount)) for item in items]


SEATS = charge("25.00", "03-01", "10", in_advance=True)


def with_changes(*changes: tuple[str, str], terms: Charge = SEATS, **values) -> Charge:
    rows = tuple(QuantityChange(day(when), Decimal(units)) for when, units in changes)
    return replace(terms, changes=rows, **values)


@dataclass(frozen=True)
class Late:
    """Ten seats from 1 March in advance, billed with cut-off 31 March and the changes `before`; then `after`."""

    name: str
    before: Charge
    after: Charge
    expected: list[tuple[str, str]]
    cutoff: str = "03-31"


LATE = [
    Late("nothing changed", SEATS, SEATS, []),
    Late(
        "typed late, from the first day of a billed period",
        SEATS,
        with_changes(("04-01", "17")),
        [("2026-04-01+2026-04-01", "175.00")],
        "04-02",
    ),
    Late(
        "typed late, from a day of the period before",
        SEATS,
        with_changes(("03-25", "17")),
        [("2026-03-01+2026-03-25", "39.52"), ("2026-04-01+2026-04-01", "175.00")],
        "04-02",
    ),
    Late(
        "billed from the 12th, moved to the 10th: two more days",
        with_changes(("03-12", "17")),
        with_changes(("03-10", "17")),
        [("2026-03-01+2026-03-10", "11.29")],
    ),
    Late(
        "billed from the 12th, moved to the 20th, not credited",
        with_changes(("03-12", "17")),
        with_changes(("03-20", "17")),
        [],
    ),
    Late(
        "billed from the 12th, moved to the 20th, credited",
        with_changes(("03-12", "17"), credits_decreases=True),
        with_changes(("03-20", "17"), credits_decreases=True),
        [("2026-03-01+2026-03-12/2", "-112.90"), ("2026-03-01+2026-03-20", "67.74")],
    ),
    Late(
        "billed as 17, meant 12, credited",
        with_changes(("03-12", "17"), credits_decreases=True),
        with_changes(("03-12", "12"), credits_decreases=True),
        [("2026-03-01+2026-03-12/2", "-80.65"), ("2026-04-01+2026-04-01", "-125.00")],
        "04-02",
    ),
    Late(
        "a billed change is deleted, not credited",
        with_changes(("03-12", "17")),
        SEATS,
        [],
    ),
    Late(
        "deleted and not credited; only what goes beyond it is billed later",
        with_changes(("03-12", "17")),
        with_changes(("03-20", "20")),
        [("2026-03-01+2026-03-20", "29.03"), ("2026-04-01+2026-04-01", "75.00")],
    ),
    Late(
        "a change before a billed one takes nothing twice",
        with_changes(("03-12", "17")),
        with_changes(("03-05", "12"), ("03-12", "17")),
        [("2026-03-01+2026-03-05", "11.29")],
    ),
    Late(
        "two changes typed late are two items, as if typed in time",
        SEATS,
        with_changes(("03-06", "12"), ("03-16", "11"), credits_decreases=True),
        [
            ("2026-03-01+2026-03-06", "41.94"),
            ("2026-03-01+2026-03-16", "-12.90"),
            ("2026-04-01+2026-04-01", "25.00"),
        ],
        "04-02",
    ),
    Late(
        "the first day is moved back: the days before it are billed",
        replace(SEATS, first=day("03-16")),
        SEATS,
        [("2026-03-01/2", "120.97")],
    ),
    Late(
        "it ends in a billed period, not credited",
        SEATS,
        replace(SEATS, last=day("03-20")),
        [],
        "04-30",
    ),
    Late(
        "it ends in a billed period, credited",
        replace(SEATS, credits_decreases=True),
        replace(SEATS, credits_decreases=True, last=day("03-20")),
        [("2026-03-01+2026-03-21", "-88.71"), ("2026-04-01+2026-04-01", "-250.00")],
        "04-30",
    ),
    Late(
        "a new price is for the periods that are not settled; a billed one keeps its own",
        SEATS,
        with_changes(("04-11", "13"), terms=replace(SEATS, price=Decimal("30.00"))),
        [("2026-04-01+2026-04-11", "50.00"), ("2026-05-01", "390.00")],
        "04-30",
    ),
]


@pytest.mark.parametrize("case", LATE, ids=lambda case: case.name)
def test_changes_of_what_is_billed(case):
    done = settle(case.before, "03-31")
    assert told(items_until(case.after, day(case.cutoff), settled=done)) == case.expected
    # What is billed then is settled too: nothing comes a second time.
    assert not items_until(case.after, day(case.cutoff), settled=settle(case.after, case.cutoff, done))


def test_a_correction_says_which_item_it_puts_right():
    done = settle(SEATS, "03-31")
    [item] = items_until(with_changes(("04-11", "13")), day("04-30"), settled=done)[:1]
    assert item.corrects == "2026-04-01"
    assert item.formula == "3 x 25.00 x 20/30 days = 50.00"


def test_a_charge_billed_quarterly_and_switched_to_months_bills_no_day_twice():
    quarters = replace(charge("300.00", "01-01", interval=Interval.QUARTER), first=date(2025, 1, 1))
    done = settle(quarters, "03-31")
    months = replace(quarters, interval=Interval.MONTH, price=Decimal("100.00"))
    assert told(items_until(months, day("04-30"), settled=done)) == [("2026-04-01", "100.00")]


def test_months_switched_to_quarters_bill_what_is_left_of_the_quarter():
    """900.00 a quarter, January and February billed by the month: March is 31 of 90 days."""
    months = charge("310.00", "01-01")
    quarters = replace(months, interval=Interval.QUARTER, price=Decimal("900.00"))
    found = items_until(quarters, day("06-30"), settled=settle(months, "02-28"))
    assert told(found) == [("2026-01-01/2", "310.00"), ("2026-04-01", "900.00")]


def test_the_billing_cycle_of_a_billed_charge_takes_effect_after_what_is_billed():
    calendar = charge("100.00", "01-16")
    own_day = replace(calendar, anchor=day("01-16"))
    found = items_until(own_day, day("05-31"), settled=settle(calendar, "04-30"))
    assert [(item.part, item.used.days, item.period_days) for item in found] == [("2026-04-16", 15, 30)]
    assert str(found[0].amount) == "50.00"


def test_from_arrears_to_advance_skips_and_repeats_nothing():
    arrears = charge("100.00", "01-01")
    done = settle(arrears, "02-28")
    found = items_until(replace(arrears, in_advance=True), day("03-31"), settled=done)
    assert [item.part for item in found] == ["2026-03-01", "2026-04-01"]
    assert not items_until(
        arrears, day("04-30"), settled=settle(replace(arrears, in_advance=True), "03-31", done)
    )


# Every history

START = date(2026, 1, 1)
DAYS = st.integers(0, 240).map(lambda number: START + timedelta(days=number))
EDITS = st.one_of(
    st.tuples(st.just("change"), DAYS, st.integers(0, 30)),
    st.tuples(st.just("forget"), st.integers(0, 5), st.none()),
    st.tuples(st.just("interval"), st.sampled_from(Interval), st.none()),
    st.tuples(st.just("anchor"), DAYS, st.none()),
    st.tuples(st.just("in_advance"), st.booleans(), st.none()),
    st.tuples(st.just("first"), DAYS, st.none()),
    st.tuples(st.just("last"), st.one_of(st.none(), DAYS), st.none()),
    st.tuples(st.just("price"), st.integers(1, 999), st.none()),
    st.tuples(st.just("bill"), DAYS, st.none()),
)
HORIZON = date(2026, 12, 31)


def edit(terms: Charge, name: str, value, units) -> Charge:
    if name == "change":
        return replace(terms, changes=(*terms.changes, QuantityChange(value, Decimal(units))))
    if name == "forget":
        return replace(terms, changes=terms.changes[:value] + terms.changes[value + 1 :])
    return replace(terms, **{name: Decimal(value) if name == "price" else value})


def bill(terms: Charge, cutoff: date, done: tuple[Settled, ...]) -> tuple[Settled, ...]:
    new = items_until(terms, cutoff, settled=done)
    assert not items_until(terms, cutoff, settled=(*done, *map(as_settled, new))), "billed again"
    return (*done, *map(as_settled, new))


def as_settled(item: PeriodItem) -> Settled:
    return Settled(item.part, item.used, item.quantity, item.price, item.period_days, item.discount)


def paid_on(done: tuple[Settled, ...], when: date) -> Decimal:
    return sum((item.units for item in done if item.used.start <= when < item.used.end), Decimal(0))


def all_days() -> Iterator[date]:
    return (START + timedelta(days=number) for number in range(365))


def asked_on(terms: Charge, when: date) -> Decimal:
    """Units the charge asks for on a day, read off its rows without any code of the suite."""
    if when < terms.first or (terms.last and when > terms.last):
        return Decimal(0)
    rows = [(change.day, place, change.quantity) for place, change in enumerate(terms.changes)]
    return max((row for row in rows if row[0] <= when), default=(None, 0, terms.quantity))[2]


def play(edits, credits_decreases: bool) -> tuple[Charge, tuple[Settled, ...], list[Charge]]:
    terms = Charge(
        price=Decimal(31),
        quantity=Decimal(10),
        interval=Interval.MONTH,
        in_advance=True,
        anchor=CALENDAR_ANCHOR,
        first=START,
        credits_decreases=credits_decreases,
    )
    done: tuple[Settled, ...] = ()
    seen = [terms]
    for name, value, units in edits:
        if name == "bill":
            done = bill(terms, value, done)
        else:
            terms = edit(terms, name, value, units)
            seen.append(terms)
    return terms, bill(terms, HORIZON + timedelta(days=400), done), seen


@settings(max_examples=300, deadline=None)
@given(st.lists(EDITS, max_size=12))
def test_each_day_of_each_unit_is_billed_once_whatever_was_edited_and_when(edits):
    """Decreases are credited here: after the last run each day has paid for the units it has, no more and no less."""
    terms, done, _seen = play(edits, credits_decreases=True)
    assert [paid_on(done, when) for when in all_days()] == [asked_on(terms, when) for when in all_days()]
    assert len({item.part for item in done}) == len(done)


@settings(max_examples=300, deadline=None)
@given(st.lists(EDITS, max_size=12))
def test_without_credits_nothing_is_given_back_and_nothing_is_billed_beyond_what_was_asked(edits):
    terms, done, seen = play(edits, credits_decreases=False)
    assert all(item.units > 0 for item in done)
    highest = max(
        [version.quantity for version in seen] + [row.quantity for version in seen for row in version.changes]
    )
    for when in all_days():
        assert asked_on(terms, when) <= paid_on(done, when) <= highest
    assert len({item.part for item in done}) == len(done)


@settings(max_examples=200, deadline=None)
@given(st.lists(EDITS, max_size=12), st.booleans())
def test_periods_never_overlap(edits, credits_decreases):
    _terms, done, _seen = play(edits, credits_decreases)
    bases = sorted((item.used.start, item.used.end) for item in done if "+" not in item.part)
    assert all(one[1] <= other[0] for one, other in pairwise(bases))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(DAYS, st.integers(0, 30)), max_size=6), DAYS, st.booleans())
def test_when_a_change_is_typed_makes_no_difference_to_the_sum(changes, cutoff, credits_decreases):
    """Typed before the first invoice or after it: the same money, but for the rounding of each item."""
    terms = Charge(Decimal(31), Decimal(10), Interval.MONTH, True, CALENDAR_ANCHOR, START)
    terms = replace(terms, credits_decreases=credits_decreases)
    final = replace(terms, changes=tuple(QuantityChange(when, Decimal(units)) for when, units in changes))
    early = items_until(final, HORIZON)
    done = items_until(terms, cutoff)
    late = items_until(final, HORIZON, settled=[as_settled(item) for item in done])
    total_early, total_late = (sum(item.amount for item in items) for items in (early, [*done, *late]))
    slack = Decimal("0.005") * (len(early) + len(done) + len(late))
    if credits_decreases:
        assert abs(total_early - total_late) <= slack
    else:
        assert total_late >= total_early - slack
