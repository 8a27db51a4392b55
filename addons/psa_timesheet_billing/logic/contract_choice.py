"""Which contract takes work for which nobody chose one (Rules D9.50 and D9.51, as far as validity goes)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum


class Why(str, Enum):
    """How the choice came about; `NONE` and `AMBIGUOUS` leave it to a person or to standard rates."""

    PREFERRED = "preferred"
    DEFAULT = "default"
    ONLY = "only"
    NONE = "none"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An active or ended contract of the customer. `end` is its last day, included; None is open-ended."""

    key: int
    start: date
    end: date | None = None
    is_default: bool = False

    def is_valid(self, day: date) -> bool:
        """Whether the contract takes work of that day: only the worked date decides."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Choice:
    """The contract's key, or None, and why."""

    key: int | None
    why: Why


def choose(candidates: Iterable[Candidate], day: date, preferred: int | None = None) -> Choice:
    """The preferred contract (the ticket's) if it is valid that day, else the one service contract, else the only one.

    Two service contracts, or two others and no service contract, are ambiguous: a person chooses.
    """
    valid = [candidate for candidate in candidates if candidate.is_valid(day)]
    if any(candidate.key == preferred for candidate in valid):
        return Choice(preferred, Why.PREFERRED)
    defaults = [candidate for candidate in valid if candidate.is_default]
    if len(defaults) == 1:
        return Choice(defaults[0].key, Why.DEFAULT)
    if len(valid) == 1:
        return Choice(valid[0].key, Why.ONLY)
    return Choice(None, Why.AMBIGUOUS if valid else Why.NONE)
