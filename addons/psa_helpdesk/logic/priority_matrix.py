"""Impact and urgency of a ticket -> its priority, as ITIL has it: how many are hurt, and how long it can wait.

Cells that a company has not filled in are those of the usual matrix. A priority that somebody chose after the matrix had
proposed one is that person's, and stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LOW, MEDIUM, HIGH = "low", "medium", "high"
LEVELS = (LOW, MEDIUM, HIGH)

Cells = Mapping[tuple[str, str], str]

USUAL: Cells = {
    (HIGH, HIGH): "3", (HIGH, MEDIUM): "2", (HIGH, LOW): "1",
    (MEDIUM, HIGH): "2", (MEDIUM, MEDIUM): "1", (MEDIUM, LOW): "0",
    (LOW, HIGH): "1", (LOW, MEDIUM): "0", (LOW, LOW): "0",
}  # fmt: skip
"""(impact, urgency): priority, "0" low to "3" critical."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The priority a ticket gets, None to leave it as it is; and what the matrix proposes, None where it cannot say."""

    priority: str | None
    proposed: str | None
    why: str


def propose(cells: Cells, impact: str | None, urgency: str | None) -> str | None:
    """The priority of a cell; None where one of the two is not known."""
    if not impact or not urgency:
        return None
    key = (impact, urgency)
    return cells.get(key) or USUAL.get(key)


def is_by_hand(priority: str | None, proposed_before: str | None) -> bool:
    """Say whether somebody chose `priority` after the matrix had proposed another one."""
    return bool(proposed_before) and priority != proposed_before


def decide(
    cells: Cells, impact: str | None, urgency: str | None, priority: str | None, proposed_before: str | None
) -> Decision:
    """Decide about a ticket whose impact or urgency has just changed to these.

    :param priority: the one it has now
    :param proposed_before: what the matrix proposed the last time
    """
    proposed = propose(cells, impact, urgency)
    if proposed is None:
        return Decision(None, None, "impact or urgency is not known")
    if is_by_hand(priority, proposed_before):
        return Decision(None, proposed, "the priority was chosen by hand")
    return Decision(proposed, proposed, f"{impact} impact, {urgency} urgency")
