"""All open labour of one contract at once: the same pieces for every order of typing (Rules D9.7, D9.9, D9.23, D9.24).

What is on invoices already stays outside: its draws are taken from the blocks before, its minutes count for the scope
it belongs to (`Earlier`). Everything else is computed anew, in canonical order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from odoo.addons.psa_contracts.logic.block_ledger import (
    Allocation,
    Lot,
    LotOrder,
    Request,
    allocate,
    order_lots,
)

from .rates import Asked
from .rating import (
    NOTHING_SETTLED,
    Drawn,
    Piece,
    Settled,
    Terms,
    not_billable,
    pieces,
    weighted_hundredths,
)
from .rounding import NOTHING_EARLIER, Earlier, Policy, Quantity, Scope, Worked, minutes_to_bill, own_minimum


@dataclass(frozen=True, slots=True)
class Rest:
    """The part of an entry that asks for cover again while its other parts are settled.

    `quantity` are the minutes to bill of the whole entry as they were: they are not rounded a second time.
    """

    quantity: Quantity
    settled: Settled


@dataclass(frozen=True, slots=True)
class Entry:
    """One time entry. `key` is the source's own number; `start` and `end` naive UTC, None for typed hours.

    `employee` and `ticket` are what people order and round by (codes, not row ids); `approved_minutes` is what an
    approver set, None where nobody did; `minutes` is what was worked. With a `rest` only that part is collected.
    """

    key: int
    minutes: int
    asked: Asked
    start: datetime | None = None
    end: datetime | None = None
    employee: str = ""
    ticket: str = ""
    role_name: str = ""
    approved_minutes: int | None = None
    is_written_off: bool = False
    rest: Rest | None = None

    @property
    def minimum(self) -> int:
        """The least this entry bills, from its work type; 0 is none."""
        return self.asked.work_type.minimum if self.asked.work_type else 0

    @property
    def is_billable(self) -> bool:
        """Non-billable work types stay so everywhere (Rule D9.50)."""
        return self.asked.work_type is None or self.asked.work_type.billable


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of a contract: all its lots, what invoices have drawn from them for good, and their order."""

    lots: Sequence[Lot] = ()
    frozen: Mapping[int, int] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    order: LotOrder = LotOrder.EXPIRY


NO_BLOCKS = Blocks()


def canonical(entry: Entry) -> tuple[object, ...]:
    """The order of Rule D9.24: date, without time first, start, end, employee, ticket, role, work type, own number."""
    work_type = entry.asked.work_type.name if entry.asked.work_type else ""
    return (
        entry.asked.worked_date,
        entry.start is not None,
        entry.start or datetime.min,
        entry.end or datetime.min,
        entry.employee,
        entry.ticket,
        entry.role_name,
        work_type,
        entry.key,
    )


def scope_key(entry: Entry, scope: Scope) -> Hashable:
    """What `entry` is rounded with: itself, its ticket, or its person's day (Rule D9.7)."""
    if scope is Scope.TICKET and entry.ticket:
        return ("ticket", entry.ticket)
    if scope is Scope.DAY:
        return ("day", entry.employee, entry.asked.worked_date)
    return ("entry", entry.key)


def earlier_of(billed: Sequence[tuple[Entry, int]], scope: Scope) -> dict[Hashable, Earlier]:
    """What invoices already hold of each scope: entries with the minutes billed for them (Rule D9.9).

    Work outside every sum (non-billable, written off, adjusted) is left out here as well.
    """
    sums: defaultdict[Hashable, Earlier] = defaultdict(Earlier)
    if scope is Scope.ENTRY:
        return {}
    for entry, minutes in billed:
        if entry.is_billable and not entry.is_written_off and entry.approved_minutes is None:
            before = sums[scope_key(entry, scope)]
            worked = own_minimum(entry.minutes, entry.minimum)
            sums[scope_key(entry, scope)] = Earlier(before.minutes + worked, before.billed + minutes)
    return dict(sums)


def quantities(
    entries: Sequence[Entry], policy: Policy, earlier: Mapping[Hashable, Earlier]
) -> dict[int, Quantity]:
    """Minutes to bill of the billable `entries`, by key."""
    scopes: defaultdict[Hashable, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=canonical):
        scopes[scope_key(entry, policy.scope)].append(entry)
    found: dict[int, Quantity] = {}
    for key, members in scopes.items():
        rounded = minutes_to_bill(
            [_worked(entry) for entry in members], policy, earlier.get(key, NOTHING_EARLIER)
        )
        found.update((entry.key, quantity) for entry, quantity in zip(members, rounded, strict=True))
    return found


