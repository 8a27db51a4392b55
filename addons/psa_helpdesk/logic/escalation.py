"""What a running clock asks for next: warnings and escalations that are due, and the next moment to look at it.

A reading, the ladder of its policy and the steps already written down -> the steps to take now and when to look again.
Warnings act once per target and cycle; when several are passed at one look only the highest acts, the others are
written down as overtaken (rule D10.22). Escalations each name somebody, so all that were passed act, in order (D10.23).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from .clock_track import Reading

Mode = Literal[
    "warning", "escalation", "rule"
]  # "rule": a workflow rule waits for it; each acts, as escalations do
LOOK_AGAIN = timedelta(days=1)  # for a clock without working time ahead (rule D10.26)


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """A rung of the ladder: at `percent` of the target, warn or escalate."""

    percent: int
    mode: Mode


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A step whose moment has come. `due_at` is when it should have acted, however late we look (rule D10.27)."""

    step: Step
    due_at: datetime
    overtaken: bool


@dataclass(frozen=True, slots=True)
class Agenda:
    """What to do now, in order, and the next moment at which something must happen (None: never by itself)."""

    steps: tuple[StepTaken, ...]
    next_at: datetime | None


def agenda(reading: Reading, ladder: Iterable[Step], done: Collection[Step], now: datetime) -> Agenda:
    """The steps of `ladder` that are due at `now` and not in `done`, and when to look again after taking them.

    Nothing acts while the clock is paused, reached or ended (rule D10.22); a step passed meanwhile acts when it runs on.
    """
    looks = [_next_change(reading, now)]
    passed: dict[Step, datetime] = {}
    if reading.is_running:
        for step in sorted(set(ladder) - set(done)):
            moment = reading.path.reached(reading.target.share(step.percent), now)
            if moment is not None and moment <= now:
                passed[step] = _acted_at_the_earliest(reading, moment)
            else:
                looks.append(moment)
    warned = [step.percent for step in (*passed, *done) if step.mode == "warning"]
    highest = max(warned, default=0)
    steps = tuple(
        StepTaken(step, due_at, overtaken=step.mode == "warning" and step.percent < highest)
        for step, due_at in passed.items()
    )
    return Agenda(steps, min((moment for moment in looks if moment is not None), default=None))


def _acted_at_the_earliest(reading: Reading, moment: datetime) -> datetime:
    """A share reached before the present promise was in force was due when the clock first ran under it."""
    return max(moment, reading.path.first_running(reading.in_force_since))


def _next_change(reading: Reading, now: datetime) -> datetime | None:
    """When the state will differ: at risk, or breached, which needs a moment after the due (rule D10.2)."""
    if reading.state == "running":
        return reading.path.reached(reading.target.share(reading.target.at_risk_percent), now)
    if reading.state == "no_hours":
        return now + LOOK_AGAIN
    if reading.is_open and reading.due_at is not None and reading.state != "overdue":
        return reading.due_at + timedelta(
            seconds=1
        )  # also after an earlier breach: the promise was prolonged
    return None
