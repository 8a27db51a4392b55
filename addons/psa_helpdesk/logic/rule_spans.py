"""Two comparisons that are one thought: from a value up to another one. "In the last 7 days" is written as two.

The editor writes a stretch of time with both its ends, relative ones in words such as "today -7d".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .rule_conditions import Branch, Condition, Leaf

# What the editor offers by name, and how it writes it.
NAMED = {
    ("today", "today +1d"): "today",
    ("today -7d", "today"): "last_7_days",
    ("today -30d", "today"): "last_30_days",
    ("today =1d", "today +1d"): "month_to_date",
    ("today =1d -1m", "today =1d"): "last_month",
    ("today =1m =1d", "today +1d"): "year_to_date",
    ("today =1d -12m", "today =1d"): "last_12_months",
}


@dataclass(frozen=True, slots=True)
class Span:
    """The value at `path` lies between `low` and `high`; `name` is one of NAMED, empty for ends given by a person."""

    path: str
    low: Any
    high: Any
    name: str = ""


def spans(branch: Branch) -> list[Condition | Span]:
    """The parts of a branch in order; of those that must all hold, two neighbours that are one span become it."""
    parts: Sequence[Condition] = branch.parts
    if branch.how != "and":
        return [*parts]
    found: list[Condition | Span] = []
    ends_with_span = False
    for part, following in pairwise((*parts, None)):
        if ends_with_span:
            ends_with_span = False
        elif span := _span(part, following):
            found.append(span)
            ends_with_span = True
        elif part is not None:
            found.append(part)
    return found


def _span(low: Condition | None, high: Condition | None) -> Span | None:
    if (
        not (isinstance(low, Leaf) and isinstance(high, Leaf))
        or low.path != high.path
        or low.operator != ">="
    ):
        return None
    if high.operator == "<=":
        return Span(low.path, low.value, high.value)
    name = NAMED.get((low.value, high.value)) if high.operator == "<" else None
    return Span(low.path, low.value, high.value, name) if name else None
