"""What one entry becomes in the billing ledger: pieces with quantity, cover, price and the steps that gave them.

The pieces of an entry always carry all of its worked minutes between them, billed or not (Rules D9.17 to D9.19, D9.27
to D9.30, D9.57, D9.61). An amount is rounded once, half cents away from zero.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from odoo.addons.psa_contracts.logic.block_ledger import WhenEmpty
from odoo.addons.psa_contracts.logic.money import discounted, round_money

from .duration import MINUTES_AN_HOUR
from .rates import Asked, Price, RateTable, Step, overage_price, price, weight
from .rounding import Quantity, share

HUNDREDTHS = 100
NO_RATE = "no_rate"
NEEDS_CONSENT = "needs_consent"


class Cover(str, Enum):
    """Who pays for a piece: a block, nobody, or the customer at the overage rate or at the ordinary one."""

    COVERED = "covered"
    OVERAGE = "overage"
    BILLABLE = "billable"
    NON_BILLABLE = "non_billable"
    NO_CHARGE = "no_charge"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one block gave to an entry, in hundredths of a weighted minute, and its balance before and after."""

    block: int
    name: str
    hundredths: int
    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """A contract's terms of money. `discount` is per cent, `unit` the smallest coin of the currency.

    `has_blocks` tells overage from time and material: past a block the overage chain speaks (Rule D9.29).
    """

    table: RateTable
    has_blocks: bool = False
    when_empty: WhenEmpty = WhenEmpty.BILL
    overage_uses_multiplier: bool = False
    discount: Decimal = Decimal(0)
    unit: Decimal = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Piece:
    """One item to be: `minutes_worked` and `minutes_billed` whole, `hourly` exact or None where no rate was found.

    `problem` says why it may not be billed as it stands: "no_rate" or "needs_consent". `minutes_weighted` is what the
    weight of overage added to `minutes_billed` (Rule D9.28).
    """

    key: Hashable
    kind: str
    part: str
    cover: Cover
    minutes_worked: int
    minutes_billed: int
    hourly: Fraction | None
    amount: Decimal
    steps: tuple[Step, ...]
    block: int | None = None
    drawn: int = 0
    problem: str | None = None
    minutes_weighted: int = 0

    @property
    def minutes_quantity(self) -> int:
        """Its share of the entry's minutes to bill, before any weight: the shares of an entry add up to them."""
        return self.minutes_billed - self.minutes_weighted


@dataclass(frozen=True, slots=True)
class Settled:
    """What earlier pieces of the same entry hold for good: minutes worked and billed, hundredths given by blocks.

    `parts` is how many pieces of work there are, so that a new one gets a part of its own.
    """

    worked: int = 0
    billed: int = 0
    given: int = 0
    parts: int = 0


NOTHING_SETTLED = Settled()


def weighted_hundredths(asked: Asked, minutes: int) -> int:
    """What `minutes` to bill take from a block, in hundredths of a weighted minute, half up (Rule D9.27)."""
    factor, _of = weight(asked)
    return int(Fraction(factor) * minutes * HUNDREDTHS + Fraction(1, 2))


def not_billable(key: Hashable, worked: int, because: str) -> tuple[Piece, ...]:
    """The one piece of work nobody pays for, so that no minute worked gets lost (Rules D9.3 and D1.8)."""
    first: Step = {"do": "worked", "rule": "D9.1", "minutes": worked}
    steps = (first, _nothing("D9.3", because))
    return (Piece(key, "labour", "0", Cover.NON_BILLABLE, worked, 0, Fraction(0), Decimal(0), steps),)


def pieces(
    worked: int,
    quantity: Quantity,
    asked: Asked,
    terms: Terms,
    drawn: Sequence[Drawn] = (),
    settled: Settled = NOTHING_SETTLED,
) -> tuple[Piece, ...]:
    """The pieces of one billable entry: one for each block that gave something, one for what no block covers.

    `worked` minutes, `quantity` its minutes to bill, `drawn` what the blocks gave, in their order. What is `settled`
    gets no piece again; the new ones carry what is left.
    """
    if quantity.minutes == 0:
        return (_nothing_to_bill(worked, quantity),)
    factor, of = weight(asked)
    given = settled.given + sum(lot.hundredths for lot in drawn)
    rest = max(weighted_hundredths(asked, quantity.minutes) - given, 0)
    sizes = [lot.hundredths for lot in drawn] + ([rest] if rest else [])
    if not sizes:
        # A weight so small that nothing of it could be drawn; without blocks it still has a price.
        if terms.has_blocks:
            return (_free(worked, quantity, Cover.NO_CHARGE, _nothing("D9.27", "no_weight")),)
        sizes = [rest := 1]
    worked_shares = share(worked - settled.worked, sizes)
    billed_shares = share(quantity.minutes - settled.billed, sizes)
    result = [
        _covered(settled.parts + index, lot, quantity, worked_shares[index], billed_shares[index], factor, of)
        for index, lot in enumerate(drawn)
    ]
    if rest:
        uncovered = _Uncovered(
            quantity,
            worked_shares[-1],
            billed_shares[-1],
            Fraction(quantity.minutes) - _minutes(given, factor),
            given,
        )
        result.append(_rest(uncovered, asked, terms))
    return tuple(result)