def collect(
    entries: Sequence[Entry],
    policy: Policy,
    terms: Terms,
    blocks: Blocks = NO_BLOCKS,
    billed: Sequence[tuple[Entry, int]] = (),
) -> list[Piece]:
    """The pieces of all open `entries` of one contract, in canonical order.

    `billed` are the entries on invoices with their minutes billed, for scopes that cross invoices (Rule D9.9).
    """
    ordered = sorted(entries, key=canonical)
    earlier = earlier_of(billed, policy.scope)
    whole = [entry for entry in ordered if entry.is_billable and entry.rest is None]
    minutes = quantities(whole, policy, earlier)
    minutes.update((entry.key, entry.rest.quantity) for entry in ordered if entry.rest)
    terms = replace(terms, has_blocks=bool(blocks.lots))
    drawn = _draws(ordered, minutes, terms, blocks)
    found: list[Piece] = []
    for entry in ordered:
        if entry.key not in minutes:
            found += not_billable(entry.key, entry.minutes, "work_type")
        else:
            settled = entry.rest.settled if entry.rest else NOTHING_SETTLED
            found += pieces(
                entry.minutes, minutes[entry.key], entry.asked, terms, drawn.get(entry.key, ()), settled
            )
    return found


def reserved(
    drafts: Sequence[Entry], policy: Policy, blocks: Blocks, earlier: Mapping[Hashable, Earlier]
) -> dict[int, int]:
    """What time not yet approved would draw, in hundredths by lot: shown, never kept (Rule D9.23).

    `blocks.frozen` holds all approved draws. What no lot has left is reserved on the last lot of its day, so that
    free time goes below zero where people have typed more than there is.
    """
    wanted = quantities([entry for entry in drafts if entry.is_billable], policy, earlier)
    left = {lot.key: lot.size - blocks.frozen.get(lot.key, 0) for lot in blocks.lots}
    found: defaultdict[int, int] = defaultdict(int)
    for entry in sorted(drafts, key=canonical):
        rest = weighted_hundredths(entry.asked, wanted[entry.key].minutes) if entry.key in wanted else 0
        valid = [lot for lot in order_lots(blocks.lots, blocks.order) if lot.covers(entry.asked.worked_date)]
        for place, lot in enumerate(valid, start=1):
            taken = rest if place == len(valid) else min(rest, max(left[lot.key], 0))
            left[lot.key] -= taken
            found[lot.key] += taken
            rest -= taken
    return {lot: hundredths for lot, hundredths in found.items() if hundredths}


def _worked(entry: Entry) -> Worked:
    work_type = entry.asked.work_type
    return Worked(
        key=entry.key,
        minutes=entry.minutes,
        minimum=entry.minimum,
        maximum=work_type.maximum if work_type else 0,
        approved=entry.approved_minutes,
    )


def _draws(
    ordered: Sequence[Entry], minutes: Mapping[int, Quantity], terms: Terms, blocks: Blocks
) -> dict[int, list[Drawn]]:
    """What the blocks give to each entry; zero and non-billable work asks for nothing (Rule D9.3)."""
    requests = [
        Request(
            entry.key,
            canonical(entry),
            entry.asked.worked_date,
            _asked_for(entry, minutes[entry.key]),
        )
        for entry in ordered
        if entry.key in minutes and minutes[entry.key].minutes
    ]
    ledger = allocate(blocks.lots, blocks.frozen, requests, blocks.order, terms.when_empty)
    return {allocation.key: _by_lot(allocation, blocks) for allocation in ledger.allocations}


def _asked_for(entry: Entry, quantity: Quantity) -> int:
    """Weighted hundredths an entry still asks the blocks for."""
    whole = weighted_hundredths(entry.asked, quantity.minutes)
    return max(whole - entry.rest.settled.given, 0) if entry.rest else whole


def _by_lot(allocation: Allocation, blocks: Blocks) -> list[Drawn]:
    """One draw a lot: a lot that gives its rest and then goes below zero is still one piece (Rule D9.19)."""
    found: dict[int, Drawn] = {}
    for draw in allocation.draws:
        known = found.get(draw.lot, Drawn(draw.lot, blocks.names[draw.lot], 0, draw.before))
        found[draw.lot] = replace(known, hundredths=known.hundredths + draw.hundredths, after=draw.after)
    return list(found.values())
