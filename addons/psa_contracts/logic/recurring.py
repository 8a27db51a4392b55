"""From a recurring charge to the items of its periods (Rules D9.40 to D9.46, D9.57, D9.63).

The time of a charge is cut into *periods*: those that are settled (on an invoice, or decided by a person) stay as they
were, whatever became of the terms since; what is left is cut by the terms of today. In each period the units that ought
to be paid on each day are compared with those that are paid already, and each step of the difference becomes one item.
So a day of a unit is billed once, however late a change is typed and however often the terms change.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .money import CENT, discounted, round_money
from .periods import DAY, Interval, Window, due_on, windows


@dataclass(frozen=True, slots=True)
class QuantityChange:
    """From `day` on, that day included, there are `quantity` units."""

    day: date
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Charge:
    """A price per unit and period. `last` is the last day, included; `discount` is in per cent."""

    price: Decimal
    quantity: Decimal
    interval: Interval
    in_advance: bool
    anchor: date
    first: date
    last: date | None = None
    discount: Decimal = Decimal(0)
    changes: tuple[QuantityChange, ...] = ()
    credits_decreases: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """An item that no later reckoning touches: it is on an invoice, or a person decided about it.

    `units` are those it was made for, before a person changed it; a credit has negative ones. `period_days` are the
    days its price stands for. `key` is whatever the caller knows it by.
    """

    part: str
    used: Window
    units: Decimal
    price: Decimal
    period_days: int
    discount: Decimal = Decimal(0)
    key: object = None


@dataclass(frozen=True, slots=True)
class PeriodItem:
    """One thing to bill.

    `part` names it for ever: the first day of its period, with `+` and the day of a change inside it, with `/` and a
    number where an item of that name is settled. `used` is the time it is for, `period_days` are the days its price
    stands for, `due` is the earliest cut-off of a run that takes it, `formula` the calculation as a person would write
    it. `corrects` is the key of the settled item whose period it puts right.
    """

    part: str
    used: Window
    period_days: int
    quantity: Decimal
    price: Decimal
    discount: Decimal
    amount: Decimal
    due: date
    formula: str
    corrects: object = None

    @property
    def is_full(self) -> bool:
        """Whether it is for the whole period, so that quantity x price is its amount."""
        return self.used.days == self.period_days


@dataclass(frozen=True, slots=True)
class _Period:
    """A time with one price. `due` is None where it is settled: what is found out later is due on its own day."""

    part: str
    used: Window
    period_days: int
    price: Decimal
    discount: Decimal
    due: date | None
    corrects: object = None


def items_until(
    charge: Charge, cutoff: date, step: Decimal = CENT, settled: Iterable[Settled] = ()
) -> list[PeriodItem]:
    """All items of the charge that a run up to `cutoff`, included, may take and that are not settled, oldest first."""
    done = sorted(settled, key=lambda item: (item.used.start, item.part))
    taken = {item.part for item in done}
    found = []
    periods = [*_settled_periods(done), *_open_periods(charge, cutoff, done)]
    for period in sorted(periods, key=lambda period: period.used.start):
        for used, units in _differences(charge, period.used, done):
            due = _due(charge, period, used)
            if due <= cutoff:
                part = _free_part(period, used, taken)
                taken.add(part)
                found.append(_item(period, used, units, part, due, step))
    return found


def units_on(charge: Charge, day: date) -> Decimal:
    """Units on a day, none outside the life of the charge; of several changes on one day the last one counts."""
    if day < charge.first or (charge.last is not None and day > charge.last):
        return Decimal(0)
    units = charge.quantity
    for change in sorted(charge.changes, key=lambda change: change.day):
        if change.day <= day:
            units = change.quantity
    return units


def _settled_periods(done: Sequence[Settled]) -> Iterator[_Period]:
    """The periods that are settled, at the price they were settled at."""
    seen: list[Window] = []
    for item in done:
        name = item.part.partition("+")[0]
        for used in item.used.without(seen):
            yield _Period(name, used, item.period_days, item.price, item.discount, None, item.key)
        seen.append(item.used)


def _open_periods(charge: Charge, cutoff: date, done: Sequence[Settled]) -> Iterator[_Period]:
    """The periods of today's terms, less the days that are settled (Rules D9.40, D9.42)."""
    settled = [item.used for item in done]
    for window in windows(charge.anchor, charge.interval, charge.first):
        lived = window.clip(charge.first, charge.last)
        due = due_on(window, charge.in_advance)
        if lived is None or due > cutoff:
            return
        for used in lived.without(settled):
            yield _Period(window.start.isoformat(), used, window.days, charge.price, charge.discount, due)


