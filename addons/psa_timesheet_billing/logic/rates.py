"""Which hourly rate an entry has, and what becomes of it (Rules D9.14 to D9.17, D9.28, D9.29, D9.55).

A rate found is never rounded: multiplier, currency and surcharge give a Fraction an hour, and the item is rounded once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction

Step = dict[str, object]


class Level(str, Enum):
    """Where a row of the rate table belongs. The nearer to the work, the earlier it is asked."""

    CONTRACT = "contract"
    CUSTOMER = "customer"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Rate:
    """One dated row for a role, a work type or both: `amount` an hour, from and to inclusive, None is open (D9.21)."""

    key: int
    level: Level
    amount: Decimal
    currency: str
    role: int | None = None
    work_type: int | None = None
    date_from: date | None = None
    date_to: date | None = None


@dataclass(frozen=True, slots=True)
class WorkType:
    """A work type's terms. None as `multiplier` or `rate` means not set, which is not the same as 1 or 0.

    `rate` and `surcharge` are in `currency`, the company's. `minimum` and `maximum` are minutes, 0 means none.
    """

    key: int
    name: str = ""
    billable: bool = True
    minimum: int = 0
    maximum: int = 0
    multiplier: Decimal | None = None
    surcharge: Decimal = Decimal(0)
    rate: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The question: whose work, of which kind, on which day, and what the approver and the clock add to it.

    `role_multiplier` weighs what a block loses, never money (Rule D9.14). `tier_multiplier` is the after-hours tier.
    """

    worked_date: date
    role: int | None = None
    work_type: WorkType | None = None
    approved_rate: Decimal | None = None
    role_multiplier: Decimal | None = None
    tier_multiplier: Decimal | None = None

    @property
    def work_type_multiplier(self) -> Decimal | None:
        """The multiplier of the work type, None where there is no work type or it sets none."""
        return None if self.work_type is None else self.work_type.multiplier


@dataclass(frozen=True, slots=True)
class RateTable:
    """All rows an entry may meet, the currency of the answer, and what one unit of another currency is worth in it.

    `factors` is keyed by currency and worked date (Rule D9.55).
    """

    currency: str
    rows: Sequence[Rate] = ()
    factors: Mapping[tuple[str, date], Decimal] = field(default_factory=dict)
    overage_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """Money an hour in the table's currency, not rounded, and the steps that gave it."""

    hourly: Fraction
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A link of the chain that answered. `plain` says that the work type's own terms do not apply on top."""

    link: str
    amount: Decimal
    currency: str
    plain: bool = False
    row: Rate | None = None


_Link = tuple[str, Callable[[], "_Found | None"]]


def price(asked: Asked, table: RateTable) -> Price | None:
    """The T&M price of an hour (Rules D9.14 to D9.17); None where no link of the chain has a rate."""
    found, tried = _first(_chain(asked, table))
    if found is None:
        return None
    steps = [_rate_step(found, tried, "D9.15")]
    hourly = Fraction(found.amount) * _converted(found.currency, asked, table, steps)
    if found.link == "approver":
        return Price(hourly, tuple(steps))
    if not found.plain:
        hourly += _surcharge(asked, table, steps)
    applied = {} if found.plain else _set({"work_type": asked.work_type_multiplier})
    applied |= _set({"tier": asked.tier_multiplier})
    if applied:
        factor = max(applied.values())
        steps.append(
            {
                "do": "multiply_rate",
                "rule": "D9.14",
                "by": str(factor),
                "of": {k: str(v) for k, v in applied.items()},
            }
        )
        hourly *= Fraction(factor)
    return Price(hourly, tuple(steps))


def overage_price(asked: Asked, table: RateTable) -> Price | None:
    """The price of an hour past a block (Rule D9.29): contract's overage rate, its row for the role, the role's rate.

    No multiplier and no surcharge, whatever link answered (Rule D9.28). An approver's rate stays above all of them.
    """
    links: list[_Link] = [
        ("approver", lambda: _approved(asked, table)),
        ("contract_overage", lambda: _given("contract_overage", table.overage_rate, table.currency)),
    ]
    links += [_row_link(asked, table, level, "role") for level in (Level.CONTRACT, Level.COMPANY)]
    found, tried = _first(links)
    if found is None:
        return None
    steps = [_rate_step(found, tried, "D9.29")]
    return Price(Fraction(found.amount) * _converted(found.currency, asked, table, steps), tuple(steps))


def weight(asked: Asked) -> tuple[Decimal, dict[str, str]]:
    """How much one minute takes from a block: the largest multiplier that is set, alone (Rule D9.14); 1 if none is.

    Returns the weight and the multipliers that took part, by their origin.
    """
    taking_part = _set(
        {
            "role": asked.role_multiplier,
            "work_type": asked.work_type_multiplier,
            "tier": asked.tier_multiplier,
        }
    )
    return max(taking_part.values(), default=Decimal(1)), {k: str(v) for k, v in taking_part.items()}


