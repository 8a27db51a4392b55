"""Whether somebody entered as much time as the working hours say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Balance:
    """A day: minutes expected by the working hours, minutes entered."""

    day: date
    expected: int
    entered: int

    @property
    def missing(self) -> int:
        """Minutes that are not entered."""
        return max(0, self.expected - self.entered)


def find_missing(balances: Iterable[Balance], today: date) -> Balance | None:
    """The last working day before `today` where time is missing; None where that day is whole.

    Days without working hours are passed over: on a Monday it is asked for Friday.
    """
    before = [balance for balance in balances if balance.day < today and balance.expected > 0]
    last = max(before, key=lambda balance: balance.day, default=None)
    return last if last is not None and last.missing else None
