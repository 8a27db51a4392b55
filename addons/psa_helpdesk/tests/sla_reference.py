"""The SLA clocks once more, slowly: minute by minute over the host's own working intervals, from a diary of deeds.

Nothing of `logic/` is used, so that a fault of ours cannot hide in both. All deeds and hours lie on whole minutes, and
every moment is a minute counted from the beginning of the diary. Numbers in brackets are those of decision D10.
"""

from array import array
from bisect import bisect_left
from collections import namedtuple
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from itertools import accumulate

import pytz

MINUTE = timedelta(minutes=1)
CLOSING = ("resolved", "cancelled")

# One target of a promise: minutes of the hours `key`, and whether waiting stops it.
Line = namedtuple("Line", "minutes key pauses")
# What a policy promises for a priority: {kind: Line}. `name` tells equal figures of different policies apart.
Offer = namedtuple("Offer", "name lines restarts")
Stop = namedtuple("Stop", "start end closed")


class MinuteTable:
    """One byte for each minute, 1 where people work; what was known before each edit is kept (16)."""

    def __init__(self, begin, days, opened):
        self.begin, self.length = begin, days * 1440
        self.versions = [(0, self.lay_out(opened))]

    def lay_out(self, opened):
        table = bytearray(self.length)
        for edges in opened:
            # The nearest minute: the host ends a day a microsecond early.
            first, last = (max(0, min(self.length, round((one - self.begin) / MINUTE))) for one in edges)
            table[first:last] = b"\x01" * (last - first)
        return table

    def edit(self, minute, opened):
        """From `minute` on other hours hold; what passed stays."""
        fresh = self.lay_out(opened)
        fresh[:minute] = self.versions[-1][1][:minute]
        self.versions.append((minute, fresh))

    def known_at(self, minute):
        return [table for since, table in self.versions if since <= minute][-1]

    def known_before(self, minute):
        """What was known when that minute began: an edit of that very minute left out."""
        return [table for since, table in self.versions if since < minute or not since][-1]


def host_hours(calendar, begin, days, zone=None):
    """The host's working intervals, naive UTC; in a customer's zone its leaves keep their wall times, too (20)."""
    start, end = (one.replace(tzinfo=timezone.utc) for one in (begin, begin + timedelta(days=days)))
    if not zone:
        found = calendar._work_intervals_batch(start, end, compute_leaves=True)[False]
        return [(_naive(opens), _naive(closes)) for opens, closes, _row in found]
    there, here = pytz.timezone(zone), pytz.timezone(calendar.tz)
    found = calendar._attendance_intervals_batch(start, end, tz=there)[False]
    opened = [(_naive(opens), _naive(closes)) for opens, closes, _row in found]
    for leave in calendar.leave_ids:
        off, back = (
            _naive(there.localize(pytz.utc.localize(one).astimezone(here).replace(tzinfo=None)))
            for one in (leave.date_from, leave.date_to)
        )
        pieces = [
            piece
            for opens, closes in opened
            for piece in ((opens, min(closes, off)), (max(opens, back), closes))
        ]
        opened = [(opens, closes) for opens, closes in pieces if opens < closes]
    return opened


