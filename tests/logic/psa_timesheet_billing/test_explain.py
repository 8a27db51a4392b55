"""Every figure is explainable: what is stored with an item gives its amount again (replay.py, explain.py)."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.psa_contracts.logic.block_ledger import WhenEmpty
from odoo.addons.psa_timesheet_billing.logic import explain, replay
from odoo.addons.psa_timesheet_billing.logic.rates import Asked, Level, Rate, RateTable, WorkType
from odoo.addons.psa_timesheet_billing.logic.rating import Drawn, Terms, pieces, weighted_hundredths
from odoo.addons.psa_timesheet_billing.logic.rounding import Earlier, Policy, Scope, Worked, minutes_to_bill

DAY = date(2026, 3, 10)


def stored(piece):
    """As it comes back from the database."""
    return json.loads(json.dumps(explain.derivation(piece, DAY, {"ticket": "T000123"})))


def test_the_promise_is_told_in_words():
    (quantity,) = minutes_to_bill([Worked("entry", 50)], Policy())
    table = RateTable("USD", (Rate(1, Level.COMPANY, Decimal(100), "USD", role=1),))
    (piece,) = pieces(50, quantity, Asked(DAY, 1), Terms(table))
    derivation = stored(piece)
    assert [step["why"] for step in derivation["steps"]] == [
        "0:50 worked",
        "100.00 USD an hour, the standard rate of this role",
        "0:50 x 100.00/h = 83.33 USD",
    ]
    assert replay.reprice(derivation) == Decimal("83.33")


def test_a_long_way_is_told_step_by_step():
    """35 min, minimum 40, steps of 15, x 1.5, 40 weighted left, overage weighted at 120, 10 % off."""
    work_type = WorkType(10, minimum=40, multiplier=Decimal("1.5"))
    (quantity,) = minutes_to_bill([Worked("entry", 35, minimum=40)], Policy(increment=15))
    terms = Terms(
        RateTable("EUR", overage_rate=Decimal(120)),
        has_blocks=True,
        when_empty=WhenEmpty.HOLD,
        overage_uses_multiplier=True,
        discount=Decimal(10),
    )
    covered, overage = pieces(
        35, quantity, Asked(DAY, 1, work_type), terms, [Drawn(7, "C-2026-0007/B2", 4000)]
    )
    assert [step["why"] for step in stored(covered)["steps"]] == [
        "0:35 worked",
        "0:40: the least this work type bills",
        "0:40 rounded up to 0:45, steps of 0:15",
        "0:27 covered by C-2026-0007/B2, which loses 0:40 (x 1.5)",
    ]
    assert [step["why"] for step in stored(overage)["steps"]][3:] == [
        "0:18 past what the blocks had left",
        "0:28 after x 1.5",
        "120.00 EUR an hour, the contract's overage rate",
        "less 10 % discount of the contract",
        "0:28 x 120.00/h = 49.50 EUR",
        "the contract asks for the customer's consent first",
    ]


@pytest.mark.parametrize(
    ("policy", "earlier", "text"),
    [
        (
            Policy(Scope.TICKET, 60),
            Earlier(),
            "1:00: its share of the ticket, 0:45 rounded up in steps of 1:00",
        ),
        (
            Policy(Scope.TICKET, 60),
            Earlier(40, 60),
            "1:00: its share of the ticket, 1:25 rounded up in steps of 1:00, less 1:00 on earlier invoices",
        ),
        (Policy(Scope.DAY, 60), Earlier(), "1:00: its share of the day, 0:45 rounded up in steps of 1:00"),
        (Policy(increment=30, grace=20), Earlier(), "0:45 to 0:30: steps of 0:30, 0:20 past one are free"),
        (Policy(increment=45), Earlier(), "0:45 is a full step of 0:45"),
    ],
)
def test_rounding_is_told(policy, earlier, text):
    (quantity,) = minutes_to_bill([Worked("entry", 45)], policy, earlier)
    assert explain.sentences(quantity.steps)[1] == text


def test_sentences_can_be_told_in_another_language():
    words = {"%(time)s worked": "%(time)s gearbeitet"}
    (quantity,) = minutes_to_bill([Worked("entry", 50)], Policy())
    assert explain.sentences(quantity.steps, lambda text, **values: words[text] % values) == [
        "0:50 gearbeitet"
    ]


def test_a_bent_amount_is_found_out():
    (quantity,) = minutes_to_bill([Worked("entry", 50)], Policy())
    table = RateTable("USD", (Rate(1, Level.COMPANY, Decimal(100), "USD", role=1),))
    derivation = stored(pieces(50, quantity, Asked(DAY, 1), Terms(table))[0])
    derivation["amount"] = "84.00"
    assert replay.reprice(derivation) != Decimal(derivation["amount"])


decimals = st.decimals("0.01", "500", places=2, allow_nan=False)
multipliers = st.none() | st.decimals("0.25", "3", places=4, allow_nan=False)
work_types = st.none() | st.builds(
    WorkType,
    key=st.just(10),
    minimum=st.integers(0, 90),
    maximum=st.just(0) | st.integers(90, 300),
    multiplier=multipliers,
    surcharge=st.just(Decimal(0)) | decimals,
    rate=st.none() | decimals,
    currency=st.sampled_from(["EUR", "USD"]),
)
rows = st.lists(
    st.builds(
        Rate,
        key=st.integers(1, 99),
        level=st.sampled_from(Level),
        amount=decimals,
        currency=st.sampled_from(["EUR", "USD"]),
        role=st.just(1),
        work_type=st.sampled_from([None, 10]),
    ),
    max_size=5,
)


@st.composite
def rated(draw):
    work_type = draw(work_types)
    asked = Asked(DAY, 1, work_type, draw(st.none() | decimals), draw(multipliers), draw(multipliers))
    table = RateTable("EUR", draw(rows), {("USD", DAY): Decimal("0.8765")}, draw(st.none() | decimals))
    terms = Terms(
        table,
        has_blocks=draw(st.booleans()),
        when_empty=draw(st.sampled_from([WhenEmpty.BILL, WhenEmpty.HOLD])),
        overage_uses_multiplier=draw(st.booleans()),
        discount=draw(st.sampled_from([Decimal(0), Decimal("12.5")])),
        unit=draw(st.sampled_from([Decimal("0.01"), Decimal(1), Decimal("0.05"), Decimal("0.001")])),
    )
    policy = Policy(draw(st.sampled_from(Scope)), draw(st.integers(0, 60)), draw(st.integers(0, 15)))
    limits = {} if work_type is None else {"minimum": work_type.minimum, "maximum": work_type.maximum}
    entry = Worked(
        "mine", draw(st.integers(0, 600)), approved=draw(st.none() | st.integers(0, 600)), **limits
    )
    other = Worked("other", draw(st.integers(1, 200)))
    quantity = minutes_to_bill([entry, other], policy, draw(st.just(Earlier()) | st.just(Earlier(40, 60))))[0]
    demand = weighted_hundredths(asked, quantity.minutes) if terms.has_blocks else 0
    left = draw(st.integers(0, demand))
    drawn = [Drawn(7, "B1", left)] if left else []
    return entry, pieces(entry.minutes, quantity, asked, terms, drawn)


@given(rated())
def test_what_is_stored_gives_the_amount_again_and_keeps_every_minute(case):
    entry, found = case
    assert sum(piece.minutes_worked for piece in found) == entry.minutes
    for piece in found:
        derivation = stored(piece)
        assert replay.reprice(derivation) == piece.amount == Decimal(derivation["amount"])
        assert all(step["why"] and step["rule"] for step in derivation["steps"])
