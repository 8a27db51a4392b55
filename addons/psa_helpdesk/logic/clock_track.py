"""One SLA clock: what it has counted, when its target is used up, and how it ended.

`ClockTrack` is moved along by the ledger (`sla_clock`) and gives a frozen `Reading` at any moment.
Instants are naive datetimes in UTC, amounts whole seconds (rule D10.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from .working_time import Hours

Kind = Literal["response", "plan", "resolution"]
State = Literal["running", "at_risk", "overdue", "paused", "no_hours", "met", "missed", "not_counted"]
Outcome = Literal["met", "missed", "not_counted"]
AT_RISK_PERCENT = 75
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a promise comes from: ids of its policy and calendar, and the customer's zone if it is counted in that."""

    policy: int | None = None
    calendar: int | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A promise: `seconds` of `hours`; `pauses` says whether waiting for the customer stops the clock (rule D10.8)."""

    kind: Kind
    seconds: int
    hours: Hours
    pauses: bool = True
    at_risk_percent: int = AT_RISK_PERCENT
    origin: Origin = Origin()

    def share(self, percent: int) -> int:
        """The seconds at which `percent` of the target are reached, rounded up."""
        return -(-self.seconds * percent // 100)


@dataclass(frozen=True, slots=True)
class Run:
    """A closed stretch [start, end) in which the clock ran, and what it counted by the hours in force then."""

    start: datetime
    end: datetime
    hours: Hours
    counted: int


@dataclass(frozen=True, slots=True)
class Why:
    """A fact that shaped the reading: the rule, the instant and a word for what happened."""

    rule: str
    at: datetime
    fact: str


@dataclass(frozen=True, slots=True)
class ClockPath:
    """Where a clock has run: closed runs, and since when it runs now (None while it stands)."""

    runs: tuple[Run, ...]
    since: datetime | None
    hours: Hours

    def counted(self, at: datetime) -> int:
        """Seconds counted up to `at`."""
        running = self.hours.between(self.since, at) if self.since is not None else 0
        return sum(run.counted for run in self.runs) + running

    def reached(self, seconds: int, at: datetime) -> datetime | None:
        """The first instant at which `seconds` (more than 0) are counted, as laid out at `at`; it may lie ahead.

        None while the clock stands before that point, or if no working time leads there (rule D10.26).
        """
        for run in self.runs:
            if seconds <= run.counted:
                return run.hours.add(run.start, seconds)
            seconds -= run.counted
        if self.since is None:
            return None
        return self.hours.as_of(at).add(self.since, seconds)

    def first_running(self, at: datetime) -> datetime:
        """The first instant not before `at` at which the clock ran."""
        for run in self.runs:
            if run.end > at:
                return max(run.start, at)
        return at if self.since is None else max(self.since, at)


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock at one moment. `due_at` is empty while it is paused with time left, and with no working time ahead."""

    cycle: int
    kind: Kind
    state: State
    target: Target
    counted: int
    paused: int
    started_at: datetime
    due_at: datetime | None
    done_at: datetime | None
    breached_at: datetime | None
    excused: bool
    in_force_since: datetime
    path: ClockPath
    why: tuple[Why, ...]

    @property
    def remaining(self) -> int:
        """Seconds left of the target; negative is the overrun."""
        return self.target.seconds - self.counted

    @property
    def used_percent(self) -> int:
        """The share of the target that is counted, rounded down as all figures that are shown (rule D10.1)."""
        return self.counted * 100 // self.target.seconds

    @property
    def is_open(self) -> bool:
        """Not yet reached and not ended."""
        return self.state not in ("met", "missed", "not_counted")

    @property
    def is_running(self) -> bool:
        """Counting now: the only time at which warnings and escalations act (rule D10.22)."""
        return self.is_open and self.path.since is not None

    @property
    def counts_at(self) -> datetime | None:
        """The instant by which reports put this target into a month; None if it counts nowhere yet (rule D10.21)."""
        if self.state == "not_counted":
            return None
        return min((at for at in (self.done_at, self.breached_at) if at is not None), default=None)