def _naive(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


@dataclass
class Clock:
    """One clock of one cycle; `counted[i]` are the minutes counted `i` minutes after `start`."""

    line: Line
    start: int
    in_force: int
    made: int  # in force since then by its own making: a merge makes no promise
    counted: array = field(default_factory=lambda: array("H", [0]))
    state: str = ""  # empty while it is open
    breached: int | None = None
    done: int | None = None
    ended: int | None = None
    due: int | None = None
    is_gone: bool = False

    def used_up(self):
        """The first minute at which the target is used up, None if it is not."""
        index = bisect_left(self.counted, self.line.minutes)
        return None if index == len(self.counted) else self.start + index

    def count(self, minutes):
        """Go on by these minutes, of which each counts or does not."""
        self.counted.extend(list(accumulate(minutes, initial=self.counted[-1]))[1:])

    def judge(self, now):
        """Used up before now, and open: breached for good, at a change of the promise not before it (2, 11, 14)."""
        used_up = self.used_up()
        if not self.state and self.breached is None and used_up is not None and used_up < now:
            self.breached = max(used_up, self.in_force)

    def open_again(self, now):
        """Go on with what was counted; the time since it ended is not (18)."""
        self.count(bytes(now - self.start + 1 - len(self.counted)))
        self.state, self.in_force, self.made, self.is_gone = "", now, now, False
        self.done = self.ended = self.due = None


class Cycle:
    """One life of a ticket."""

    def __init__(self, tables, now, offer):
        self.tables, self.start, self.now = tables, now, now
        self.clocks = {kind: Clock(line, now, now, now) for kind, line in offer.lines.items()}
        self.offer, self.pending = offer, None
        self.waiting, self.closed, self.closed_at = False, "", None
        self.stops, self.reached = [], {}

    def open_clocks(self):
        return [(kind, clock) for kind, clock in self.clocks.items() if not clock.state]

    def walk_to(self, now):
        """Let every minute until `now` pass."""
        for _kind, clock in self.open_clocks():
            stands = self.waiting and clock.line.pauses
            passed = self.tables[clock.line.key].known_at(now)[self.now : now]
            clock.count(bytes(len(passed)) if stands else passed)
        self.now = max(self.now, now)

    def judge(self):
        for clock in self.clocks.values():
            clock.judge(self.now)

    def judge_before_deeds(self):
        """A promise made in this very minute may still be replaced in it: then it never was in force (12)."""
        for clock in self.clocks.values():
            if clock.made < self.now:
                clock.judge(self.now)

    def lay_out_due(self, clock, now, *, ends=False):
        """When the target is used up if it runs from `now` on, by the hours known at that moment.

        An edit of that very minute holds for a clock that runs on, never for one that ends with it (16).
        """
        used_up = clock.used_up()
        if used_up is not None:
            return used_up
        hours = self.tables[clock.line.key]
        left, table = (
            clock.line.minutes - clock.counted[-1],
            hours.known_before(now) if ends else hours.known_at(now),
        )
        for minute in range(now, len(table)):
            left -= table[minute]
            if not left:
                return minute + 1
        return None

    def reach(self, kind):
        self.reached.setdefault(kind, self.now)
        clock = self.clocks.get(kind)
        if clock and not clock.state:
            self.finish(clock, self.now)

    def finish(self, clock, at):
        """The pause ends first, then it is judged by the due laid out from there (10)."""
        clock.judge(at)
        clock.due = self.lay_out_due(clock, at, ends=True)
        clock.done = clock.ended = at
        clock.state = "met" if clock.breached is None else "missed"

    def drop(self, clock, *, gone):
        """Ended uncounted, but a breach stays (9, 15)."""
        clock.ended, clock.is_gone, clock.due = self.now, gone, clock.used_up()
        clock.state = "not_counted" if clock.breached is None else "missed"

    def close(self, meaning):
        for _kind, clock in self.open_clocks():
            if meaning == "resolved":
                self.finish(clock, self.now)
            else:
                self.drop(clock, gone=False)
        self.end_stop()
        self.waiting, self.closed, self.closed_at = False, meaning, self.now
        self.stops.append(Stop(self.now, None, True))

    def end_stop(self):
        if self.stops and self.stops[-1].end is None:
            self.stops[-1] = self.stops[-1]._replace(end=self.now)

    def wait(self, waiting):
        """A second waiting stage goes on with the pause (8)."""
        if waiting and not self.waiting:
            self.stops.append(Stop(self.now, None, False))
        elif self.waiting and not waiting:
            self.end_stop()
        self.waiting = waiting

    def reopen(self):
        was, self.closed = self.closed, ""
        self.end_stop()
        for kind, clock in self.clocks.items():
            if not clock.is_gone and (kind == "resolution" or (was == "cancelled" and clock.done is None)):
                clock.open_again(self.now)
        if self.pending:
            offer, self.pending = self.pending, None
            self.change(offer)

    def retarget(self, offer):
        """Another promise; while the ticket is closed it waits for the reopening."""
        if offer == self.offer:
            return
        self.offer = offer
        if self.closed:
            self.pending = offer
        else:
            self.change(offer)

    def change(self, offer):
        """Kept kinds change, missing ones end uncounted, new ones count from the start (13, 14, 15)."""
        lines = dict(offer.lines)
        for kind, clock in self.open_clocks():
            if kind not in lines:
                self.drop(clock, gone=True)
                continue
            clock.line, clock.in_force, clock.made = lines.pop(kind), self.now, self.now
            if offer.restarts:
                clock.counted = array("H", bytes(2 * len(clock.counted)))
        for kind, line in lines.items():
            known = self.clocks.get(kind)
            if known is None or known.done is None and known.state:
                self.join(kind, line)

    def join(self, kind, line):
        """A kind that is new counts from the start, one that comes back from when it went."""
        clock = self.clocks.get(kind)
        if clock is None:
            clock = self.clocks[kind] = Clock(line, self.start, self.now, self.now)
            since = self.start
        else:
            since = clock.ended
            clock.open_again(since)
            clock.line, clock.in_force, clock.made = line, self.now, self.now
        done = self.reached.get(kind)
        self.count(clock, since, self.now if done is None else done)
        if done is not None:
            self.finish(clock, max(done, since))
            clock.done = clock.ended = done

    def count(self, clock, since, until):
        table = self.tables[clock.line.key].known_at(self.now)
        clock.count([0 if self.stood(m, clock.line) else table[m] for m in range(since, until)])

    def stood(self, minute, line):
        return any(
            stop.start <= minute and (stop.end is None or minute < stop.end)
            for stop in self.stops
            if stop.closed or line.pauses
        )

    def begin_earlier(self, start, stops):
        """A ticket that began earlier was merged in: its time is gained, less its stops (24)."""
        began, self.start = self.start, start
        taken = [stop._replace(end=began if stop.end is None else min(stop.end, began)) for stop in stops]
        self.stops = [stop for stop in taken if stop.start < began] + self.stops
        for _kind, clock in self.open_clocks():
            later, clock.counted = clock.counted, array("H", [0])
            self.count(clock, start, began)
            gained = clock.counted[-1]
            clock.counted.extend(gained + counted for counted in later[1:])
            clock.start, clock.in_force = start, self.now


class Reference:
    """What the rules say about one ticket; deeds are told in the order in which they were done."""

    def __init__(self, tables, grace, now, offer, meaning):
        self.tables, self.grace, self.meaning = tables, grace, meaning
        self.cycles = [] if meaning in CLOSING else [Cycle(tables, now, offer)]
        if self.cycles and meaning == "plan":
            self.cycle.reach("plan")
        if self.cycles and meaning == "waiting":
            self.cycle.wait(True)

    @property
    def cycle(self):
        return self.cycles[-1] if self.cycles else None

    def at(self, now):
        """Go on to a moment at which something is done to it. What is done at its very due is in time (2)."""
        if self.cycle:
            self.cycle.walk_to(now)
            self.cycle.judge_before_deeds()

    def answer(self):
        if self.cycle and not self.cycle.closed:
            self.cycle.reach("response")

    def change(self, offer):
        if self.cycle:
            self.cycle.retarget(offer)

    def move(self, now, meaning, offer):
        """To a stage of another meaning.

        :param offer: the promise as it would be made now, for a reopening
        """
        before, self.meaning = self.meaning, meaning
        if meaning in CLOSING:
            if before not in CLOSING:
                self.cycle.close(meaning)
            return
        goes_on = before in CLOSING and self.open_again(now, offer)
        if meaning == "plan" and before != "plan":
            self.cycle.reach("plan")
        self.cycle.wait(meaning == "waiting")
        if goes_on:
            self.cycle.retarget(offer)  # completions come first (12)

    def open_again(self, now, offer):
        """Within the grace the same clocks go on, later a new life begins (18). Say which."""
        if self.cycle and now - self.cycle.closed_at <= self.grace:
            self.cycle.reopen()
            return True
        self.cycles.append(Cycle(self.tables, now, offer))
        return False

    def merge(self, others):
        """Others end in this one.

        :param others: their last cycles as they were before, of those that had any
        """
        if not self.cycle or self.cycle.closed:
            return
        if any("response" in other.reached for other in others):
            self.cycle.reach("response")
        earlier = [other for other in others if not other.closed and other.start < self.cycle.start]
        if earlier:
            source = min(earlier, key=lambda other: other.start)
            self.cycle.begin_earlier(source.start, source.stops)

    def read(self, now):
        """{(cycle, kind): figures} at a moment after all that was told."""
        self.at(now)
        if self.cycle:
            self.cycle.judge()
        return {
            (number, kind): self._figures(cycle, clock, now)
            for number, cycle in enumerate(self.cycles, 1)
            for kind, clock in cycle.clocks.items()
        }

    def _figures(self, cycle, clock, now):
        stands = cycle.waiting and clock.line.pauses
        used_up, due = clock.used_up(), clock.due
        if not clock.state:
            due = used_up if stands else cycle.lay_out_due(clock, now)
        state = clock.state or self._say_open(clock, used_up, due, stands, now)
        figures = {
            "state": state, "target": clock.line.minutes, "counted": clock.counted[-1], "start": clock.start,
            "breached": clock.breached, "done": clock.done,
        }  # fmt: skip
        return figures | {"due": due}

    def _say_open(self, clock, used_up, due, stands, now):
        if used_up is not None and used_up < now:
            return "overdue"
        if stands:
            return "paused"
        if due is None:
            return "no_hours"
        return "at_risk" if clock.counted[-1] * 4 >= clock.line.minutes * 3 else "running"
