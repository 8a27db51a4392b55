"""Parts as a screen hands them in, read strictly: nothing that came from outside is trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

MOST_PARTS = 50
MOST_UNITS = Decimal("99999.99")
STEP = Decimal("0.01")
LONGEST_SERIAL = 120
LONGEST_REASON = 200


class Reason(Enum):
    """Why parts are not taken."""

    FORM = "form"  # not what our screen sends
    TOO_MANY = "too_many"
    QUANTITY = "quantity"
    TOO_LONG = "too_long"


class PartProblem(ValueError):
    """The parts are not taken."""

    def __init__(self, reason: Reason):
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class UsedPart:
    """A part as it was handed in; `free_reason` says why the customer does not pay for it, empty where he does."""

    product_id: int
    quantity: Decimal
    serial: str = ""
    free_reason: str = ""


def read(rows: object) -> tuple[UsedPart, ...]:
    """Read a list of `{"product_id", "quantity", "serial", "free_reason"}`; nothing at all is no parts.

    :raises PartProblem: for the first thing that is wrong with it
    """
    if rows is None or rows is False:
        return ()
    if not isinstance(rows, list):
        raise PartProblem(Reason.FORM)
    if len(rows) > MOST_PARTS:
        raise PartProblem(Reason.TOO_MANY)
    return tuple(_read_part(row) for row in rows)


def _read_part(row: object) -> UsedPart:
    if not isinstance(row, Mapping):
        raise PartProblem(Reason.FORM)
    product_id = row.get("product_id")
    if isinstance(product_id, bool) or not isinstance(product_id, int) or product_id <= 0:
        raise PartProblem(Reason.FORM)
    return UsedPart(
        product_id,
        _read_quantity(row.get("quantity")),
        _read_text(row, "serial", LONGEST_SERIAL),
        _read_text(row, "free_reason", LONGEST_REASON),
    )


def _read_quantity(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PartProblem(Reason.QUANTITY)
    quantity = Decimal(str(value))
    if not quantity.is_finite() or not STEP <= quantity <= MOST_UNITS or quantity % STEP:
        raise PartProblem(Reason.QUANTITY)
    return quantity


def _read_text(row: Mapping[str, object], name: str, longest: int) -> str:
    text = row.get(name)
    if text is None or text is False:
        return ""
    if not isinstance(text, str):
        raise PartProblem(Reason.FORM)
    if len(text) > longest:
        raise PartProblem(Reason.TOO_LONG)
    return " ".join(text.replace("\x00", "").split())
