"""Rules D9.2 to D9.11: from minutes worked to minutes to bill."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.psa_timesheet_billing.logic import rounding
from odoo.addons.psa_timesheet_billing.logic.rounding import Earlier, Policy, Scope, Worked, minutes_to_bill


def billed(entries, policy, earlier=rounding.NOTHING_EARLIER):
    numbered = [
        Worked(index, *entry) if isinstance(entry, tuple) else entry for index, entry in enumerate(entries)
    ]
    return [quantity.minutes for quantity in minutes_to_bill(numbered, policy, earlier)]


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, 0), (1, 30), (8, 30), (40, 30), (41, 60), (70, 60), (71, 90), (30, 30), (60, 60)],
)
def test_grace_never_waives_the_first_step_and_includes_its_last_minute(minutes, expected):
    """Rule D9.4, increment 30 and grace 10."""
    assert rounding.round_up(minutes, 30, 10) == expected


@pytest.mark.parametrize(
    ("entry", "policy", "expected"),
    [
        pytest.param((35,), Policy(increment=15), 45, id="rounding before the multiplier: 35 -> 45 (rule 2)"),
        pytest.param((5, 60), Policy(increment=15), 60, id="minimum first: 5 -> 60 (rule 2)"),
        pytest.param((65, 60), Policy(increment=15), 75, id="minimum first: 65 -> 75 (rule 2)"),
        pytest.param((470, 0, 450), Policy(increment=15), 450, id="maximum wins over rounding (rule 5)"),
        pytest.param((0, 60), Policy(increment=15), 0, id="zero takes no minimum (rule 3)"),
        pytest.param((5,), Policy(increment=15), 15, id="10:00 to 10:05 at 15 is 15"),
        pytest.param((265, 60, 0, 0), Policy(increment=15), 0, id="zero of the approver stays zero (rule 3)"),
        pytest.param((50, 60, 0, 40), Policy(increment=60), 40, id="the approver's 40 is final (rule 11)"),
        pytest.param((35,), Policy(), 35, id="no rounding by default (rule 63)"),
    ],
)
def test_one_entry(entry, policy, expected):
    assert billed([entry], policy) == [expected]


@pytest.mark.parametrize(
    ("entries", "policy", "expected"),
    [
        pytest.param(
            [(10,), (20, 60)], Policy(Scope.TICKET, 30), 90, id="own minima first: 10 + 60 -> 90 (rule 6)"
        ),
        pytest.param([(45,), (45,), (5,)], Policy(Scope.TICKET, 60), 120, id="per ticket 120 (rule 7)"),
        pytest.param([(45,), (45,), (5,)], Policy(Scope.ENTRY, 60), 180, id="per entry 180 (rule 7)"),
        pytest.param([(20,), (20,)], Policy(Scope.DAY, 30), 60, id="one technician's day: 40 -> 60 (rule 7)"),
    ],
)
def test_sum_of_a_scope(entries, policy, expected):
    assert sum(billed(entries, policy)) == expected


def test_two_technicians_have_two_days():
    """Rule D9.7: the caller makes one scope for each person and day; 20 min each at 30 are 30 + 30."""
    assert billed([(20,)], Policy(Scope.DAY, 30)) == [30]


def test_a_rounded_sum_is_spread_by_largest_remainder():
    """Rule D9.8: 56.84, 56.84, 6.32 become 57, 57, 6."""
    assert billed([(45,), (45,), (5,)], Policy(Scope.TICKET, 60)) == [57, 57, 6]


def test_ties_go_to_the_earlier():
    assert rounding.share(3, [1, 1]) == (2, 1)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(20, 0, id="20 more are paid for already"),
        pytest.param(25, 60, id="25 more start a new hour"),
    ],
)
def test_a_scope_that_crosses_invoices_bills_the_difference(now, expected):
    """Rule D9.9: increment 60, 40 min were billed as 60 in February."""
    assert billed([(now,)], Policy(Scope.TICKET, 60), Earlier(minutes=40, billed=60)) == [expected]


def test_the_difference_is_never_negative():
    assert billed([(5,)], Policy(Scope.TICKET, 15), Earlier(minutes=10, billed=90)) == [0]


def test_work_outside_the_sum_keeps_out_of_it():
    """Rule D9.7: zero and adjusted entries are not in the sum."""
    entries = [
        Worked("a", 20),
        Worked("adjusted", 50, approved=40),
        Worked("set to zero", 50, approved=0),
        Worked("empty", 0),
        Worked("b", 20),
    ]
    assert billed(entries, Policy(Scope.TICKET, 60)) == [30, 40, 0, 0, 30]


def test_a_maximum_cuts_its_own_entry_only():
    """Rule D9.6: maxima are per entry, so what one loses is not given to another."""
    assert billed([(60, 0, 30), (60,)], Policy(Scope.TICKET, 60)) == [30, 60]


def test_sharing_something_among_nothing_is_refused():
    with pytest.raises(ValueError, match="share"):
        rounding.share(5, [0, 0])


entries_of_a_scope = st.lists(
    st.builds(Worked, key=st.uuids(), minutes=st.integers(0, 700), minimum=st.integers(0, 120)), max_size=8
)
policies = st.builds(
    Policy, st.sampled_from([Scope.TICKET, Scope.DAY]), st.integers(0, 60), st.integers(0, 20)
)


@given(st.integers(0, 10_000), st.lists(st.integers(1, 1_000), min_size=1, max_size=9))
def test_spreading_conserves_minutes_and_stays_within_one_of_the_exact_share(total, weights):
    shares = rounding.share(total, weights)
    assert sum(shares) == total
    assert all(
        abs(part * sum(weights) - total * weight) < sum(weights)
        for part, weight in zip(shares, weights, strict=True)
    )


@given(entries_of_a_scope, policies)
def test_a_scope_bills_exactly_its_rounded_sum(entries, policy):
    before = [rounding.own_minimum(entry.minutes, entry.minimum) for entry in entries]
    expected = rounding.round_up(sum(before), policy.increment, policy.grace)
    assert sum(quantity.minutes for quantity in minutes_to_bill(entries, policy)) == expected


@given(entries_of_a_scope.filter(lambda entries: sum(e.minutes for e in entries) > 0), policies, st.data())
def test_two_invoices_bill_what_one_would_have(entries, policy, data):
    """Rule D9.9: the difference makes up for the cut, unless the first invoice's rounding already paid for it all."""
    cut = data.draw(st.integers(0, len(entries)))
    first = sum(quantity.minutes for quantity in minutes_to_bill(entries[:cut], policy))
    earlier = Earlier(sum(rounding.own_minimum(e.minutes, e.minimum) for e in entries[:cut]), first)
    second = sum(quantity.minutes for quantity in minutes_to_bill(entries[cut:], policy, earlier))
    together = sum(quantity.minutes for quantity in minutes_to_bill(entries, policy))
    if any(e.minutes for e in entries[cut:]):
        assert first + second == max(first, together)
