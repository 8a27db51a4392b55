"""The SLA clocks of a ticket: a ledger of what happened -> the reading of each clock at a moment.

The ledger is append-only and a reading a pure function of it, so replaying a ledger gives the figures stored from it.
One principle carries rules D10.8, D10.13, D10.15 and D10.16: a minute is counted once, by the calendar in force while
it passed, and no later change counts it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from .clock_track import ClockTrack, Kind, Reading, Run, Target

What = Literal[
    "started",
    "responded",
    "planned",
    "resolved",
    "paused",
    "resumed",
    "reopened",
    "cancelled",
    "retargeted",
    "excused",
    "merged",
]
Meaning = Literal["none", "plan", "waiting", "resolved", "cancelled"]
_CLOSING: tuple[Meaning, ...] = ("resolved", "cancelled")
# Of changes in one save, completions are judged first, then the stage, then the promise (rule D10.12). What is completed
# in the save that opens a ticket again belongs to the life that begins with it.
_SAVE_ORDER: dict[What, int] = {
    "started": 0, "reopened": 1, "responded": 2, "planned": 3, "resolved": 4, "cancelled": 5, "resumed": 6, "paused": 7,
    "merged": 8, "retargeted": 9, "excused": 10,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stop:
    """A stretch of a life in which the ticket waited or was closed; open while `end` is None."""

    start: datetime
    closed: bool
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """The last cycle of a ticket, as another one that it is merged into takes it over (rule D10.24)."""

    start: datetime
    stops: tuple[Stop, ...] = ()
    is_closed: bool = False
    is_responded: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the ledger of a ticket.

    `targets` belong to "started" and "retargeted", `restart` ("from now", rule D10.13) to the latter;
    `kind` and `cycle` to "excused", `earlier` to "merged". "started" opens the next cycle.
    """

    at: datetime
    what: What
    targets: tuple[Target, ...] = ()
    restart: bool = False
    kind: Kind | None = None
    cycle: int | None = None
    earlier: Life | None = None


def in_save_order(events: Iterable[Event]) -> list[Event]:
    """The events of one save in the order in which they are judged (rule D10.12)."""
    return sorted(events, key=lambda event: _SAVE_ORDER[event.what])


def read_clocks(events: Iterable[Event], now: datetime) -> tuple[Reading, ...]:
    """The reading at `now` of every clock of every cycle, in the order of cycles and of the targets as they came.

    :param events: the ledger as it was written; equal instants keep that order, later ones than `now` are not read
    """
    cycles = _live(event for event in events if event.at <= now)
    return tuple(track.read(i, now) for i, cycle in enumerate(cycles, 1) for track in cycle.tracks.values())


def last_life(events: Iterable[Event]) -> Life | None:
    """What another ticket takes over of this one; None where it has no clocks."""
    cycles = _live(events)
    if not cycles:
        return None
    last = cycles[-1]
    return Life(last.started_at, tuple(last.stops), last.closed is not None, "response" in last.reached)


def _live(events: Iterable[Event]) -> list[_Cycle]:
    cycles: list[_Cycle] = []
    for event in sorted(events, key=lambda event: event.at):
        if event.what == "started":
            cycles.append(_Cycle(event))
        elif cycles:
            cycles[(event.cycle or len(cycles)) - 1].take(event)
    return cycles


def stage_events(before: Meaning, after: Meaning) -> list[What]:
    """What the ledger says about a ticket that moves between stages of these meanings.

    A late reopening is a new cycle instead: see `is_in_grace`. Moving on between closing stages changes nothing (D10.7).
    """
    was_closed, is_closed = before in _CLOSING, after in _CLOSING
    if is_closed:
        return [] if was_closed else ["cancelled" if after == "cancelled" else "resolved"]
    events: list[What] = ["reopened"] if was_closed else []
    if before == "waiting" and after != "waiting":
        events.append("resumed")
    if after == "waiting" and before != "waiting":
        events.append("paused")
    if after == "plan" and before != "plan":
        events.append("planned")
    return events


def is_in_grace(resolved_at: datetime, at: datetime, grace: int) -> bool:
    """Whether reopening at `at` goes on with the same clock: elapsed seconds, the last one included (rule D10.18)."""
    return at - resolved_at <= timedelta(seconds=grace)


