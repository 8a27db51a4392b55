"""Conditions of a workflow rule: who meets them, and for those who do not, the first condition that failed.

A tree of conditions is judged for many tickets at once, from left to right: of conditions joined by "and" the later
ones are asked only of those that met the earlier ones (rule D10.33 wants each rule to see the changes before it, so
nothing is remembered between two calls).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Leaf:
    """One comparison: the value at `path` of a ticket with `value`, a plain value or a tuple of such."""

    path: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Branch:
    """Conditions joined by `how`: "and", "or", or "not" with exactly one of them."""

    how: str
    parts: tuple[Leaf | Branch, ...]


Condition = Leaf | Branch
Test = Callable[[Leaf, frozenset[int]], frozenset[int]]


@dataclass(slots=True)
class Judgement:
    """`met` are those who meet all; `failed` says of each other one which condition stopped it; `compared` what was asked."""

    met: frozenset[int]
    failed: dict[int, Condition] = field(default_factory=dict)
    compared: list[tuple[Leaf, frozenset[int], frozenset[int]]] = field(default_factory=list)

    def compared_for(self, one: int) -> list[tuple[Leaf, bool]]:
        """The comparisons that `one` went through, in order, with their results."""
        return [(leaf, one in passed) for leaf, asked, passed in self.compared if one in asked]


def judge(condition: Condition | None, many: Iterable[int], test: Test) -> Judgement:
    """Judge `condition` for `many`.

    :param condition: None holds always
    :param test: returns those of the given ones for which a leaf holds
    """
    judgement = Judgement(frozenset(many))
    if condition is not None:
        judgement.met = _sift(condition, judgement.met, test, judgement)
    return judgement


def leaves(condition: Condition | None) -> list[Leaf]:
    """All comparisons of a tree, from left to right."""
    if condition is None:
        return []
    if isinstance(condition, Leaf):
        return [condition]
    return [leaf for part in condition.parts for leaf in leaves(part)]


def below(path: str, condition: Condition) -> Condition:
    """Conditions of the record that the field at `path` names, as conditions of who names it."""
    if isinstance(condition, Leaf):
        return Leaf(f"{path}.{condition.path}", condition.operator, condition.value)
    return Branch(condition.how, tuple(below(path, part) for part in condition.parts))


def _sift(condition: Condition, many: frozenset[int], test: Test, judgement: Judgement) -> frozenset[int]:
    if not many:
        return many
    if isinstance(condition, Leaf):
        met = test(condition, many) & many
        judgement.compared.append((condition, many, met))
    elif condition.how == "and":
        met = many
        for part in condition.parts:
            met = _sift(part, met, test, judgement)
        return met
    else:
        met = _sift_branch(condition, many, test, judgement)
    for one in many - met:
        judgement.failed[one] = condition
    for one in met:
        judgement.failed.pop(one, None)
    return met


def _sift_branch(condition: Branch, many: frozenset[int], test: Test, judgement: Judgement) -> frozenset[int]:
    """Those who meet any of the parts, or do not meet the only one."""
    if condition.how == "not":
        return many - _sift(condition.parts[0], many, test, judgement)
    met: frozenset[int] = frozenset()
    for part in condition.parts:
        met |= _sift(part, many - met, test, judgement)
    return met
