"""The one rounding of money in the suite."""

from decimal import Decimal
from fractions import Fraction

CENT = Decimal("0.01")


def exact(value: Decimal | int | str) -> Fraction:
    """The number itself, so that no division or product loses anything before the one rounding."""
    return Fraction(value) if isinstance(value, Decimal | int) else Fraction(Decimal(value))


def round_money(value: Fraction, step: Decimal = CENT) -> Decimal:
    """Round to a multiple of `step` (the currency's rounding), half away from zero.

    Rule D9.18: a billing item is rounded once, here; totals are sums of rounded items.
    """
    if step <= 0:
        raise ValueError(f"a currency rounds to a positive step, not {step}")
    parts = abs(value) / Fraction(step)
    whole = parts.numerator // parts.denominator
    if 2 * (parts - whole) >= 1:
        whole += 1
    rounded = (step * whole).quantize(step)
    return -rounded if value < 0 and whole else rounded


def discounted(value: Fraction, percent: Decimal) -> Fraction:
    """The value less a discount in per cent, not rounded. Rule D9.57."""
    return value * (100 - Fraction(percent)) / 100
