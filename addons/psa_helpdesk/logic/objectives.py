"""What a policy promises, and which of it a ticket gets: the most specific objective of each kind (D2.3, D10.17)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .clock_track import Kind
from .escalation import Step


@dataclass(frozen=True, slots=True)
class Objective:
    """One line of a policy: `seconds` by `calendar`, which is None for 24x7.

    `priority` and `issue` are None where the line holds for all of them.
    """

    id: int
    kind: Kind
    priority: str | None
    issue: int | None
    sequence: int = 10
    seconds: int = 0
    calendar: int | None = None
    pauses: bool = True


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder of a policy, for tickets of `priority_from` ("0" lowest to "3" highest) and above."""

    step: Step
    priority_from: str = "0"


@dataclass(frozen=True, slots=True)
class Terms:
    """A policy as plain values. `grace` in seconds; `restarts`: a changed promise counts from the change (D10.13)."""

    objectives: tuple[Objective, ...] = ()
    rungs: tuple[Rung, ...] = ()
    at_risk_percent: int = 75
    grace: int = 7 * 86_400
    restarts: bool = False
    by_customer_zone: bool = False
    counts_calls: bool = True

    def ladder(self, priority: str) -> tuple[Step, ...]:
        """The steps that a ticket of this priority takes."""
        return tuple(rung.step for rung in self.rungs if rung.priority_from <= priority)


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
