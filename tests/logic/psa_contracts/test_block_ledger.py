"""Cover of blocks: every worked example of Rules D9.22 to D9.30 that a block decides, and order independence."""

from dataclasses import dataclass
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.psa_contracts.logic.block_ledger import (
    Lot,
    LotOrder,
    Request,
    WhenEmpty,
    allocate,
    balances,
    order_lots,
    reached_threshold,
)

HOUR = 6000


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def lot(key: int, start: str, end: str | None, hours: float) -> Lot:
    return Lot(key, day(start), day(end) if end else None, round(hours * HOUR))


def ask(key: str, worked: str, hours: float, order: int = 0) -> Request:
    return Request(key, (day(worked), order, key), day(worked), round(hours * HOUR))


@dataclass(frozen=True)
class Case:
    """`expected`: by request key its draws (lot, hours), overage hours and pending hours."""

    name: str
    lots: list[Lot]
    requests: list[Request]
    expected: dict[str, tuple[list[tuple[int, float]], float, float]]
    frozen: dict[int, float] | None = None
    order: LotOrder = LotOrder.EXPIRY
    when_empty: WhenEmpty = WhenEmpty.BILL
    left: dict[int, float] | None = None


YEAR_OF_5 = lot(1, "01-01", "12-31", 5)
JUNE_OF_5 = lot(2, "02-01", "06-30", 5)
TWO_HOURS = lot(1, "03-01", "03-31", 2)
TEN_HOURS = lot(1, "01-01", None, 10)