def _differences(charge: Charge, used: Window, done: Sequence[Settled]) -> list[tuple[Window, Decimal]]:
    """Units to bill beyond what is paid, as steps that last to the end of the period (Rule D9.41).

    Where decreases are not credited the customer has paid the higher number to the end of the period, so only what
    goes beyond it is billed. A step that is paid already from a later day on, as after moving a change to an earlier
    day, lasts until that day.
    """
    inside = [item for item in done if item.used.start < used.end and used.start < item.used.end]
    paid_days = {day for item in inside for day in (item.used.start, item.used.end)} | {charge.first}
    changes = {change.day for change in charge.changes}
    if charge.last is not None:
        changes.add(charge.last + DAY)
    days = sorted({used.start} | {day for day in paid_days | changes if used.start < day < used.end})
    steps: list[tuple[date, Decimal]] = []
    found: list[tuple[Window, Decimal]] = []
    held = before = Decimal(0)
    for day in days:
        wanted = units_on(charge, day)
        paid = sum((item.units for item in inside if item.used.holds(day)), Decimal(0))
        held = wanted if charge.credits_decreases else max(held, wanted)
        difference = held - paid if charge.credits_decreases else max(held - paid, Decimal(0))
        change, before = difference - before, difference
        while change and day in paid_days and steps and steps[-1][1] * change < 0:
            start, units = steps.pop()
            ended = min(abs(units), abs(change)).copy_sign(units)
            found.append((Window(start, day), ended))
            change += ended
            if units != ended:
                steps.append((start, units - ended))
        if change:
            steps.append((day, change))
    found += [(Window(start, used.end), units) for start, units in steps]
    return sorted(found, key=lambda step: step[0].start)


def _due(charge: Charge, period: _Period, used: Window) -> date:
    """Rule D9.46: what begins with its period is due as the period is; a change in advance on its day."""
    if charge.in_advance and used.start != period.used.start:
        return used.start
    return period.due or due_on(period.used, charge.in_advance)


def _free_part(period: _Period, used: Window, taken: set[str]) -> str:
    opens = used.start == period.used.start and period.due is not None
    name = period.part if opens else f"{period.part}+{used.start.isoformat()}"
    part, number = name, 1
    while part in taken:
        number += 1
        part = f"{name}/{number}"
    return part


def _item(period: _Period, used: Window, units: Decimal, part: str, due: date, step: Decimal) -> PeriodItem:
    full = Fraction(units) * Fraction(period.price)
    worth = full * Fraction(used.days, period.period_days)
    amount = round_money(discounted(worth, period.discount), step)
    return PeriodItem(
        part=part,
        used=used,
        period_days=period.period_days,
        quantity=units,
        price=period.price,
        discount=period.discount,
        amount=amount,
        due=due,
        formula=_formula(period, used, units, amount),
        corrects=period.corrects,
    )


def _formula(period: _Period, used: Window, units: Decimal, amount: Decimal) -> str:
    text = f"{units.normalize():f} x {period.price:f}"
    if used.days != period.period_days:
        text += f" x {used.days}/{period.period_days} days"
    if period.discount:
        text += f" less {period.discount.normalize():f} %"
    return f"{text} = {amount:f}"
