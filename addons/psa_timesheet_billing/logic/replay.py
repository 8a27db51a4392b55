"""Running the steps of a derivation again: the proof that a stored amount follows from what is stored with it.

Each step is one small operation on two registers, minutes and money an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from odoo.addons.psa_contracts.logic.money import discounted, round_money

from .duration import MINUTES_AN_HOUR
from .rating import HUNDREDTHS
from .rounding import own_minimum, round_up, share

JsonStep = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Registers:
    """Where a replay stands: exact minutes, exact money an hour (None before a rate), discount in per cent, amount."""

    minutes: Fraction = Fraction(0)
    hourly: Fraction | None = None
    discount: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)


def reprice(stored: Mapping[str, Any]) -> Decimal:
    """The amount that follows from the steps alone. It equals the stored amount, else the ledger has been bent."""
    registers = Registers()
    for step in stored["steps"]:
        registers = run(registers, step)
    return registers.amount


def run(registers: Registers, step: JsonStep) -> Registers:
    """The registers after one step. Raises KeyError for a step of a version that is not known here."""
    return _DO[step["do"]](registers, step)


def _do_minutes(registers: Registers, step: JsonStep) -> Registers:
    return replace(registers, minutes=Fraction(step["minutes"]))


def _do_minimum(registers: Registers, step: JsonStep) -> Registers:
    return replace(registers, minutes=Fraction(own_minimum(int(registers.minutes), step["minimum"])))


def _do_round(registers: Registers, step: JsonStep) -> Registers:
    return replace(
        registers, minutes=Fraction(round_up(int(registers.minutes), step["increment"], step["grace"]))
    )


def _do_scope(registers: Registers, step: JsonStep) -> Registers:
    everything = round_up(sum(step["weights"]) + step["earlier_minutes"], step["increment"], step["grace"])
    shares = share(max(everything - step["earlier_billed"], 0), step["weights"])
    return replace(registers, minutes=Fraction(shares[step["index"]]))


def _do_maximum(registers: Registers, step: JsonStep) -> Registers:
    return replace(registers, minutes=min(registers.minutes, Fraction(step["maximum"])))


def _do_nothing(registers: Registers, step: JsonStep) -> Registers:
    return replace(registers, minutes=Fraction(0))


def _do_covered(registers: Registers, step: JsonStep) -> Registers:
    taken = Fraction(step["drawn"], HUNDREDTHS) / Fraction(step["weight"])
    return replace(registers, minutes=taken, hourly=Fraction(0))


def _do_uncovered(registers: Registers, step: JsonStep) -> Registers:
    taken = Fraction(step["given"], HUNDREDTHS) / Fraction(step["weight"])
    return replace(registers, minutes=registers.minutes - taken)


def _do_multiply_minutes(registers: Registers, step: JsonStep) -> Registers:
    return replace(registers, minutes=registers.minutes * Fraction(step["by"]))


def _do_rate(registers: Registers, step: JsonStep) -> Registers:
    return replace(registers, hourly=Fraction(step["amount"]))


def _do_convert(registers: Registers, step: JsonStep) -> Registers:
    return replace(registers, hourly=_hourly(registers) * Fraction(step["factor"]))


def _do_surcharge(registers: Registers, step: JsonStep) -> Registers:
    return replace(registers, hourly=_hourly(registers) + Fraction(step["amount"]))


def _do_multiply_rate(registers: Registers, step: JsonStep) -> Registers:
    return replace(registers, hourly=_hourly(registers) * Fraction(step["by"]))


def _do_discount(registers: Registers, step: JsonStep) -> Registers:
    return replace(registers, discount=Decimal(step["percent"]))


def _do_money(registers: Registers, step: JsonStep) -> Registers:
    exact = discounted(registers.minutes * _hourly(registers) / MINUTES_AN_HOUR, registers.discount)
    return replace(registers, amount=round_money(exact, Decimal(step["unit"])))


def _do_keep(registers: Registers, step: JsonStep) -> Registers:
    return registers


def _hourly(registers: Registers) -> Fraction:
    if registers.hourly is None:
        raise ValueError("the derivation multiplies a rate before it has one")
    return registers.hourly


_DO: dict[str, Callable[[Registers, JsonStep], Registers]] = {
    "worked": _do_minutes,
    "approved_minutes": _do_minutes,
    "minimum": _do_minimum,
    "round": _do_round,
    "scope": _do_scope,
    "maximum": _do_maximum,
    "nothing": _do_nothing,
    "covered": _do_covered,
    "uncovered": _do_uncovered,
    "multiply_minutes": _do_multiply_minutes,
    "rate": _do_rate,
    "convert": _do_convert,
    "surcharge": _do_surcharge,
    "multiply_rate": _do_multiply_rate,
    "discount": _do_discount,
    "money": _do_money,
    "no_rate": _do_keep,
    "hold": _do_keep,
}
