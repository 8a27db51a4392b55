"""What one change sets off: rules whose actions set off other rules, and where that ends (rule D10.33).

What a person or a message does has depth 0. Rules it sets off act at depth 1, what they change sets off rules at depth
2, and so on; at depth 6 what would have acted is only written down. One rule acts once per ticket and chain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

CASCADE_CAP = 5


@dataclass(slots=True)
class Chain:
    """The state of one chain. `pending` is what the rules of the present depth have changed so far."""

    depth: int = 0
    pending: list[Any] = field(default_factory=list)
    acted: set[tuple[int, int]] = field(default_factory=set)

    def go_deeper(self) -> list[Any]:
        """Take what is pending; whoever hears of it acts one level deeper."""
        taken, self.pending = self.pending, []
        self.depth += 1
        return taken

    @property
    def is_capped(self) -> bool:
        """Whether rules at this depth are only written down."""
        return self.depth > CASCADE_CAP

    def claim(self, rule: int, tickets: Iterable[int]) -> frozenset[int]:
        """Those tickets for which `rule` has not acted yet in this chain; from now on it has."""
        fresh = frozenset(ticket for ticket in tickets if (rule, ticket) not in self.acted)
        self.acted.update((rule, ticket) for ticket in fresh)
        return fresh
