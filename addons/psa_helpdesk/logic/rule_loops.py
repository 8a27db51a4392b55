"""Rules that would set each other off, found before one of them is switched on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a rule listens to and what it changes, as names such as "updated:priority" or "stage".

    `listens` to "updated:*" hears of every change. `demands` holds, by field, the values its conditions ask for, where
    they can be read off, such as "updated:priority"; `sets` the values its actions bring: a rule that sets High does not
    wake one that asks for Low. The value "" follows from the others and brings nothing new the second time.
    """

    rule: int
    listens: frozenset[str]
    changes: frozenset[str]
    demands: tuple[tuple[str, frozenset[str]], ...] = ()
    sets: tuple[tuple[str, str], ...] = ()


def wakes(one: Wiring, other: Wiring) -> bool:
    """Whether what `one` changes may make `other` act."""
    heard = {
        change
        for change in one.changes
        if change in other.listens or (change.startswith("updated:") and "updated:*" in other.listens)
    }
    if not heard:
        return False
    sets = dict(one.sets)
    return all(sets[name] in wanted for name, wanted in other.demands if name in sets)


def find_loops(wirings: Iterable[Wiring], start: int) -> list[tuple[int, ...]]:
    """The shortest ways from rule `start` back to itself, each as the rules on the way; a rule waking itself is (start,)."""
    known = {wiring.rule: wiring for wiring in wirings}
    loops: list[tuple[int, ...]] = []
    ways: list[tuple[int, ...]] = [(start,)]
    seen = {start}
    while ways:
        way = ways.pop(0)
        for rule, wiring in known.items():
            if not wakes(known[way[-1]], wiring):
                continue
            if rule == start and _goes_on([known[one] for one in way]):
                loops.append(way)
            elif rule not in seen:  # the start itself is seen
                seen.add(rule)
                ways.append((*way, rule))
    return loops


def _goes_on(way: list[Wiring]) -> bool:
    """Whether a way round changes something again the second time: rules that bring the same values come to rest."""
    brought: dict[str, str] = {}
    for wiring in way:
        sets = dict(wiring.sets)
        if wiring.changes - sets.keys():
            return True  # values that cannot be foreseen
        for change, value in sets.items():
            if value and brought.setdefault(change, value) != value:
                return True
    return False
