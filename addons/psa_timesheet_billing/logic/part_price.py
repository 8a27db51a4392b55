"""What a part bills, and the sentences people read of it.

A part is quantity x price, rounded once to the contract's currency (Rule D9.18). The price is the one of the day the part
was used; in another currency it is converted at the rate of that day and not rounded before (Rule D9.55). A contract's
discount is of its fees and its work: what a customer saves on goods stands in the price list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from odoo.addons.psa_contracts.logic.money import exact, round_money

VERSION = 1
Step = Mapping[str, Any]
Translate = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Part:
    """A part that was used. `price` is per unit in `currency`; `price_list` names where it is from, empty: the product."""

    quantity: Decimal
    unit: str
    price: Decimal
    currency: str
    used_on: date
    price_list: str = ""
    free_reason: str = ""


@dataclass(frozen=True, slots=True)
class Money:
    """The currency it is billed in: name, smallest step, and what one unit of the part's currency is worth in it."""

    currency: str
    step: Decimal
    factor: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Priced:
    """What goes into the ledger: price per unit and amount in the currency billed, and why."""

    cover: str
    price: Decimal
    amount: Decimal
    steps: tuple[Step, ...]


def price(part: Part, money: Money) -> Priced:
    """Price a part; one that is free of charge is worth nothing and says why."""
    used: Step = {"do": "part", "rule": "D9.18", "quantity": _plain(part.quantity), "unit": part.unit}
    if part.free_reason:
        free: Step = {"do": "free", "rule": "D9.18", "reason": part.free_reason}
        return Priced("no_charge", Decimal(0), Decimal(0), (used, free))
    steps: list[Step] = [
        used,
        {
            "do": "part_price",
            "rule": "D9.55",
            "amount": _plain(part.price),
            "currency": part.currency,
            "price_list": part.price_list,
        },
    ]
    each = exact(part.price)
    if part.currency != money.currency:
        each *= exact(money.factor)
        steps.append(
            {
                "do": "part_convert",
                "rule": "D9.55",
                "factor": _plain(money.factor),
                "currency": money.currency,
                "date": part.used_on.isoformat(),
                "amount": _shown(each),
            }
        )
    amount = round_money(exact(part.quantity) * each, money.step)
    steps.append(
        {
            "do": "part_money",
            "rule": "D9.18",
            "quantity": _plain(part.quantity),
            "price": _shown(each),
            "amount": _plain(amount),
            "currency": money.currency,
        }
    )
    return Priced("billable", Decimal(_shown(each)), amount, tuple(steps))


def derivation(priced: Priced) -> dict[str, Any]:
    """What is stored with the item: plain JSON, each step with its English sentence."""
    steps: list[dict[str, Any]] = [dict(step) for step in priced.steps]
    for step, why in zip(steps, sentences(priced.steps), strict=True):
        step["why"] = why
    return {
        "version": VERSION,
        "kind": "part",
        "cover": priced.cover,
        "amount": str(priced.amount),
        "steps": steps,
    }


def sentences(steps: Sequence[Step], translate: Translate | None = None) -> list[str]:
    """One sentence a step, in order. `translate(text, **values)` fills and translates; without it they are English."""
    say = translate or (lambda text, **values: text % values if values else text)
    return [_SAY[step["do"]](say, step) for step in steps]


def _say_part(_: Translate, step: Step) -> str:
    return _("%(quantity)s %(unit)s used", quantity=step["quantity"], unit=step["unit"])


def _say_free(_: Translate, step: Step) -> str:
    return _("no charge: %(reason)s", reason=step["reason"])


def _say_price(_: Translate, step: Step) -> str:
    values = {"price": f"{_figure(step['amount'])} {step['currency']}"}
    if step["price_list"]:
        return _("%(price)s each, price list %(list)s", **values, list=step["price_list"])
    return _("%(price)s each, the product's own price", **values)


def _say_convert(_: Translate, step: Step) -> str:
    return _(
        "%(price)s %(currency)s each at the exchange rate of %(date)s",
        price=_figure(step["amount"]),
        currency=step["currency"],
        date=step["date"],
    )


def _say_money(_: Translate, step: Step) -> str:
    return _(
        "%(quantity)s x %(price)s = %(amount)s",
        quantity=step["quantity"],
        price=_figure(step["price"]),
        amount=f"{_figure(step['amount'])} {step['currency']}",
    )


_SAY: dict[str, Callable[[Translate, Step], str]] = {
    "part": _say_part,
    "free": _say_free,
    "part_price": _say_price,
    "part_convert": _say_convert,
    "part_money": _say_money,
}


def _plain(value: Decimal) -> str:
    """A figure without needless zeros and without an exponent."""
    return f"{value.normalize():f}"


def _figure(text: str) -> str:
    """A figure as money is read, at least two places."""
    whole, _point, places = text.partition(".")
    return f"{whole}.{places.ljust(2, '0')}"


def _shown(value: Fraction) -> str:
    """A price per unit to at most six places: only the amount is money."""
    return _plain(round_money(value, Decimal("0.000001")))
