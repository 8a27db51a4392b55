"""The stored derivation of a labour item, and the sentences people read of it.

The functions that tell take the translator as `_`, so that the texts are found when the terms are exported.

A derivation is plain JSON: `{"version": 1, "worked_date": "2026-03-10", "kind": "labour", "cover": "billable",
"amount": "83.33", "steps": [{"do": "worked", "rule": "D9.1", "minutes": 50, "why": "0:50 worked"}, ...], "context": {}}`.
`replay.reprice` runs the steps again and gives the amount.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from .duration import clock
from .rates import Step
from .rating import HUNDREDTHS, Piece
from .replay import JsonStep, Registers, run

VERSION = 1
Translate = Callable[..., str]


def derivation(
    piece: Piece, worked_date: date, context: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """What is stored with an item: the steps, each with its sentence, and the facts in `context` (plain JSON)."""
    steps: list[dict[str, Any]] = [dict(step) for step in piece.steps]
    for step, why in zip(steps, sentences(piece.steps), strict=True):
        step["why"] = why
    return {
        "version": VERSION,
        "worked_date": worked_date.isoformat(),
        "kind": piece.kind,
        "cover": piece.cover.value,
        "amount": str(piece.amount),
        "steps": steps,
        "context": dict(context or {}),
    }


def sentences(steps: Sequence[Step] | Sequence[JsonStep], translate: Translate | None = None) -> list[str]:
    """One sentence a step, in order. `translate(text, **values)` fills and translates; without it they are English."""
    say = translate or _plain
    told: list[str] = []
    registers = Registers()
    for step in cast("Sequence[JsonStep]", steps):
        before, registers = registers, run(registers, step)
        told.append(_SAY[step["do"]](say, step, before, registers))
    return told


def _plain(text: str, **values: object) -> str:
    return text % values if values else text


def _number(value: Fraction | Decimal | str) -> str:
    """A figure without needless zeros, at least two places: 100.00, 131.025, 26.67 (fractions to four places)."""
    exact = Fraction(value)
    text = f"{float(exact):.4f}" if exact.denominator not in (1, 2, 4, 5, 10) else f"{float(exact):.2f}"
    whole, places = text.split(".")
    return f"{whole}.{places.rstrip('0').ljust(2, '0')}"


def _factor(value: str) -> str:
    return f"{Decimal(value).normalize():f}"


def _say_worked(_: Translate, step: JsonStep, before: Registers, after: Registers) -> str:
    return _("%(time)s worked", time=clock(after.minutes))


def _say_minimum(_: Translate, step: JsonStep, before: Registers, after: Registers) -> str:
    return _("%(time)s: the least this work type bills", time=clock(after.minutes))


def _say_round(_: Translate, step: JsonStep, before: Registers, after: Registers) -> str:
    values = {
        "before": clock(before.minutes),
        "after": clock(after.minutes),
        "increment": clock(step["increment"]),
    }
    if before.minutes == after.minutes:
        return _("%(after)s is a full step of %(increment)s", **values)
    if after.minutes < before.minutes:
        return _(
            "%(before)s to %(after)s: steps of %(increment)s, %(grace)s past one are free",
            **values,
            grace=clock(step["grace"]),
        )
    return _("%(before)s rounded up to %(after)s, steps of %(increment)s", **values)


def _say_scope(_: Translate, step: JsonStep, before: Registers, after: Registers) -> str:
    values = {
        "after": clock(after.minutes),
        "sum": clock(sum(step["weights"]) + step["earlier_minutes"]),
        "increment": clock(step["increment"]),
    }
    if step["earlier_billed"]:
        values["earlier"] = clock(step["earlier_billed"])
        if step["scope"] == "day":
            return _(
                "%(after)s: its share of the day, %(sum)s rounded up in steps of %(increment)s, "
                "less %(earlier)s on earlier invoices",
                **values,
            )
        return _(
            "%(after)s: its share of the ticket, %(sum)s rounded up in steps of %(increment)s, "
            "less %(earlier)s on earlier invoices",
            **values,
        )
    if step["scope"] == "day":
        return _("%(after)s: its share of the day, %(sum)s rounded up in steps of %(increment)s", **values)
    return _("%(after)s: its share of the ticket, %(sum)s rounded up in steps of %(increment)s", **values)


def _say_maximum(_: Translate, step: JsonStep, before: Registers, after: Registers) -> str:
    return _("%(time)s: the most this work type bills", time=clock(after.minutes))


def _say_approved_minutes(_: Translate, step: JsonStep, before: Registers, after: Registers) -> str:
    return _(
        "%(time)s set by the approver instead of %(worked)s",
        time=clock(after.minutes),
        worked=clock(before.minutes),
    )


def _say_nothing(_: Translate, step: JsonStep, before: Registers, after: Registers) -> str:
    texts = {
        "work_type": _("this work type is not billed"),
        "set_to_zero": _("set to zero by the approver"),
        "billed_before": _("paid with the rounding of an earlier invoice"),
        "no_time": _("no time worked"),
        "no_weight": _("too little to draw from a block"),
    }
    return texts[step["because"]]


def _say_covered(_: Translate, step: JsonStep, before: Registers, after: Registers) -> str:
    values = {"time": clock(after.minutes), "block": step["block"]}
    if Decimal(step["weight"]) == 1:
        return _("%(time)s covered by %(block)s", **values)
    taken = clock(Fraction(step["drawn"], HUNDREDTHS))
    return _(
        "%(time)s covered by %(block)s, which loses %(taken)s (x %(by)s)",
        **values,
        taken=taken,
        by=_factor(step["weight"]),
    )


def _say_uncovered(_: Translate, step: JsonStep, before: Registers, after: Registers) -> str:
    return _("%(time)s past what the blocks had left", time=clock(after.minutes))


def _say_multiply_minutes(_: Translate, step: JsonStep, before: Registers, after: Registers) -> str:
    return _("%(time)s after x %(by)s", time=clock(after.minutes), by=_factor(step["by"]))


def _say_rate(_: Translate, step: JsonStep, before: Registers, after: Registers) -> str:
    rate = f"{_number(step['amount'])} {step['currency']}".strip()
    texts = {
        "approver": _("%(rate)s an hour, set by the approver", rate=rate),
        "contract_overage": _("%(rate)s an hour, the contract's overage rate", rate=rate),
        "contract_role_and_work_type": _(
            "%(rate)s an hour, the contract's rate for this role and work type", rate=rate
        ),
        "contract_work_type": _("%(rate)s an hour, the contract's rate for this work type", rate=rate),
        "contract_role": _("%(rate)s an hour, the contract's rate for this role", rate=rate),
        "customer_role_and_work_type": _(
            "%(rate)s an hour, the customer's rate for this role and work type", rate=rate
        ),
        "customer_work_type": _("%(rate)s an hour, the customer's rate for this work type", rate=rate),
        "customer_role": _("%(rate)s an hour, the customer's rate for this role", rate=rate),
        "company_role_and_work_type": _(
            "%(rate)s an hour, the standard rate for this role and work type", rate=rate
        ),
        "company_work_type": _("%(rate)s an hour, the standard rate for this work type", rate=rate),
        "work_type_own": _("%(rate)s an hour, the work type's own rate", rate=rate),
        "company_role": _("%(rate)s an hour, the standard rate of this role", rate=rate),
    }
    return texts[step["source"]]


def _say_convert(_: Translate, step: JsonStep, before: Registers, after: Registers) -> str:
    hourly = _number(after.hourly or Fraction(0))
    return _(
        "%(rate)s %(currency)s an hour at the exchange rate of %(date)s",
        rate=hourly,
        currency=step["to"],
        date=step["date"],
    )


def _say_surcharge(_: Translate, step: JsonStep, before: Registers, after: Registers) -> str:
    return _(
        "%(rate)s an hour with the work type's surcharge of %(plus)s",
        rate=_number(after.hourly or Fraction(0)),
        plus=_number(step["amount"]),
    )


def _say_multiply_rate(_: Translate, step: JsonStep, before: Registers, after: Registers) -> str:
    return _(
        "%(rate)s an hour after x %(by)s", rate=_number(after.hourly or Fraction(0)), by=_factor(step["by"])
    )


def _say_discount(_: Translate, step: JsonStep, before: Registers, after: Registers) -> str:
    return _("less %(percent)s %% discount of the contract", percent=_factor(step["percent"]))


def _say_money(_: Translate, step: JsonStep, before: Registers, after: Registers) -> str:
    values = {"time": clock(before.minutes), "rate": _number(before.hourly or Fraction(0))}
    return _(
        "%(time)s x %(rate)s/h = %(amount)s",
        **values,
        amount=f"{_number(after.amount)} {step['currency']}".strip(),
    )


def _say_no_rate(_: Translate, step: JsonStep, before: Registers, after: Registers) -> str:
    return _("no rate for this work on that day")


def _say_hold(_: Translate, step: JsonStep, before: Registers, after: Registers) -> str:
    return _("the contract asks for the customer's consent first")


_SAY: dict[str, Callable[[Translate, JsonStep, Registers, Registers], str]] = {
    "worked": _say_worked,
    "approved_minutes": _say_approved_minutes,
    "minimum": _say_minimum,
    "round": _say_round,
    "scope": _say_scope,
    "maximum": _say_maximum,
    "nothing": _say_nothing,
    "covered": _say_covered,
    "uncovered": _say_uncovered,
    "multiply_minutes": _say_multiply_minutes,
    "rate": _say_rate,
    "convert": _say_convert,
    "surcharge": _say_surcharge,
    "multiply_rate": _say_multiply_rate,
    "discount": _say_discount,
    "money": _say_money,
    "no_rate": _say_no_rate,
    "hold": _say_hold,
}
