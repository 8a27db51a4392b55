"""The four severities after Cisco's guideline on prioritisation and escalation: promises, and who is told when.

Source: rule D10.23 and row 3.8. Severity 1 counts elapsed hours, the others the hours of their target. Roles are ours,
from the technician over the leader of the queue and the service managers to the management.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .working_time import Hours

Audience = Literal["assignee", "leader", "manager", "management"]
HOUR = 60


@dataclass(frozen=True, slots=True)
class Severity:
    """One severity.

    Attributes:
        code: as people say it.
        priority: of the ticket, "0" to "3".
        response: minutes to the first response.
        resolution: minutes to the resolution.
        is_always: promised and escalated round the clock; else in business hours.
    """

    code: str
    priority: str
    response: int
    resolution: int
    is_always: bool


@dataclass(frozen=True, slots=True)
class Rung:
    """`hours` after a ticket got the severity, these people are told."""

    code: str
    hours: int
    audiences: tuple[Audience, ...]
    is_urgent: bool


SEVERITIES = (
    Severity("S1", "3", response=30, resolution=4 * HOUR, is_always=True),
    Severity("S2", "2", response=1 * HOUR, resolution=8 * HOUR, is_always=False),
    Severity("S3", "1", response=4 * HOUR, resolution=24 * HOUR, is_always=False),
    Severity("S4", "0", response=8 * HOUR, resolution=40 * HOUR, is_always=False),
)
LADDER = (
    Rung("S1", 1, ("assignee", "leader"), is_urgent=True),
    Rung("S1", 4, ("manager",), is_urgent=True),
    Rung("S1", 24, ("management",), is_urgent=True),
    Rung("S1", 48, ("management",), is_urgent=True),
    Rung("S2", 4, ("assignee", "leader"), is_urgent=True),
    Rung("S2", 24, ("manager",), is_urgent=False),
    Rung("S2", 48, ("management",), is_urgent=False),
    Rung("S3", 72, ("assignee", "leader"), is_urgent=False),
    Rung("S3", 96, ("manager",), is_urgent=False),
    Rung("S4", 96, ("assignee", "leader"), is_urgent=False),
)


def ladder_of(severity: Severity) -> Iterator[Rung]:
    """The rungs of one severity, the first one first."""
    return (rung for rung in LADDER if rung.code == severity.code)


def rung_due(since: datetime, minutes: int, hours: Hours) -> datetime | None:
    """When a rung acts: the first instant at which `minutes` of `hours` have passed since the severity was set.

    None if no working time leads there (rule D10.26).
    """
    return hours.add(since, minutes * 60)
