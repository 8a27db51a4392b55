"""From minutes worked to minutes to bill (Rules D9.2 to D9.11).

Order of the steps: worked minutes, own minimum, sum over the scope, grace and round up, share of the sum, own maximum.
Multiplier, cover and money come afterwards and never before. Every minute is a whole minute.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import Enum

Step = dict[str, object]


class Scope(str, Enum):
    """What is rounded together: each entry, all of a ticket, or all of one person's day."""

    ENTRY = "entry"
    TICKET = "ticket"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Policy:
    """Rounding of a contract, else of the company. `increment` 0 rounds nothing; `grace` is free time past a step."""

    scope: Scope = Scope.ENTRY
    increment: int = 0
    grace: int = 0


@dataclass(frozen=True, slots=True)
class Worked:
    """One entry as far as quantity is concerned. Minutes; 0 as `minimum` or `maximum` means none.

    `approved` is the quantity an approver set, None where nobody did: it stays outside the sum of its scope.
    """

    key: Hashable
    minutes: int
    minimum: int = 0
    maximum: int = 0
    approved: int | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the same scope already has on invoices: minutes before rounding, and minutes billed for them (Rule 9)."""

    minutes: int = 0
    billed: int = 0


@dataclass(frozen=True, slots=True)
class Quantity:
    """Minutes to bill of the entry `key`, and the steps that led there (see `explain`)."""

    key: Hashable
    minutes: int
    steps: tuple[Step, ...]


NOTHING_EARLIER = Earlier()


def round_up(minutes: int, increment: int, grace: int = 0) -> int:
    """Round up to the increment; an excess of at most `grace` minutes past a full increment is free (Rule D9.4).

    Grace never waives the first increment, and 0 stays 0 (Rule D9.3).
    """
    if minutes <= 0 or increment <= 0:
        return max(minutes, 0)
    full, excess = divmod(minutes, increment)
    if excess == 0 or (full and excess <= grace):
        return full * increment
    return (full + 1) * increment


def own_minimum(minutes: int, minimum: int) -> int:
    """Minutes after the entry's own minimum; 0 takes none (Rule D9.3)."""
    return max(minutes, minimum) if minutes > 0 else 0


def share(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """`total` minutes in proportion to `weights`, whole minutes by largest remainder, ties to the earlier (Rule D9.8).

    The shares add up to `total`. Raises ValueError where there is something to share and nobody to take it.
    """
    everything = sum(weights)
    if everything == 0:
        if total:
            raise ValueError("minutes to share, and nothing to share them by")
        return tuple(0 for _ in weights)
    shares = [total * weight // everything for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % everything))
    for index in by_remainder[: total - sum(shares)]:
        shares[index] += 1
    return tuple(shares)


def minutes_to_bill(
    entries: Sequence[Worked], policy: Policy, earlier: Earlier = NOTHING_EARLIER
) -> list[Quantity]:
    """Minutes to bill of the entries of **one** scope, given in canonical order (Rule D9.24).

    With scope `entry` each entry is a scope of its own; `earlier` is then of no meaning and must be empty.
    """
    results = {entry.key: _alone(entry) for entry in entries if not _is_summed(entry)}
    summed = [entry for entry in entries if _is_summed(entry)]
    if policy.scope is Scope.ENTRY:
        results.update((entry.key, _rounded_alone(entry, policy)) for entry in summed)
    elif summed:
        results.update((quantity.key, quantity) for quantity in _rounded_together(summed, policy, earlier))
    return [results[entry.key] for entry in entries]


def _is_summed(entry: Worked) -> bool:
    return entry.approved is None and entry.minutes > 0


def _alone(entry: Worked) -> Quantity:
    """Outside every sum: the approver's quantity is final (Rule D9.11), and zero is zero."""
    worked = {"do": "worked", "rule": "D9.1", "minutes": entry.minutes}
    if entry.approved is None:
        return Quantity(entry.key, entry.minutes, (worked,))
    rule = "D9.11" if entry.approved else "D9.3"
    approved = {"do": "approved_minutes", "rule": rule, "minutes": entry.approved}
    return Quantity(entry.key, entry.approved, (worked, approved))


def _after_minimum(entry: Worked) -> tuple[int, list[Step]]:
    steps: list[Step] = [{"do": "worked", "rule": "D9.1", "minutes": entry.minutes}]
    minutes = own_minimum(entry.minutes, entry.minimum)
    if minutes != entry.minutes:
        steps.append({"do": "minimum", "rule": "D9.2", "minimum": entry.minimum})
    return minutes, steps


def _after_maximum(entry: Worked, minutes: int, steps: list[Step]) -> Quantity:
    """The maximum is the last word (Rule D9.5); minutes it cuts are not given to other entries of the scope."""
    if entry.maximum and minutes > entry.maximum:
        steps.append({"do": "maximum", "rule": "D9.5", "maximum": entry.maximum})
        minutes = entry.maximum
    return Quantity(entry.key, minutes, tuple(steps))


def _rounded_alone(entry: Worked, policy: Policy) -> Quantity:
    minutes, steps = _after_minimum(entry)
    if policy.increment:
        steps.append({"do": "round", "rule": "D9.4", "increment": policy.increment, "grace": policy.grace})
        minutes = round_up(minutes, policy.increment, policy.grace)
    return _after_maximum(entry, minutes, steps)


def _rounded_together(entries: Sequence[Worked], policy: Policy, earlier: Earlier) -> list[Quantity]:
    """The sum of the scope is rounded, what invoices already have is taken off, the rest is shared (Rules 7 to 9)."""
    prepared = [_after_minimum(entry) for entry in entries]
    weights = tuple(minutes for minutes, _steps in prepared)
    rounded = round_up(sum(weights) + earlier.minutes, policy.increment, policy.grace)
    total = max(rounded - earlier.billed, 0)
    quantities = []
    for index, minutes in enumerate(share(total, weights)):
        entry, steps = entries[index], prepared[index][1]
        steps.append(
            {
                "do": "scope",
                "rule": "D9.9" if earlier != NOTHING_EARLIER else "D9.8",
                "scope": policy.scope.value,
                "weights": list(weights),
                "index": index,
                "earlier_minutes": earlier.minutes,
                "earlier_billed": earlier.billed,
                "increment": policy.increment,
                "grace": policy.grace,
            }
        )
        quantities.append(_after_maximum(entry, minutes, steps))
    return quantities
