"""What an entry becomes: pieces, cover and amounts (Rules D9.8, D9.11, D9.17 to D9.19, D9.27 to D9.30, D9.57, D9.61)."""

from datetime import date
from decimal import Decimal

import pytest

from odoo.addons.psa_contracts.logic.block_ledger import WhenEmpty
from odoo.addons.psa_timesheet_billing.logic.rates import Asked, Level, Rate, RateTable, WorkType
from odoo.addons.psa_timesheet_billing.logic.rating import (
    NEEDS_CONSENT,
    NO_RATE,
    Cover,
    Drawn,
    Terms,
    not_billable,
    pieces,
    weighted_hundredths,
    written_off,
)
from odoo.addons.psa_timesheet_billing.logic.rounding import Earlier, Policy, Scope, Worked, minutes_to_bill

DAY = date(2026, 3, 10)
ROLE = 1
ONE_AND_A_HALF = WorkType(10, "Emergency", multiplier=Decimal("1.5"), currency="EUR")


def money(amount):
    return Decimal(amount)


def terms(hourly=None, **values):
    rows = () if hourly is None else (Rate(1, Level.COMPANY, money(hourly), "EUR", role=ROLE),)
    overage_rate = values.pop("overage_rate", None)
    return Terms(RateTable("EUR", rows, overage_rate=overage_rate and money(overage_rate)), **values)


def one(minutes, asked, its_terms, drawn=(), policy=Policy(), **worked):  # noqa: B008
    (quantity,) = minutes_to_bill([Worked("entry", minutes, **worked)], policy)
    return pieces(minutes, quantity, asked, its_terms, drawn)


@pytest.mark.parametrize(
    ("minutes", "hourly", "amount"),
    [
        pytest.param(50, "100", "83.33", id="the promise: 50 min at 100 is 83.33"),
        pytest.param(75, "95", "118.75", id="75 min at 95"),
        pytest.param(60, "95", "95.00", id="an hour"),
    ],
)
def test_time_and_material_is_minutes_times_rate_rounded_once(minutes, hourly, amount):
    (piece,) = one(minutes, Asked(DAY, ROLE), terms(hourly))
    assert (piece.cover, piece.amount) == (Cover.BILLABLE, money(amount))
    assert (piece.minutes_worked, piece.minutes_billed) == (minutes, minutes)


def test_three_items_of_50_minutes_are_249_99():
    """Rule D9.18."""
    assert 3 * one(50, Asked(DAY, ROLE), terms("100"))[0].amount == money("249.99")


def test_ten_hours_at_an_unrounded_rate():
    """Rule D9.17: 1,310.25, not 1,310.30."""
    (piece,) = one(600, Asked(DAY, ROLE, ONE_AND_A_HALF), terms("87.35"))
    assert piece.amount == money("1310.25")


def test_approved_minutes_are_priced_as_they_are():
    """Rule D9.11: 50 min would bill 60; adjusted to 40 at 90 is 60.00."""
    asked = Asked(DAY, ROLE, approved_rate=money("90"))
    (piece,) = one(50, asked, terms(), policy=Policy(increment=60), approved=40)
    assert piece.amount == money("60.00")
    assert (piece.minutes_worked, piece.minutes_billed) == (50, 40)


def test_a_rounded_ticket_is_spread_over_different_rates():
    """Rule D9.8: 95.00 + 133.00 + 10.00."""
    entries = [Worked("a", 45), Worked("b", 45), Worked("c", 5)]
    rates = {"a": "100", "b": "140", "c": "100"}
    amounts = [
        pieces(entry.minutes, quantity, Asked(DAY, ROLE), terms(rates[entry.key]))[0].amount
        for entry, quantity in zip(entries, minutes_to_bill(entries, Policy(Scope.TICKET, 60)), strict=True)
    ]
    assert amounts == [money("95.00"), money("133.00"), money("10.00")]


def test_zero_set_by_the_approver_is_non_billable():
    (piece,) = one(265, Asked(DAY, ROLE), terms("100"), approved=0)
    assert (piece.cover, piece.amount, piece.minutes_worked) == (Cover.NON_BILLABLE, 0, 265)
    assert piece.steps[-1]["because"] == "set_to_zero"


def test_work_of_a_non_billable_type_keeps_its_minutes():
    (piece,) = not_billable("entry", 35, "work_type")
    assert (piece.cover, piece.minutes_worked, piece.minutes_billed, piece.drawn) == (
        Cover.NON_BILLABLE,
        35,
        0,
        0,
    )


