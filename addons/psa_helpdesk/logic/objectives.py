"""Which promise a ticket gets: the most specific objective of a policy for each kind (rules D2.3, D10.17)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .clock_track import Kind


@dataclass(frozen=True, slots=True)
class Objective:
    """One line of a policy. `priority` and `issue` are None where the line holds for all of them."""

    id: int
    kind: Kind
    priority: str | None
    issue: int | None
    sequence: int = 10


def choose_objectives(
    objectives: Iterable[Objective], priority: str, issues: Sequence[int]
) -> dict[Kind, Objective]:
    """The objective of each kind for a ticket.

    :param issues: the issue of the ticket and those above it, the most special one (sub-issue) first
    :return: sub-issue before issue before priority alone; a tie goes to the lowest sequence, then the lowest id
    """
    depth = {issue: i for i, issue in enumerate(issues)}

    def rank(objective: Objective) -> tuple[int, bool, int, int]:
        issue = len(issues) if objective.issue is None else depth[objective.issue]
        return issue, objective.priority is None, objective.sequence, objective.id

    matching = [
        objective
        for objective in objectives
        if objective.priority in (None, priority) and (objective.issue is None or objective.issue in depth)
    ]
    chosen: dict[Kind, Objective] = {}
    for objective in sorted(matching, key=rank):
        chosen.setdefault(objective.kind, objective)
    return chosen
