"""All open labour of a contract at once: labour.py (Rules D9.7, D9.9, D9.22 to D9.26, D9.30, D9.59, D9.61)."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.psa_contracts.logic.block_ledger import Lot, LotOrder, WhenEmpty
from odoo.addons.psa_timesheet_billing.logic.explain import derivation
from odoo.addons.psa_timesheet_billing.logic.labour import Blocks, Entry, Rest, collect, reserved
from odoo.addons.psa_timesheet_billing.logic.rates import Asked, Level, Rate, RateTable, WorkType
from odoo.addons.psa_timesheet_billing.logic.rating import Cover, Settled, Terms
from odoo.addons.psa_timesheet_billing.logic.replay import reprice
from odoo.addons.psa_timesheet_billing.logic.rounding import Policy, Quantity, Scope

JUNIOR, SENIOR = 1, 2
ROWS = (
    Rate(1, Level.COMPANY, Decimal(100), "EUR", role=JUNIOR),
    Rate(2, Level.COMPANY, Decimal(140), "EUR", role=SENIOR),
)
HOUR = 6_000  # hundredths
INTERNAL = WorkType(20, "Internal", billable=False)
TERMS = Terms(RateTable("EUR", ROWS))


def march(day):
    return date(2026, 3, day)


def entry(key, day, minutes, role=JUNIOR, work_type=None, at=None, **values):
    start = at and datetime.combine(day, datetime.strptime(at, "%H:%M").time())
    return Entry(key, minutes, Asked(day, role, work_type), start=start, **values)


def lots(*sizes, start=date(2026, 1, 1), end=None):
    found = [Lot(number, start, end, hours * HOUR) for number, hours in enumerate(sizes, start=1)]
    return Blocks(found, names={lot.key: f"B{lot.key}" for lot in found})


def figures(found):
    return {(piece.key, piece.cover.value): piece.amount for piece in found}


def test_the_block_goes_to_the_canonical_first_however_typed():
    """Rule D9.24: both start at 09:00, one hour left, employee A before B."""
    a = entry(2, march(10), 60, JUNIOR, at="09:00", employee="A")
    b = entry(1, march(10), 60, SENIOR, at="09:00", employee="B")
    expected = {(2, "covered"): 0, (1, "overage"): Decimal("140.00")}
    assert figures(collect([a, b], Policy(), TERMS, lots(1))) == expected
    assert figures(collect([b, a], Policy(), TERMS, lots(1))) == expected


def test_typed_hours_come_before_the_clock():
    with_time = entry(1, march(10), 60, at="00:30", employee="A")
    without = entry(2, march(10), 60, employee="B")
    assert figures(collect([with_time, without], Policy(), TERMS, lots(1)))[2, "covered"] == 0


@pytest.mark.parametrize(
    ("order", "first", "second"),
    [
        pytest.param(LotOrder.EXPIRY, (2, 5), (1, 1), id="ours: Q 5 + P 1"),
        pytest.param(LotOrder.START, (1, 5), (2, 1), id="AT: P 5 + Q 1"),
    ],
)
def test_order_of_blocks(order, first, second):
    """Rule D9.25."""
    p = Lot(1, date(2026, 1, 1), date(2026, 12, 31), 5 * HOUR)
    q = Lot(2, date(2026, 2, 1), date(2026, 6, 30), 5 * HOUR)
    blocks = Blocks([p, q], names={1: "P", 2: "Q"}, order=order)
    found = collect([entry(1, march(10), 360)], Policy(), TERMS, blocks)
    assert [(piece.block, piece.drawn // HOUR) for piece in found] == [first, second]


def test_only_the_worked_date_decides_whether_a_block_covers():
    """Rules D9.21, D9.22 and D9.59: the last day is included, and a late entry of an earlier month still draws."""
    blocks = lots(10, end=march(31))
    found = figures(
        collect([entry(1, march(31), 60), entry(2, date(2026, 4, 1), 60)], Policy(), TERMS, blocks)
    )
    assert found == {(1, "covered"): 0, (2, "overage"): Decimal("100.00")}


def test_a_late_entry_before_the_invoice_moves_the_cover():
    """Rule D9.26: C 1 h + A 1 h covered, A 1 h + B 1 h overage."""
    a, b, c = entry(1, march(10), 120), entry(2, march(20), 60), entry(3, march(5), 60)
    found = collect([a, b, c], Policy(), TERMS, lots(2))
    assert figures(found) == {
        (3, "covered"): 0,
        (1, "covered"): 0,
        (1, "overage"): Decimal("100.00"),
        (2, "overage"): Decimal("100.00"),
    }


def test_a_late_entry_after_the_invoice_is_overage_itself():
    """Rule D9.26: the draws of invoiced entries stay; the total is the same."""
    blocks = replace(lots(2), frozen={1: 2 * HOUR})
    assert figures(collect([entry(3, march(5), 60)], Policy(), TERMS, blocks)) == {
        (3, "overage"): Decimal("100.00")
    }


@pytest.mark.parametrize(
    ("when_empty", "cover", "amount", "drawn", "problem"),
    [
        (WhenEmpty.BILL, Cover.OVERAGE, "330.00", 0, None),
        (WhenEmpty.HOLD, Cover.OVERAGE, "330.00", 0, "needs_consent"),
        (WhenEmpty.NEGATIVE, Cover.COVERED, "0", 3 * HOUR, None),
    ],
)
def test_three_hours_over(when_empty, cover, amount, drawn, problem):
    """Rule D9.30; the held item keeps the amount it will have, and is billed only when it is released."""
    terms = Terms(RateTable("EUR", ROWS, overage_rate=Decimal(110)), when_empty=when_empty)
    (piece,) = collect([entry(1, march(10), 180)], Policy(), terms, replace(lots(1), frozen={1: HOUR}))
    assert (piece.cover, piece.amount, piece.drawn, piece.problem) == (cover, Decimal(amount), drawn, problem)


def test_a_balance_below_zero_is_one_piece():
    terms = replace(TERMS, when_empty=WhenEmpty.NEGATIVE)
    (piece,) = collect([entry(1, march(10), 120)], Policy(), terms, lots(1))
    assert (piece.cover, piece.drawn) == (Cover.COVERED, 2 * HOUR)
    assert (piece.steps[-1]["before"], piece.steps[-1]["after"]) == (HOUR, -HOUR)


def test_zero_and_internal_work_draw_nothing():
    """Rules D9.3 and D1.8: the block stays, no minute is lost."""
    entries = [entry(2, march(10), 60, approved_minutes=0), entry(3, march(10), 60, work_type=INTERNAL)]
    found = collect(entries, Policy(), TERMS, lots(5))
    assert [(piece.drawn, piece.minutes_worked) for piece in found] == [(0, 60), (0, 60)]


def test_drafts_reserve_what_approval_would_draw():
    """Rule D9.23: 2 h left and drawn by approved work of 5 March; the 2 h draft of 3 March makes -2 free."""
    blocks = replace(lots(2), frozen={1: 2 * HOUR})
    draft = entry(1, march(3), 120)
    assert reserved([draft], Policy(), blocks, {}) == {1: 2 * HOUR}
    assert reserved([entry(2, march(3), 60, work_type=INTERNAL)], Policy(), blocks, {}) == {}


def test_drafts_reserve_block_after_block():
    later = Blocks(
        [
            Lot(1, march(1), march(31), HOUR),
            Lot(2, march(1), None, HOUR),
            Lot(3, date(2026, 4, 1), None, HOUR),
        ],
        names={1: "B1", 2: "B2", 3: "B3"},
    )
    assert reserved([entry(1, march(3), 180)], Policy(), later, {}) == {1: HOUR, 2: 2 * HOUR}


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        pytest.param(Scope.TICKET, [30, 30, 60], id="ticket: T1 20 + 20 -> 60, T2 20 -> 60"),
        pytest.param(Scope.DAY, [60, 30, 30], id="day: A 20 -> 60, B 20 + 20 -> 60"),
        pytest.param(Scope.ENTRY, [60, 60, 60], id="entry"),
    ],
)
def test_what_is_rounded_together(scope, expected):
    """Rule D9.7."""
    entries = [
        entry(1, march(10), 20, employee="A", ticket="T1"),
        entry(2, march(10), 20, employee="B", ticket="T1"),
        entry(3, march(10), 20, employee="B", ticket="T2"),
    ]
    found = collect(entries, Policy(scope, 60), TERMS)
    assert [piece.minutes_billed for piece in found] == expected


def test_adjusted_and_internal_work_stays_outside_the_sum_of_a_ticket():
    entries = [
        entry(1, march(10), 20, ticket="T1"),
        entry(2, march(10), 50, ticket="T1", approved_minutes=40),
        entry(3, march(10), 50, ticket="T1", work_type=INTERNAL),
        entry(4, march(11), 20, ticket="T1"),
    ]
    found = {piece.key: piece.minutes_billed for piece in collect(entries, Policy(Scope.TICKET, 60), TERMS)}
    assert found == {1: 30, 2: 40, 3: 0, 4: 30}


def test_march_pays_only_what_february_did_not():
    """Rule D9.9: February 40 -> 60 billed; March + 25 bills 60 more, March + 20 nothing."""
    february = (entry(1, date(2026, 2, 10), 40, ticket="T1"), 60)
    policy = Policy(Scope.TICKET, 60)
    assert (
        collect([entry(2, march(3), 25, ticket="T1")], policy, TERMS, billed=[february])[0].minutes_billed
        == 60
    )
    (piece,) = collect([entry(2, march(3), 20, ticket="T1")], policy, TERMS, billed=[february])
    assert (piece.cover, piece.minutes_billed, piece.amount) == (Cover.NO_CHARGE, 0, 0)
    assert (
        collect([entry(2, march(3), 20, ticket="T2")], policy, TERMS, billed=[february])[0].minutes_billed
        == 60
    )


def test_work_that_february_did_not_sum_is_not_taken_off_in_march():
    billed = [
        (entry(1, date(2026, 2, 10), 40, ticket="T1", approved_minutes=40), 40),
        (entry(2, date(2026, 2, 10), 40, ticket="T1", work_type=INTERNAL), 0),
        (entry(3, date(2026, 2, 10), 40, ticket="T1", is_written_off=True), 60),
    ]
    (piece,) = collect([entry(4, march(3), 20, ticket="T1")], Policy(Scope.TICKET, 60), TERMS, billed=billed)
    assert piece.minutes_billed == 60


some_entries = st.lists(
    st.builds(
        Entry,
        key=st.integers(1, 10_000),
        minutes=st.integers(0, 300),
        asked=st.builds(
            Asked,
            worked_date=st.dates(date(2026, 2, 25), date(2026, 4, 5)),
            role=st.sampled_from([JUNIOR, SENIOR]),
            work_type=st.sampled_from(
                [None, INTERNAL, WorkType(21, "Night", multiplier=Decimal("1.5"), minimum=30)]
            ),
        ),
        employee=st.sampled_from("AB"),
        ticket=st.sampled_from(["", "T1", "T2"]),
        approved_minutes=st.none() | st.integers(0, 100),
    ),
    max_size=7,
    unique_by=lambda found: found.key,
)
some_blocks = st.lists(
    st.tuples(
        st.dates(date(2026, 2, 1), date(2026, 3, 20)), st.none() | st.just(march(25)), st.integers(1, 9_000)
    ),
    max_size=3,
).map(
    lambda rows: Blocks(
        [Lot(key, *row) for key, row in enumerate(rows)], names={key: f"B{key}" for key in range(len(rows))}
    )
)


@given(some_entries, some_blocks, st.sampled_from(Scope), st.sampled_from(WhenEmpty), st.randoms())
def test_no_minute_is_lost_and_order_of_typing_never_matters(entries, blocks, scope, when_empty, random):
    terms = replace(TERMS, when_empty=when_empty)
    found = collect(entries, Policy(scope, 15, 3), terms, blocks)
    worked = {one.key: one.minutes for one in entries}
    for one in entries:
        assert sum(piece.minutes_worked for piece in found if piece.key == one.key) == worked[one.key]
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert collect(shuffled, Policy(scope, 15, 3), terms, blocks) == found
    if when_empty is not WhenEmpty.NEGATIVE:
        assert all(
            sum(piece.drawn for piece in found if piece.block == lot.key) <= lot.size for lot in blocks.lots
        )


def waiting(key, day, minutes, given, **values):
    """An entry of which `given` minutes are covered and invoiced; the rest asks again."""
    quantity = Quantity(key, minutes, ({"do": "worked", "rule": "D9.1", "minutes": minutes},))
    return entry(key, day, minutes, rest=Rest(quantity, Settled(given, given, given * 100, 1)), **values)


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        pytest.param(
            lots(1, end=march(1)), [("overage", "0", 90, "150.00")], id="nothing came: all of it waits"
        ),
        pytest.param(
            lots(1),
            [("labour", "1", 60, "0"), ("overage", "0", 30, "50.00")],
            id="an hour came: half an hour waits",
        ),
        pytest.param(lots(5), [("labour", "1", 90, "0")], id="enough came"),
    ],
)
def test_a_rest_is_rated_beside_what_is_settled(blocks, expected):
    """150 minutes, 60 of them invoiced as covered: a new piece never takes the part of an invoiced one."""
    found = collect([waiting(1, march(10), 150, 60)], Policy(increment=60), TERMS, blocks)
    told = [(piece.kind, piece.part, piece.minutes_worked, str(piece.amount)) for piece in found]
    assert told == expected
    for piece in found:
        assert reprice(derivation(piece, march(10))) == piece.amount


def test_a_rest_and_new_work_share_a_block_in_the_order_of_the_work():
    """Rule D9.24."""
    rest = waiting(1, march(10), 120, 60)
    earlier, later = entry(2, march(5), 60), entry(3, march(12), 60)
    found = figures(collect([rest, later], Policy(), TERMS, lots(1)))
    assert found == {(1, "covered"): 0, (3, "overage"): Decimal("100.00")}
    found = figures(collect([rest, earlier], Policy(), TERMS, lots(1)))
    assert found == {(2, "covered"): 0, (1, "overage"): Decimal("100.00")}


def test_work_of_next_to_no_weight_is_neither_lost_nor_a_crash():
    feather = WorkType(30, "Feather", multiplier=Decimal("0.0001"))
    [covered] = collect([entry(1, march(10), 10, work_type=feather)], Policy(), TERMS, lots(1))
    assert (covered.cover, covered.minutes_worked, covered.amount) == (Cover.NO_CHARGE, 10, 0)
    [billed] = collect([entry(1, march(10), 10, work_type=feather)], Policy(), TERMS)
    assert (billed.cover, billed.minutes_worked) == (Cover.BILLABLE, 10)


def test_rounding_comes_before_the_weight():
    """Rule D9.2: 35 -> 45 -> 67.5 weighted minutes, not 52.5 -> 60."""
    emergency = WorkType(31, "Emergency", multiplier=Decimal("1.5"))
    [piece] = collect([entry(1, march(10), 35, work_type=emergency)], Policy(increment=15), TERMS, lots(5))
    assert (piece.minutes_billed, piece.drawn) == (45, 6_750)
