"""From a recurring charge to the items of its periods (Rules D9.40 to D9.46, D9.57)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .money import CENT, discounted, round_money
from .periods import Interval, Window, due_on, share, windows


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
class PeriodItem:
    """One thing to bill.

    `part` names it for ever: the first day of its window, with `+` and the day of a change inside it.
    `used` is the time it is for, `window` the full period its price stands for, `due` the earliest cut-off of a
    run that takes it, `formula` the calculation as a person would write it.
    """

    part: str
    window: Window
    used: Window
    quantity: Decimal
    amount: Decimal
    due: date
    formula: str

    @property
    def is_full(self) -> bool:
        """Whether it is for the whole period, so that quantity x price is its amount."""
        return self.used == self.window


def items_until(charge: Charge, cutoff: date, step: Decimal = CENT) -> list[PeriodItem]:
    """All items of the charge that a run up to `cutoff`, included, may take, oldest first."""
    found: list[PeriodItem] = []
    for window in windows(charge.anchor, charge.interval, charge.first):
        used = window.clip(charge.first, charge.last)
        if used is None or due_on(window, charge.in_advance) > cutoff:
            return found
        found.append(_base_item(charge, window, used, step))
        found.extend(item for item in _change_items(charge, window, used, step) if item.due <= cutoff)
    raise AssertionError("windows never end")


def units_on(charge: Charge, day: date) -> Decimal:
    """Units on a day; of several changes on one day the last one counts."""
    units = charge.quantity
    for change in sorted(charge.changes, key=lambda change: change.day):
        if change.day <= day:
            units = change.quantity
    return units


def _base_item(charge: Charge, window: Window, used: Window, step: Decimal) -> PeriodItem:
    """Units on the first day, for as much of the window as the charge lives (Rules D9.40, D9.42)."""
    units = units_on(charge, used.start)
    return _item(
        charge, window, used, units, window.start.isoformat(), due_on(window, charge.in_advance), step
    )


def _change_items(charge: Charge, window: Window, used: Window, step: Decimal) -> Iterator[PeriodItem]:
    """One item for each day inside the window on which the units change (Rule D9.41).

    Where decreases are not credited the customer has paid the higher number to the end of the period, so only
    what goes beyond it is billed.
    """
    paid = units_on(charge, used.start)
    for day in sorted({change.day for change in charge.changes if used.start < change.day < used.end}):
        units = units_on(charge, day)
        if units == paid or (units < paid and not charge.credits_decreases):
            continue
        due = day if charge.in_advance else window.last_day
        part = f"{window.start.isoformat()}+{day.isoformat()}"
        yield _item(charge, window, Window(day, used.end), units - paid, part, due, step)
        paid = units


def _item(
    charge: Charge, window: Window, used: Window, units: Decimal, part: str, due: date, step: Decimal
) -> PeriodItem:
    full = Fraction(units) * Fraction(charge.price)
    amount = round_money(discounted(full * share(used, window), charge.discount), step)
    return PeriodItem(part, window, used, units, amount, due, _formula(charge, window, used, units, amount))


def _formula(charge: Charge, window: Window, used: Window, units: Decimal, amount: Decimal) -> str:
    text = f"{units.normalize():f} x {charge.price:f}"
    if used != window:
        text += f" x {used.days}/{window.days} days"
    if charge.discount:
        text += f" less {charge.discount.normalize():f} %"
    return f"{text} = {amount:f}"