class _Cycle:
    """One life of a ticket, from its start or a late reopening to its end."""

    def __init__(self, event: Event) -> None:
        self.started_at = event.at
        self.waiting = False
        self.closed: Literal["resolved", "cancelled"] | None = None
        self.stops: list[Stop] = []
        self.reached: dict[Kind, datetime] = {}
        self.pending: Event | None = None
        self.tracks: dict[Kind, ClockTrack] = {}
        for target in event.targets:
            self.tracks[target.kind] = track = ClockTrack(target.kind, target, event.at, event.at)
            track.go(event.at)

    def take(self, event: Event) -> None:
        """Let one event happen."""
        match event.what:
            case "responded":
                self._reach("response", event.at)
            case "planned":
                self._reach("plan", event.at)
            case "resolved" | "cancelled":
                self._close(event)
            case "paused":
                self._pause(event.at)
            case "resumed":
                self._resume(event.at)
            case "reopened":
                self._reopen(event.at)
            case "retargeted":
                self._retarget(event)
            case "excused":
                self._excuse(event)
            case "merged":
                self._merge(event)

    @property
    def _open(self) -> list[ClockTrack]:
        return [track for track in self.tracks.values() if track.outcome is None]

    def _reach(self, kind: Kind, at: datetime) -> None:
        self.reached.setdefault(kind, at)
        track = self.tracks.get(kind)
        if track is not None and track.outcome is None:
            track.finish(at)

    def _close(self, event: Event) -> None:
        """Resolving ends every open target, each by its own due; cancelling ends them uncounted (D10.7, D10.9)."""
        if self.closed is not None:
            return
        for track in self._open:
            if event.what == "resolved":
                track.finish(event.at)
            else:
                track.drop(event.at, gone=False)
        self._end_stop(event.at)
        self.closed = "resolved" if event.what == "resolved" else "cancelled"
        self.stops.append(Stop(event.at, closed=True))

    def _pause(self, at: datetime) -> None:
        """Waiting stops every open target that pauses; a second waiting stage goes on with the pause (rule D10.8)."""
        if self.waiting or self.closed is not None:
            return
        self.waiting = True
        self.stops.append(Stop(at, closed=False))
        for track in self._open:
            if track.target.pauses:
                track.halt(at)

    def _resume(self, at: datetime) -> None:
        if not self.waiting:
            return
        for track in self._open:
            track.go(at)
        self._end_stop(at)

    def _end_stop(self, at: datetime) -> None:
        if self.stops and self.stops[-1].end is None:
            self.stops[-1] = replace(self.stops[-1], end=at)
        self.waiting = False

    def _reopen(self, at: datetime) -> None:
        """The resolution clock goes on; what was cancelled does too, all else keeps its result (rule D10.18)."""
        if self.closed is None:
            return
        cancelled, self.closed = self.closed == "cancelled", None
        self._end_stop(at)
        for track in self.tracks.values():
            if not track.is_gone and (track.kind == "resolution" or (cancelled and track.done_at is None)):
                track.reopen(at)
                track.go(at)
        if self.pending is not None:
            self._retarget(replace(self.pending, at=at))
            self.pending = None

    def _retarget(self, event: Event) -> None:
        """New targets: kept kinds change, missing ones end uncounted, new ones come (rules D10.13 to D10.15)."""
        if self.closed is not None:
            self.pending = event  # nothing runs; it holds from a reopening on
            return
        wanted = {target.kind: target for target in event.targets}
        for track in self._open:
            target = wanted.pop(track.kind, None)
            if target is None:
                track.drop(event.at, gone=True)
            else:
                track.change(event.at, target, restart=event.restart)
                self._let_run(track, event.at)
        for target in wanted.values():
            if target.kind not in self.tracks or self.tracks[target.kind].done_at is None:
                self._join(target, event.at)

    def _join(self, target: Target, at: datetime) -> None:
        """A kind that is new, or back, counts from the start (or from when it went), less the stops (rule D10.15)."""
        track = self.tracks.get(target.kind)
        if track is None:
            self.tracks[target.kind] = track = ClockTrack(target.kind, target, self.started_at, at)
            uncounted_from = self.started_at
        else:
            uncounted_from = track.ended_at or at
            track.target = target
            track.reopen(at)
        done = self.reached.get(target.kind)
        for start, end in self._running_spans(uncounted_from, min(done or at, at), target):
            track.runs.append(Run(start, end, target.hours, target.hours.between(start, end)))
        if done is not None:
            track.finish(done)
        else:
            self._let_run(track, at)

    def _running_spans(
        self, start: datetime, end: datetime, target: Target
    ) -> Iterable[tuple[datetime, datetime]]:
        for stop in self.stops:
            if stop.closed or target.pauses:
                if start < min(stop.start, end):
                    yield start, min(stop.start, end)
                start = max(start, stop.end or end)
        if start < end:
            yield start, end

    def _let_run(self, track: ClockTrack, at: datetime) -> None:
        if not (self.waiting and track.target.pauses):
            track.go(at)

    def _excuse(self, event: Event) -> None:
        """A breach stays visible and is reported apart (rule D10.11)."""
        track = self.tracks.get(event.kind) if event.kind is not None else None
        if track is not None:
            track.settle(event.at)
            track.excused = track.breached_at is not None

    def _merge(self, event: Event) -> None:
        """The start moves to that of a ticket merged into this one; open targets gain the time between (rule D10.24)."""
        began, earlier = self.started_at, event.earlier
        if self.closed is not None or earlier is None or earlier.start >= began:
            return
        gained = [
            replace(stop, end=min(stop.end or began, began)) for stop in earlier.stops if stop.start < began
        ]
        self.stops[:0] = gained
        self.started_at = earlier.start
        for track in self._open:
            hours = track.target.hours
            runs = [
                Run(start, end, hours, hours.between(start, end))
                for start, end in self._running_spans(earlier.start, began, track.target)
            ]
            waited = sum(hours.between(stop.start, stop.end or began) for stop in gained if not stop.closed)
            track.begin_earlier(event.at, earlier.start, runs, waited if track.target.pauses else 0)
