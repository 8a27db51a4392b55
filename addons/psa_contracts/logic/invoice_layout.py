"""From billing items to the lines of one invoice: sections, roll-up, and the quantity a line shows.

Amounts are already rounded; a line or total is a sum of items, so it is the same in every layout (Rule D9.18).
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from itertools import groupby
from typing import Any

TIME_KINDS = frozenset({"labour", "overage"})
FREE_COVERS = frozenset({"covered", "no_charge"})
# Groups of a section, in the order of the invoice.
GROUPS = ("recurring", "block", "milestone", "labour", "overage", "covered", "expense", "part")


class Layout(Enum):
    """How time is rolled up; fees, blocks, milestones, expenses and parts keep a line each."""

    ITEMISED = "itemised"
    BY_TICKET = "by_ticket"
    ONE_LINE = "one_line"


@dataclass(frozen=True, slots=True)
class Entry:
    """A billing item as the layout sees it.

    `section` groups by contract and sorts as a tuple; `product` decides account and taxes; `rate` is per hour and
    set for time only, `quantity`, `price` and `discount` for everything else; `whole` says that quantity x price is
    meant to be the amount.
    """

    key: int
    section: tuple[Any, ...]
    kind: str
    cover: str
    name: str
    amount: Decimal
    product: Hashable
    ref: str = ""
    block: str = ""
    minutes: int = 0
    rate: Decimal | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    layout: Layout = Layout.ITEMISED

    @property
    def group(self) -> str:
        """The sub-section it stands in."""
        return "covered" if self.is_free else self.kind

    @property
    def is_free(self) -> bool:
        """Printed at 0.00 and never taxed: the block was taxed when it was sold (Rule D9.34)."""
        return self.cover in FREE_COVERS


@dataclass(frozen=True, slots=True)
class Line:
    """A priced line: quantity x price is exactly the sum of its items.

    `shows_quantity` says whether quantity and price are those of the items, or 1 and the amount.
    """

    keys: tuple[int, ...]
    names: tuple[str, ...]
    ref: str
    block: str
    group: str
    product: Hashable
    quantity: Decimal
    price: Decimal
    amount: Decimal
    minutes: int
    rate: Decimal | None
    shows_quantity: bool
    is_taxed: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one contract, by group."""

    key: tuple[Any, ...]
    groups: tuple[tuple[str, tuple[Line, ...]], ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """All its lines in the order of the invoice."""
        return tuple(line for _group, lines in self.groups for line in lines)


def lay_out(entries: Iterable[Entry], quantity_step: Decimal = Decimal("0.01")) -> tuple[Section, ...]:
    """Sections in order, each with its groups and lines. `quantity_step` is the host's stored precision."""
    ordered = sorted(entries, key=lambda entry: entry.section)
    sections = []
    for key, members in groupby(ordered, key=lambda entry: entry.section):
        sections.append(Section(key, _groups(list(members), quantity_step)))
    return tuple(sections)


def _groups(entries: list[Entry], step: Decimal) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    found = []
    for group in GROUPS:
        rolled: dict[Hashable, list[Entry]] = {}
        for entry in entries:
            if entry.group == group:
                rolled.setdefault(_roll_key(entry), []).append(entry)
        if rolled:
            found.append((group, tuple(_line(members, step) for members in rolled.values())))
    return tuple(found)


def _roll_key(entry: Entry) -> Hashable:
    """Items with the same key share a line."""
    if entry.kind not in TIME_KINDS or entry.layout is Layout.ITEMISED:
        return ("item", entry.key)
    if entry.layout is Layout.BY_TICKET:
        return ("ticket", entry.ref or entry.key, entry.product, entry.block)
    return ("time", entry.product, entry.block)


def _line(members: Sequence[Entry], step: Decimal) -> Line:
    first = members[0]
    amount = sum((entry.amount for entry in members), Decimal(0))
    rates = {entry.rate for entry in members}
    line = Line(
        keys=tuple(entry.key for entry in members),
        names=tuple(dict.fromkeys(entry.name for entry in members)),
        ref=first.ref if len({entry.ref for entry in members}) == 1 else "",
        block=first.block,
        group=first.group,
        product=first.product,
        quantity=Decimal(1),
        price=amount,
        amount=amount,
        minutes=sum(entry.minutes for entry in members),
        rate=rates.pop() if len(rates) == 1 else None,
        shows_quantity=False,
        is_taxed=not first.is_free,
    )
    if first.kind in TIME_KINDS:
        return _with_hours(line, step)
    return _with_quantity(line, first, step)


def _with_hours(line: Line, step: Decimal) -> Line:
    """Hours x rate only where the stored hours give exactly the amount (Rule D9.20)."""
    hours = (Decimal(line.minutes) / 60).quantize(step, ROUND_HALF_UP)
    if not line.rate or not line.amount or hours * line.rate != line.amount:
        return line
    return replace(line, quantity=hours, price=line.rate, shows_quantity=True)


def _with_quantity(line: Line, entry: Entry, step: Decimal) -> Line:
    """Quantity x price only where it gives exactly the amount: a pro-rated or discounted item is one of its amount."""
    if entry.quantity is None or entry.price is None or entry.is_free:
        return line
    quantity = entry.quantity.quantize(step, ROUND_HALF_UP)
    if not quantity or quantity * entry.price != line.amount:
        return line
    return replace(line, quantity=quantity, price=entry.price, shows_quantity=True)


def clock_text(minutes: int) -> str:
    """Minutes as people read them on an invoice: 0:50."""
    sign = "-" if minutes < 0 else ""
    return f"{sign}{abs(minutes) // 60}:{abs(minutes) % 60:02}"
