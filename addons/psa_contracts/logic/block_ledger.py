"""Which block covers which work, the same for every order of typing.

Amounts of time are *weighted hundredths of a minute*: 50 minutes at multiplier 1.5 are 7,500. They are integers,
so balances are exact. Draws that are already on an invoice are frozen and only reduce what the lots hold; all
other work is handed in together and allocated again (Rules D9.22 to D9.27 and D9.30).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any


class LotOrder(Enum):
    """Which lot is drawn first when several may cover the work (Rule D9.25)."""

    EXPIRY = "expiry"
    START = "start"


class WhenEmpty(Enum):
    """What becomes of work that no lot holds (Rule D9.30)."""

    BILL = "bill"
    NEGATIVE = "negative"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Lot:
    """Prepaid time. `end` is its last day, included; None never expires (Rule D9.21)."""

    key: int
    start: date
    end: date | None
    size: int

    def covers(self, day: date) -> bool:
        """Only the day worked decides, never the day of typing or approval (Rule D9.22)."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Request:
    """Work that asks for cover.

    `sort_key` is the canonical order of Rule D9.24 (day, entries without time first, start, end, employee code,
    ticket number, role, work type, own number); it must be comparable and different for every request.
    """

    key: Any
    sort_key: tuple[Any, ...]
    worked_on: date
    weighted: int


@dataclass(frozen=True, slots=True)
class Draw:
    """What one request takes from one lot, and the balance of that lot around it."""

    lot: int
    hundredths: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """The cover of one request: drawn + overage + pending is what it asked for."""

    key: Any
    weighted: int
    draws: tuple[Draw, ...]
    overage: int
    pending: int
    why: str

    @property
    def covered(self) -> int:
        """Weighted hundredths that lots pay for."""
        return sum(draw.hundredths for draw in self.draws)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All allocations in canonical order, and what each lot holds afterwards."""

    allocations: tuple[Allocation, ...]
    balances: Mapping[int, int]


def order_lots(lots: Iterable[Lot], order: LotOrder) -> list[Lot]:
    """Expiry, start, number with no expiry last; or start, number (Rule D9.25)."""
    if order is LotOrder.START:
        return sorted(lots, key=lambda lot: (lot.start, lot.key))
    return sorted(lots, key=lambda lot: (lot.end or date.max, lot.start, lot.key))


def balances(lots: Iterable[Lot], drawn: Mapping[int, int]) -> dict[int, int]:
    """What each lot holds after `drawn`; what one lot owes is taken from the next ones (Rule D9.30).

    Two lots of 10 h, 13 h drawn from the first: the second opens at 7 h. The last lot keeps the debt.
    """
    by_start = order_lots(lots, LotOrder.START)
    left = {lot.key: lot.size - drawn.get(lot.key, 0) for lot in by_start}
    for place, lot in enumerate(by_start):
        for later in by_start[place + 1 :]:
            paid = min(-left[lot.key], left[later.key])
            if paid > 0:
                left[lot.key] += paid
                left[later.key] -= paid
    return left


def allocate(
    lots: Iterable[Lot],
    frozen: Mapping[int, int],
    requests: Iterable[Request],
    order: LotOrder = LotOrder.EXPIRY,
    when_empty: WhenEmpty = WhenEmpty.BILL,
) -> Ledger:
    """Cover `requests` from `lots` less the `frozen` draws (hundredths by lot key).

    Raises ValueError when two requests share a sort key: their order would depend on typing.
    """
    ordered = order_lots(lots, order)
    waiting = sorted(requests, key=lambda request: request.sort_key)
    for one, other in zip(waiting, waiting[1:], strict=False):
        if one.sort_key == other.sort_key:
            raise ValueError(f"requests {one.key!r} and {other.key!r} have the same place in the order")
    left = balances(ordered, frozen)
    return Ledger(tuple(_cover(request, ordered, left, when_empty) for request in waiting), left)


def _cover(request: Request, lots: list[Lot], left: dict[int, int], when_empty: WhenEmpty) -> Allocation:
    rest = request.weighted
    draws = []
    for lot in _lots_for(request, lots, when_empty):
        if taken := min(rest, max(left[lot.key], 0)):
            draws.append(_draw(lot, taken, left))
            rest -= taken
    if rest and lots and when_empty is WhenEmpty.NEGATIVE:
        draws.append(_draw(_debtor(request, lots), rest, left))
        rest = 0
    pending = rest if when_empty is WhenEmpty.HOLD else 0
    overage = rest - pending
    return Allocation(
        request.key, request.weighted, tuple(draws), overage, pending, _why(draws, overage, pending)
    )


def _lots_for(request: Request, lots: list[Lot], when_empty: WhenEmpty) -> list[Lot]:
    """Those valid on the day worked; where balances may go below zero, the next lots pay after them."""
    valid = [lot for lot in lots if lot.covers(request.worked_on)]
    if when_empty is WhenEmpty.NEGATIVE:
        valid += [lot for lot in order_lots(lots, LotOrder.START) if lot.start > request.worked_on]
    return valid


def _debtor(request: Request, lots: list[Lot]) -> Lot:
    """The lot that goes below zero: the last one valid on that day, else the last one."""
    by_start = order_lots(lots, LotOrder.START)
    valid = [lot for lot in by_start if lot.covers(request.worked_on)]
    return (valid or by_start)[-1]


def _draw(lot: Lot, taken: int, left: dict[int, int]) -> Draw:
    before = left[lot.key]
    left[lot.key] = before - taken
    return Draw(lot.key, taken, before, before - taken)


def _why(draws: list[Draw], overage: int, pending: int) -> str:
    if pending:
        return "needs consent: no block holds the rest"
    if overage:
        return "split at the end of the block" if draws else "no block holds time for that day"
    if any(draw.after < 0 for draw in draws):
        return "covered, balance below zero"
    return "covered" if draws else "nothing to cover"


def reached_threshold(left: int, size: int, percents: Iterable[int]) -> int:
    """The lowest threshold, in per cent of the lot, that `left` has reached; 0 when none. Equality counts (D9.62)."""
    return min((percent for percent in percents if left * 100 <= percent * size), default=0)