def written_off(worked: int, quantity: Quantity, asked: Asked, terms: Terms) -> tuple[Piece, ...]:
    """What the entry would have cost without any cover; it bills 0 and draws nothing (Rule D9.61)."""
    if quantity.minutes == 0:
        return (_nothing_to_bill(worked, quantity),)
    whole = _Uncovered(quantity, worked, quantity.minutes, Fraction(quantity.minutes), 0)
    return (_priced(whole, price(asked, terms.table), terms, "labour", Cover.BILLABLE, []),)


@dataclass(frozen=True, slots=True)
class _Uncovered:
    """The part of an entry no block took: whole minutes, exact minutes, what the blocks gave before, what weight added."""

    quantity: Quantity
    worked: int
    billed: int
    exact: Fraction
    given: int
    weighted: int = 0


def _minutes(hundredths: int, factor: Decimal) -> Fraction:
    """Weighted hundredths back to minutes of work, exactly (Rule D9.27)."""
    return Fraction(hundredths, HUNDREDTHS) / Fraction(factor)


def _nothing_to_bill(worked: int, quantity: Quantity) -> Piece:
    """Zero set by an approver is non-billable; zero because the rounding was billed before is no charge (Rule D9.9)."""
    cover, last = Cover.NO_CHARGE, _nothing("D9.9", "billed_before")
    if any(step["do"] == "approved_minutes" for step in quantity.steps):
        cover, last = Cover.NON_BILLABLE, _nothing("D9.3", "set_to_zero")
    elif not worked:
        cover, last = Cover.NON_BILLABLE, _nothing("D9.3", "no_time")
    return _free(worked, quantity, cover, last)


def _free(worked: int, quantity: Quantity, cover: Cover, last: Step) -> Piece:
    steps = (*quantity.steps, last)
    return Piece(quantity.key, "labour", "0", cover, worked, 0, Fraction(0), Decimal(0), steps)


def _nothing(rule: str, because: str) -> Step:
    return {"do": "nothing", "rule": rule, "because": because}


def _covered(
    index: int, lot: Drawn, quantity: Quantity, worked: int, billed: int, factor: Decimal, of: dict[str, str]
) -> Piece:
    step: Step = {
        "do": "covered",
        "rule": "D9.27",
        "block": lot.name,
        "block_id": lot.block,
        "drawn": lot.hundredths,
        "before": lot.before,
        "after": lot.after,
        "weight": str(factor),
        "of": of,
    }
    return Piece(
        key=quantity.key,
        kind="labour",
        part=str(index),
        cover=Cover.COVERED,
        minutes_worked=worked,
        minutes_billed=billed,
        hourly=Fraction(0),
        amount=Decimal(0),
        steps=(*quantity.steps, step),
        block=lot.block,
        drawn=lot.hundredths,
    )


def _rest(rest: _Uncovered, asked: Asked, terms: Terms) -> Piece:
    if not terms.has_blocks:
        return _priced(rest, price(asked, terms.table), terms, "labour", Cover.BILLABLE, [])
    factor, of = weight(asked)
    steps: list[Step] = [{"do": "uncovered", "rule": "D9.27", "given": rest.given, "weight": str(factor)}]
    if terms.overage_uses_multiplier and factor != 1:
        steps.append({"do": "multiply_minutes", "rule": "D9.28", "by": str(factor), "of": of})
        exact = rest.exact * Fraction(factor)
        weighted = int(exact + Fraction(1, 2))
        rest = replace(rest, billed=weighted, exact=exact, weighted=weighted - rest.billed)
    piece = _priced(rest, overage_price(asked, terms.table), terms, "overage", Cover.OVERAGE, steps)
    if terms.when_empty is WhenEmpty.HOLD and piece.problem is None:
        return _held(piece)
    return piece


def _held(piece: Piece) -> Piece:
    step: Step = {"do": "hold", "rule": "D9.30", "because": NEEDS_CONSENT}
    return replace(piece, steps=(*piece.steps, step), problem=NEEDS_CONSENT)


def _priced(
    rest: _Uncovered, found: Price | None, terms: Terms, kind: str, cover: Cover, steps: list[Step]
) -> Piece:
    before = (*rest.quantity.steps, *steps)
    piece = Piece(
        key=rest.quantity.key,
        kind=kind,
        part="0",
        cover=cover,
        minutes_worked=rest.worked,
        minutes_billed=rest.billed,
        hourly=None,
        amount=Decimal(0),
        steps=before,
        minutes_weighted=rest.weighted,
    )
    if found is None:
        no_rate: Step = {"do": "no_rate", "rule": "D9.15", "because": NO_RATE}
        return replace(piece, steps=(*before, no_rate), problem=NO_RATE)
    money = discounted(rest.exact * found.hourly / MINUTES_AN_HOUR, terms.discount)
    after: list[Step] = list(found.steps)
    if terms.discount:
        after.append({"do": "discount", "rule": "D9.57", "percent": str(terms.discount)})
    after.append({"do": "money", "rule": "D9.18", "unit": str(terms.unit), "currency": terms.table.currency})
    amount = round_money(money, terms.unit)
    return replace(piece, hourly=found.hourly, amount=amount, steps=(*before, *after))