CASES = [
    Case(
        "D9.21 last day of the block draws",
        [lot(1, "01-01", "03-31", 5)],
        [ask("a", "03-31", 1)],
        {"a": ([(1, 1)], 0, 0)},
    ),
    Case(
        "D9.21 day after the block draws nothing",
        [lot(1, "01-01", "03-31", 5)],
        [ask("a", "04-01", 1)],
        {"a": ([], 1, 0)},
    ),
    Case(
        "D1.1 work before the block begins draws nothing",
        [lot(1, "03-01", None, 5)],
        [ask("a", "02-28", 1)],
        {"a": ([], 1, 0)},
    ),
    Case(
        "D9.24 the same start: employee A is covered, B is overage",
        [lot(1, "01-01", None, 1)],
        [
            Request("B", (day("03-02"), 900, "B"), day("03-02"), HOUR),
            Request("A", (day("03-02"), 900, "A"), day("03-02"), HOUR),
        ],
        {"A": ([(1, 1)], 0, 0), "B": ([], 1, 0)},
    ),
    Case(
        "D9.25 ours: what expires first",
        [YEAR_OF_5, JUNE_OF_5],
        [ask("a", "03-10", 6)],
        {"a": ([(2, 5), (1, 1)], 0, 0)},
    ),
    Case(
        "D9.25 by switch: what began first",
        [YEAR_OF_5, JUNE_OF_5],
        [ask("a", "03-10", 6)],
        {"a": ([(1, 5), (2, 1)], 0, 0)},
        order=LotOrder.START,
    ),
    Case(
        "D9.25 no expiry is last",
        [lot(1, "01-01", None, 5), lot(2, "02-01", "12-31", 5)],
        [ask("a", "03-10", 1)],
        {"a": ([(2, 1)], 0, 0)},
    ),
    Case(
        "D9.26 A and B invoiced, C typed later",
        [TWO_HOURS],
        [ask("C", "03-05", 1)],
        {"C": ([], 1, 0)},
        frozen={1: 2},
        left={1: 0},
    ),
    Case(
        "D9.26 C typed before the invoice",
        [TWO_HOURS],
        [ask("A", "03-10", 2), ask("B", "03-20", 1), ask("C", "03-05", 1)],
        {"C": ([(1, 1)], 0, 0), "A": ([(1, 1)], 1, 0), "B": ([], 1, 0)},
    ),
    Case(
        "D9.27 50 min x 1.5 with 40 weighted minutes left",
        [lot(1, "01-01", None, 40 / 60)],
        [ask("a", "03-10", 75 / 60)],
        {"a": ([(1, 40 / 60)], 35 / 60, 0)},
    ),
    Case(
        "D9.30 bill: 3 h over",
        [TEN_HOURS],
        [ask("a", "03-10", 13)],
        {"a": ([(1, 10)], 3, 0)},
    ),
    Case(
        "D9.30 negative: balance -3",
        [TEN_HOURS],
        [ask("a", "03-10", 13)],
        {"a": ([(1, 10), (1, 3)], 0, 0)},
        when_empty=WhenEmpty.NEGATIVE,
        left={1: -3},
    ),
    Case(
        "D9.30 negative: the next block of 10 opens at 7, invoiced before it was sold",
        [lot(1, "01-01", "03-31", 10), lot(2, "04-01", None, 10)],
        [ask("b", "04-02", 1)],
        {"b": ([(2, 1)], 0, 0)},
        frozen={1: 13},
        when_empty=WhenEmpty.NEGATIVE,
        left={1: 0, 2: 6},
    ),
    Case(
        "D9.30 negative: the entry's own date does not matter",
        [lot(1, "01-01", "03-31", 10), lot(2, "04-01", None, 10)],
        [ask("a", "03-10", 13)],
        {"a": ([(1, 10), (2, 3)], 0, 0)},
        when_empty=WhenEmpty.NEGATIVE,
        left={1: 0, 2: 7},
    ),
    Case(
        "D9.30 hold: the uncovered part draws nothing",
        [TEN_HOURS],
        [ask("a", "03-10", 13)],
        {"a": ([(1, 10)], 0, 3)},
        when_empty=WhenEmpty.HOLD,
        left={1: 0},
    ),
    Case(
        "D9.59 a late entry draws from the block of its month",
        [lot(1, "02-01", "02-28", 1), lot(2, "03-01", None, 5)],
        [ask("late", "02-26", 1)],
        {"late": ([(1, 1)], 0, 0)},
    ),
    Case(
        "D9.59 an expired block does not cover later work even below zero",
        [lot(1, "02-01", "02-28", 5)],
        [ask("a", "03-05", 1)],
        {"a": ([(1, 1)], 0, 0)},
        when_empty=WhenEmpty.NEGATIVE,
        left={1: 4},
    ),
    Case("no block at all", [], [ask("a", "03-05", 1)], {"a": ([], 1, 0)}, when_empty=WhenEmpty.NEGATIVE),
    Case("nothing asked", [TEN_HOURS], [ask("a", "03-05", 0)], {"a": ([], 0, 0)}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_cover(case):
    frozen = {key: round(hours * HOUR) for key, hours in (case.frozen or {}).items()}
    expected = {
        key: (
            [(number, round(hours * HOUR)) for number, hours in draws],
            round(over * HOUR),
            round(held * HOUR),
        )
        for key, (draws, over, held) in case.expected.items()
    }
    for requests in permutations(case.requests):
        ledger = allocate(case.lots, frozen, requests, case.order, case.when_empty)
        found = {
            one.key: ([(draw.lot, draw.hundredths) for draw in one.draws], one.overage, one.pending)
            for one in ledger.allocations
        }
        assert found == expected
        for number, hours in (case.left or {}).items():
            assert ledger.balances[number] == round(hours * HOUR)


def test_two_requests_in_the_same_place_are_refused():
    with pytest.raises(ValueError, match="same place"):
        allocate([], {}, [Request("a", (1,), day("03-01"), 1), Request("b", (1,), day("03-01"), 1)])


def test_why_names_what_happened():
    lots = [lot(1, "01-01", None, 1)]
    for when_empty, hours, why in (
        (WhenEmpty.BILL, 1, "covered"),
        (WhenEmpty.BILL, 2, "split at the end of the block"),
        (WhenEmpty.HOLD, 2, "needs consent: no block holds the rest"),
        (WhenEmpty.NEGATIVE, 2, "covered, balance below zero"),
    ):
        assert allocate(lots, {}, [ask("a", "03-05", hours)], when_empty=when_empty).allocations[0].why == why


def test_draws_tell_the_balance_around_them():
    draw = allocate([TEN_HOURS], {1: 2 * HOUR}, [ask("a", "03-05", 3)]).allocations[0].draws[0]
    assert (draw.before, draw.after) == (8 * HOUR, 5 * HOUR)


def test_balances_carry_a_debt_to_the_next_block():
    lots = [lot(1, "01-01", "03-31", 10), lot(2, "04-01", None, 2), lot(3, "05-01", None, 10)]
    assert balances(lots, {1: 13 * HOUR}) == {1: 0, 2: 0, 3: 9 * HOUR}
    assert balances(lots[:1], {1: 13 * HOUR}) == {1: -3 * HOUR}


days = st.dates(date(2026, 1, 1), date(2026, 6, 30))
lots_of = st.lists(
    st.tuples(days, st.none() | st.integers(0, 90), st.integers(0, 900)), min_size=0, max_size=4
).map(
    lambda rows: [
        Lot(
            number, start, start.fromordinal(start.toordinal() + length) if length is not None else None, size
        )
        for number, (start, length, size) in enumerate(rows)
    ]
)
requests_of = st.lists(st.tuples(days, st.integers(0, 400)), max_size=6).map(
    lambda rows: [
        Request(number, (worked, number), worked, size) for number, (worked, size) in enumerate(rows)
    ]
)


@settings(max_examples=200, deadline=None)
@given(lots_of, requests_of, st.sampled_from(LotOrder), st.sampled_from(WhenEmpty), st.randoms())
def test_every_order_of_typing_gives_the_same_ledger(lots, requests, order, when_empty, random):
    expected = allocate(lots, {}, requests, order, when_empty)
    random.shuffle(requests)
    random.shuffle(lots)
    assert allocate(lots, {}, requests, order, when_empty) == expected


@settings(max_examples=200, deadline=None)
@given(lots_of, requests_of, st.sampled_from(LotOrder), st.sampled_from(WhenEmpty))
def test_no_minute_is_lost_or_drawn_twice(lots, requests, order, when_empty):
    ledger = allocate(lots, {}, requests, order, when_empty)
    drawn = dict.fromkeys((one.key for one in lots), 0)
    for one in ledger.allocations:
        assert one.covered + one.overage + one.pending == one.weighted
        for draw in one.draws:
            drawn[draw.lot] += draw.hundredths
    assert ledger.balances == {one.key: one.size - drawn[one.key] for one in lots}
    if when_empty is not WhenEmpty.NEGATIVE:
        by_key = {one.key: one for one in lots}
        worked = {request.key: request.worked_on for request in requests}
        assert all(left >= 0 for left in ledger.balances.values())
        assert all(by_key[d.lot].covers(worked[one.key]) for one in ledger.allocations for d in one.draws)


def test_lot_order_does_not_depend_on_the_order_given():
    lots = [YEAR_OF_5, JUNE_OF_5, lot(3, "02-01", None, 1), lot(4, "02-01", "06-30", 1)]
    for given_order in permutations(lots):
        assert [one.key for one in order_lots(given_order, LotOrder.EXPIRY)] == [2, 4, 1, 3]
        assert [one.key for one in order_lots(given_order, LotOrder.START)] == [1, 2, 3, 4]


def test_low_balance_is_reached_at_equality():
    """D9.62: a lot of 600 minutes alerts at exactly 120 left, not at 121."""
    assert [reached_threshold(left * 100, 600 * 100, (20, 5)) for left in (121, 120, 31, 30, 0, -5)] == [
        0, 20, 20, 5, 5, 5,
    ]  # fmt: skip