def test_minutes_paid_for_by_an_earlier_rounding_are_no_charge():
    (quantity,) = minutes_to_bill([Worked("entry", 20)], Policy(Scope.TICKET, 60), Earlier(40, 60))
    (piece,) = pieces(20, quantity, Asked(DAY, ROLE), terms("100"))
    assert (piece.cover, piece.amount, piece.minutes_worked) == (Cover.NO_CHARGE, 0, 20)


def test_an_entry_is_split_exactly_at_the_end_of_a_block():
    """Rule D9.27: 75 weighted, 40 left: 26 2/3 min covered, 23 1/3 min at 120 = 46.67."""
    asked = Asked(DAY, ROLE, ONE_AND_A_HALF)
    covered, overage = one(
        50, asked, terms(has_blocks=True, overage_rate="120"), [Drawn(7, "C-2026-0007/B1", 4000)]
    )
    assert (covered.cover, covered.amount, covered.drawn, covered.block) == (Cover.COVERED, 0, 4000, 7)
    assert (overage.cover, overage.kind, overage.amount) == (Cover.OVERAGE, "overage", money("46.67"))
    assert (covered.minutes_worked, overage.minutes_worked) == (27, 23)
    assert (covered.minutes_billed, overage.minutes_billed) == (27, 23)


def test_weighted_overage_bills_the_weighted_minutes():
    """Rule D9.28: 35 weighted min at 120 = 70.00."""
    asked = Asked(DAY, ROLE, ONE_AND_A_HALF)
    its_terms = terms(has_blocks=True, overage_rate="120", overage_uses_multiplier=True)
    overage = one(50, asked, its_terms, [Drawn(7, "B1", 4000)])[1]
    assert (overage.minutes_billed, overage.minutes_worked, overage.amount) == (35, 23, money("70.00"))


@pytest.mark.parametrize(("weighted", "amount"), [(False, "90.00"), (True, "180.00")])
def test_an_hour_at_multiplier_2_past_the_block(weighted, amount):
    """Rule D9.28 (Autotask's example)."""
    asked = Asked(DAY, ROLE, WorkType(11, multiplier=money("2")))
    (piece,) = one(60, asked, terms(has_blocks=True, overage_rate="90", overage_uses_multiplier=weighted))
    assert (piece.cover, piece.amount) == (Cover.OVERAGE, money(amount))


def test_two_blocks_give_two_items():
    its_terms = terms(has_blocks=True, overage_rate="120")
    first, second = one(60, Asked(DAY, ROLE), its_terms, [Drawn(1, "B1", 2500), Drawn(2, "B2", 3500)])
    assert (first.minutes_worked, second.minutes_worked) == (25, 35)
    assert (first.part, second.part) == ("0", "1")


def test_overage_waits_for_consent_with_its_price():
    """Rule D9.30: hold."""
    (piece,) = one(
        180, Asked(DAY, ROLE), terms(has_blocks=True, overage_rate="110", when_empty=WhenEmpty.HOLD)
    )
    assert (piece.problem, piece.amount, piece.drawn) == (NEEDS_CONSENT, money("330.00"), 0)


def test_three_hours_over_are_billed_at_the_overage_rate():
    """Rule D9.30: 330.00."""
    (piece,) = one(180, Asked(DAY, ROLE), terms("90", has_blocks=True, overage_rate="110"))
    assert (piece.problem, piece.amount) == (None, money("330.00"))


def test_work_without_a_rate_is_a_problem_and_not_free():
    (piece,) = one(60, Asked(DAY, ROLE), terms())
    assert (piece.problem, piece.hourly, piece.cover) == (NO_RATE, None, Cover.BILLABLE)


def test_the_discount_is_inside_the_item():
    (piece,) = one(20, Asked(DAY, ROLE), terms("100", discount=money("10")))
    assert piece.amount == money("30.00")


def test_a_write_off_keeps_what_it_would_have_cost():
    """Rule D9.61: 60 min at 95 under a block: 95.00, and nothing drawn."""
    (quantity,) = minutes_to_bill([Worked("entry", 60)], Policy())
    (piece,) = written_off(60, quantity, Asked(DAY, ROLE), terms("95", has_blocks=True))
    assert (piece.amount, piece.drawn, piece.minutes_worked) == (money("95.00"), 0, 60)


def test_weighted_minutes_are_whole_hundredths():
    assert weighted_hundredths(Asked(DAY, ROLE, ONE_AND_A_HALF), 50) == 7500
    assert weighted_hundredths(Asked(DAY, ROLE, WorkType(1, multiplier=money("1.3333"))), 7) == 933
