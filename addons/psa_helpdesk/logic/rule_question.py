"""What a comparison of a rule asks, as people say it: is it this, is it set, does the text contain that.

A comparison with nothing chosen or nothing typed is one that somebody began and did not finish: the editor writes it as
soon as its field is chosen. Left so it holds for every ticket or for none, which nobody meant. A comparison with False is
whole: it asks whether the field is set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .rule_conditions import Condition, Leaf, leaves

Ask = Literal[
    "is", "set", "contains", "starts", "fits", "more", "least", "less", "most", "below", "above", "other"
]
NESTING = ("any", "not any")  # conditions of the records that a field names
_SIZES: dict[str, Ask] = {
    ">": "more",
    ">=": "least",
    "<": "less",
    "<=": "most",
    "child_of": "below",
    "parent_of": "above",
}
_WILD = "%"


@dataclass(frozen=True, slots=True)
class Question:
    """Whether `ask` holds of `values`, or does not where it is `negative`. Texts are without their wildcard."""

    ask: Ask
    values: tuple[Any, ...]
    negative: bool = False
    is_unfinished: bool = False


def question(operator: str, values: Sequence[Any], *, of_boolean: bool = False) -> Question:
    """Read an operator of a domain and its values."""
    negative = operator == "!=" or operator.startswith("not ")
    plain = "=" if operator == "!=" else operator.removeprefix("not ")
    if plain in ("ilike", "like", "=ilike", "=like"):
        return _question_of_text(plain, str(values[0] or "") if values else "", negative)
    if plain not in ("=", "in"):
        return Question(_SIZES.get(plain, "other"), tuple(values), negative, not values)
    if of_boolean:
        return Question("is", tuple(bool(value) != negative for value in values))
    if values and all(value is None or value is False for value in values):
        return Question("set", (), not negative)
    return Question("is", tuple(values), negative, all(value == "" for value in values))


def is_unfinished(leaf: Leaf) -> bool:
    """Whether the value of this comparison is still missing."""
    if leaf.operator in NESTING:
        return not leaf.value or any(_is_unfinished_part(part) for part in leaf.value)
    return question(leaf.operator, values_of(leaf)).is_unfinished


def find_unfinished(condition: Condition | None) -> list[Leaf]:
    """The comparisons of a tree whose value is missing, from left to right."""
    return [leaf for leaf in leaves(condition) if is_unfinished(leaf)]


def values_of(leaf: Leaf) -> tuple[Any, ...]:
    """The values a leaf compares with, one or many."""
    return tuple(leaf.value) if isinstance(leaf.value, (tuple, list)) else (leaf.value,)


def _question_of_text(plain: str, text: str, negative: bool) -> Question:
    is_missing = not text.strip(_WILD)
    if plain in ("ilike", "like"):
        return Question("contains", (text,), negative, is_missing)
    ask: Ask = "starts" if text.endswith(_WILD) else "fits"
    return Question(ask, (text.removesuffix(_WILD),), negative, is_missing)


def _is_unfinished_part(part: Any) -> bool:
    """Of conditions within a condition, as they are written: comparisons, and signs that join them."""
    return not isinstance(part, str) and len(part) == 3 and is_unfinished(Leaf(*part))