class ClockTrack:
    """One clock while its ledger is read. Times given to its methods never go back."""

    def __init__(self, kind: Kind, target: Target, started_at: datetime, in_force_since: datetime) -> None:
        self.kind = kind
        self.target = target
        self.started_at = started_at
        self.in_force_since = in_force_since
        self.made_at = in_force_since  # a merge puts the same promise into force anew (rule D10.24)
        self.runs: list[Run] = []
        self.since: datetime | None = None
        self.outcome: Outcome | None = None
        self.done_at: datetime | None = None
        self.due_at: datetime | None = None
        self.breached_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.stood_since: datetime | None = None
        self.is_gone = False  # the policy has no such target any more
        self.excused = False
        self.paused = 0
        self.why: list[Why] = [Why("D10.3", started_at, "started")]

    @property
    def path(self) -> ClockPath:
        """The runs so far, frozen."""
        return ClockPath(tuple(self.runs), self.since, self.target.hours)

    def due(self, at: datetime) -> datetime | None:
        """The first instant at which the target is used up, as laid out at `at` (rule D10.2)."""
        return self.path.reached(self.target.seconds, at)

    def settle(self, at: datetime, *, to_the_end: bool = True) -> None:
        """Judge the time up to `at`: an open target whose due is past is breached, for good (rules D10.2, D10.11).

        A target used up at the moment it came into force is breached at that moment, not before (D10.14, D10.15).

        :param to_the_end: False while more may be said in the second `at`: a promise that is replaced in the second in
            which it was made was never in force, and nobody broke it (rule D10.12)
        """
        if self.outcome is not None or self.breached_at is not None:
            return
        if self.made_at >= at and not to_the_end:
            return
        due = self.due(at)
        if due is not None and due < at:
            self.breached_at = max(due, self.in_force_since)
            self.why.append(
                Why("D10.2" if self.breached_at == due else "D10.14", self.breached_at, "used_up")
            )

    def go(self, at: datetime) -> None:
        """Run from `at` on."""
        self.settle(at, to_the_end=False)
        if self.since is None:
            self.paused, self.stood_since = self.paused_until(at), None
            self.since = at

    def halt(self, at: datetime) -> None:
        """Stand from `at` on; what ran until then is counted and never counted again."""
        self.settle(at, to_the_end=False)
        if self.since is not None:
            counted = self.target.hours.between(self.since, at)
            self.runs.append(Run(self.since, at, self.target.hours, counted))
            self.since, self.stood_since = None, at

    def paused_until(self, at: datetime) -> int:
        """The working seconds inside its pauses up to `at`."""
        return self.paused + (self.target.hours.between(self.stood_since, at) if self.stood_since else 0)

    def finish(self, at: datetime) -> None:
        """The target is reached at `at`: the pause ends first, then it is judged by the due laid out (rule D10.10)."""
        self.go(at)
        self.settle(at)
        # A calendar edited in this very second holds for clocks that run on, not for one that ends (rule D10.16).
        self.due_at = self.due(at - _SECOND)
        self.halt(at)
        self.outcome = "met" if self.breached_at is None else "missed"
        self.done_at = self.ended_at = at
        self.stood_since = None
        self.why.append(Why("D10.2", at, "reached"))

    def drop(self, at: datetime, *, gone: bool) -> None:
        """The target ends without being reached: not counted, but a breach that happened stays.

        :param gone: the policy lacks it (rule D10.15), else the ticket was cancelled (rule D10.9)
        """
        self.halt(at)
        self.paused, self.stood_since, self.is_gone = self.paused_until(at), None, gone
        self.due_at = self.due(at)
        self.outcome = "not_counted" if self.breached_at is None else "missed"
        self.ended_at = at
        self.why.append(Why("D10.15" if gone else "D10.9", at, "not_counted"))

    def change(self, at: datetime, target: Target, *, restart: bool) -> None:
        """A new promise from `at` on; the counted seconds stay unless it counts from now (rules D10.13, D10.14)."""
        self.halt(at)
        self.target = target
        self.in_force_since = self.made_at = at
        if restart:
            self.runs.clear()
        self.why.append(Why("D10.13", at, "restarted" if restart else "target_changed"))

    def begin_earlier(self, at: datetime, start: datetime, runs: list[Run], paused: int) -> None:
        """It began at `start` already; what is used up by these runs is breached at the merge (rule D10.24)."""
        self.settle(at, to_the_end=False)
        self.runs[:0] = runs
        self.started_at, self.in_force_since = start, at
        self.paused += paused
        self.why.append(Why("D10.24", at, "merged"))

    def reopen(self, at: datetime) -> None:
        """The result is withdrawn, a breach is not; the time since it ended is not counted (rule D10.18)."""
        self.outcome = self.done_at = self.due_at = self.ended_at = None
        self.in_force_since = self.made_at = at
        self.is_gone = False
        self.why.append(Why("D10.18", at, "reopened"))

    def read(self, cycle: int, now: datetime) -> Reading:
        """The clock at `now`."""
        self.settle(now)
        due = self.due_at if self.outcome is not None else self.due(now)
        path = ClockPath(tuple(self.runs), self.since, self.target.hours.as_of(now))
        counted = path.counted(now)
        return Reading(
            cycle=cycle,
            kind=self.kind,
            state=self.outcome or self._open_state(due, counted, now),
            target=self.target,
            counted=counted,
            paused=self.paused_until(now),
            started_at=self.started_at,
            due_at=due,
            done_at=self.done_at,
            breached_at=self.breached_at,
            excused=self.excused,
            in_force_since=self.in_force_since,
            path=path,
            why=tuple(self.why),
        )

    def _open_state(self, due: datetime | None, counted: int, now: datetime) -> State:
        if due is not None and due < now:
            return "overdue"
        if self.since is None:
            return "paused"
        if due is None:
            return "no_hours"
        return "at_risk" if counted >= self.target.share(self.target.at_risk_percent) else "running"