def _set(multipliers: Mapping[str, Decimal | None]) -> dict[str, Decimal]:
    return {name: value for name, value in multipliers.items() if value is not None}


def _chain(asked: Asked, table: RateTable) -> list[_Link]:
    """The links in the order of Rule D9.15. A company row that names the work type is that type's own, dated rate."""
    links: list[_Link] = [("approver", lambda: _approved(asked, table))]
    for level in (Level.CONTRACT, Level.CUSTOMER):
        links += [
            _row_link(asked, table, level, kind) for kind in ("role_and_work_type", "work_type", "role")
        ]
    links += [_row_link(asked, table, Level.COMPANY, kind) for kind in ("role_and_work_type", "work_type")]
    links.append(("work_type_own", lambda: _own_rate(asked)))
    links.append(_row_link(asked, table, Level.COMPANY, "role"))
    return links


def _first(links: Sequence[_Link]) -> tuple[_Found | None, list[str]]:
    """The first link with an answer, and the names of those asked before it in vain."""
    tried: list[str] = []
    for name, answer in links:
        found = answer()
        if found is not None:
            return found, tried
        tried.append(name)
    return None, tried


def _approved(asked: Asked, table: RateTable) -> _Found | None:
    return _given("approver", asked.approved_rate, table.currency)


def _given(link: str, amount: Decimal | None, currency: str) -> _Found | None:
    return None if amount is None else _Found(link, amount, currency, plain=True)


def _own_rate(asked: Asked) -> _Found | None:
    if asked.work_type is None or asked.work_type.rate is None:
        return None
    return _Found("work_type_own", asked.work_type.rate, asked.work_type.currency)


def _row_link(asked: Asked, table: RateTable, level: Level, kind: str) -> _Link:
    return f"{level.value}_{kind}", lambda: _row(asked, table, level, kind)


def _row(asked: Asked, table: RateTable, level: Level, kind: str) -> _Found | None:
    """The version with the latest start not after the worked date (Rules D9.15 and D9.16)."""
    wanted = _wanted(asked, kind)
    if wanted is None:
        return None
    versions = [
        row
        for row in table.rows
        if row.level is level and (row.role, row.work_type) == wanted and _is_valid(row, asked.worked_date)
    ]
    if not versions:
        return None
    row = max(versions, key=lambda version: (version.date_from or date.min, version.key))
    return _Found(f"{level.value}_{kind}", row.amount, row.currency, plain=row.work_type is not None, row=row)


def _wanted(asked: Asked, kind: str) -> tuple[int | None, int | None] | None:
    role, work_type = asked.role, asked.work_type.key if asked.work_type else None
    needs_role, needs_type = (
        kind in ("role", "role_and_work_type"),
        kind in ("work_type", "role_and_work_type"),
    )
    if (needs_role and role is None) or (needs_type and work_type is None):
        return None
    return (role if needs_role else None, work_type if needs_type else None)


def _is_valid(row: Rate, day: date) -> bool:
    return (row.date_from is None or row.date_from <= day) and (row.date_to is None or day <= row.date_to)


def _rate_step(found: _Found, tried: list[str], rule: str) -> Step:
    step: Step = {
        "do": "rate",
        "rule": rule,
        "amount": str(found.amount),
        "currency": found.currency,
        "source": found.link,
        "tried": tried,
    }
    if found.row is not None:
        step["rate_id"] = found.row.key
        step["since"] = found.row.date_from and found.row.date_from.isoformat()
    return step


def _factor(currency: str, asked: Asked, table: RateTable) -> Decimal:
    if currency == table.currency:
        return Decimal(1)
    return table.factors[currency, asked.worked_date]


def _converted(currency: str, asked: Asked, table: RateTable, steps: list[Step]) -> Fraction:
    factor = _factor(currency, asked, table)
    if currency != table.currency:
        steps.append(
            {
                "do": "convert",
                "rule": "D9.55",
                "factor": str(factor),
                "from": currency,
                "to": table.currency,
                "date": asked.worked_date.isoformat(),
            }
        )
    return Fraction(factor)


def _surcharge(asked: Asked, table: RateTable, steps: list[Step]) -> Fraction:
    """The fixed amount of the work type, added before the multiplier (Rule D9.14)."""
    work_type = asked.work_type
    if work_type is None or not work_type.surcharge:
        return Fraction(0)
    amount = Fraction(work_type.surcharge) * Fraction(_factor(work_type.currency, asked, table))
    steps.append({"do": "surcharge", "rule": "D9.14", "amount": str(amount), "currency": table.currency})
    return amount
