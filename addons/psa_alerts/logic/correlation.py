"""What one event does to the alert of its condition: rules D10.36 to D10.43.

`decide` looks at the event and at what is known of its correlation key and says what happens and why; `advance`
gives the state the alert is in afterwards, so that a batch of events of one key can be decided one after another
in the order of their receipt without asking the database between them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from .event import Event, Severity, is_worse, worst
from .repeat_notes import is_note_due

Action = Literal[
    "create",  # a new alert with a ticket
    "triage",  # a new alert that waits for somebody to name its customer
    "suppress",  # a new alert that waits without a ticket
    "store_resolved",  # a new alert that was over before it arrived, without a ticket
    "append",  # counted on the live alert
    "resume",  # the resolved alert lives again, its ticket is still open
    "reopen",  # the resolved alert lives again, its ticket is opened again
    "resolve",  # the live alert is resolved
    "late",  # a recovery of an earlier occurrence: noted, nothing resolved
    "keep",  # a recovery without its problem, kept in case the problem is late
    "acknowledge",
    "log",  # stored, nothing else
]
Note = Literal["reopened", "recovered", "recovered_late", "severity", "repeat", "acknowledged"]
State = Literal["open", "acknowledged", "flapping", "suppressed", "resolved"]

# Rule D10.37: at most one note per message and ticket, the first of these (flapping, before them all, comes later).
NOTE_ORDER: tuple[Note, ...] = (
    "reopened",
    "recovered",
    "recovered_late",
    "acknowledged",
    "severity",
    "repeat",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the source's owner decided. Minutes; 0 minutes of reopening means never (rule D10.38)."""

    reopen_minutes: int = 60
    keep_recovery_minutes: int = 60


@dataclass(frozen=True, slots=True)
class Ticket:
    """The ticket of an alert (of a merged one: its destination). `closed_at` only when it is closed."""

    is_open: bool = True
    is_cancelled: bool = False
    closed_at: datetime | None = None
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """What is known of one alert. `problem_at` is the own time of its newest problem message, if it had one."""

    state: State
    count: int
    severity: Severity
    highest: Severity
    last_seen_at: datetime
    problem_at: datetime | None = None
    incident: str = ""
    last_note_at: datetime | None = None
    resolved_at: datetime | None = None
    ticket: Ticket | None = None

    @property
    def is_live(self) -> bool:
        """Whether the condition is thought to last. With its ticket closed or archived nobody thinks of it any more."""
        return self.state != "resolved" and (self.ticket is None or self.ticket.is_open)

    @property
    def ended_at(self) -> datetime | None:
        """When an alert that does not live was over, or its ticket closed, whichever came last."""
        closed = self.ticket.closed_at if self.ticket else None
        return _newest(self.resolved_at, closed)


@dataclass(frozen=True, slots=True)
class KeptRecovery:
    """A recovery that found no live alert (rule D10.41)."""

    received_at: datetime
    occurred_at: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of a correlation key.

    `alert` is the live alert, else the newest resolved one. `kept` are recoveries that found no live alert. The
    two reasons say why a new alert would get no ticket: nobody knows its customer, or it is suppressed.
    """

    alert: Alert | None = None
    kept: tuple[KeptRecovery, ...] = ()
    triage_reason: str = ""
    suppress_reason: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens, why (for people), by which rule, and which note it writes into the ticket.

    `follows_old` asks for a link from the new ticket to the old alert's; `raises_to` is the severity to which
    the ticket's priority may rise (rule D10.43); `on_earlier` that a late recovery belongs to an occurrence before
    the live one.
    """

    action: Action
    why: str
    rule: str
    note: Note | None = None
    follows_old: bool = False
    raises_to: Severity | None = None
    on_earlier: bool = False


def decide(event: Event, received_at: datetime, known: Known, settings: Settings) -> Decision:
    """The one thing that `event`, received at `received_at` (naive UTC), does. Never raises.

    A message may be read long after younger ones, when it failed and is replayed. What it says is then taken as of its
    receipt: it begins, opens and ends nothing that younger messages or people have decided.
    """
    if event.kind == "problem":
        return _decide_problem(event, received_at, known, settings)
    if event.kind == "update":
        return _decide_update(event, received_at, known, settings)
    if event.kind == "resolved":
        return _decide_recovery(event, received_at, known.alert)
    if event.kind == "ack":
        return _decide_acknowledgement(known.alert)
    return Decision("log", f"{event.kind}, nothing to do", "D10.49")


def _decide_problem(event: Event, received_at: datetime, known: Known, settings: Settings) -> Decision:
    alert = known.alert
    if alert is None or not alert.is_live:
        if over := _recovery_before(event, received_at, known.kept, settings):
            return Decision("store_resolved", f"the recovery of {over:%H:%M:%S} came before it", "D10.41")
        if alert is not None and _is_overtaken(received_at, alert):
            return Decision(
                "append", "the alert was over before this message was read, counted only", "D10.38"
            )
        if over := _recovery_after(event, received_at, known.kept):
            why = f"its recovery, received {over:%H:%M:%S}, was read before it"
            return Decision("store_resolved", why, "D10.41")
    if alert is None:
        return _new(known, "first message of this condition")
    if alert.is_live:
        return _repeat(event, received_at, alert)
    return _problem_again(event, received_at, alert, known, settings)


def _new(known: Known, why: str, follows_old: bool = False) -> Decision:
    if known.suppress_reason:
        return Decision("suppress", known.suppress_reason, "D10.38", follows_old=follows_old)
    if known.triage_reason:
        return Decision("triage", known.triage_reason, "D10.48", follows_old=follows_old)
    return Decision("create", why, "D10.38", follows_old=follows_old)


def _repeat(event: Event, received_at: datetime, alert: Alert) -> Decision:
    """One more message of a live alert: counted, and noted now and then (rules D10.37, D10.43)."""
    count = alert.count + 1
    if received_at < alert.last_seen_at:
        raised = _raised(event, alert)
        why = f"message {count} of this alert, read after younger ones"
        return Decision("append", why, "D10.37", note="severity" if raised else None, raises_to=raised)
    severity = event.severity or alert.severity
    if severity != alert.severity:
        why = f"message {count}, severity {alert.severity} -> {severity}"
        return Decision("append", why, "D10.43", note="severity", raises_to=_raised(event, alert))
    since = alert.last_note_at or (alert.ticket.started_at if alert.ticket else None)
    due = since is not None and is_note_due(count, since, received_at)
    return Decision("append", f"message {count} of this alert", "D10.37", note="repeat" if due else None)


def _raised(event: Event, alert: Alert) -> Severity | None:
    return event.severity if event.severity and is_worse(event.severity, alert.highest) else None


def _problem_again(
    event: Event, received_at: datetime, alert: Alert, known: Known, settings: Settings
) -> Decision:
    """A problem whose alert was resolved: rule D10.38."""
    ticket = alert.ticket
    if ticket is None:
        return _new(known, "the condition came back; before, it had no ticket")
    if ticket.is_cancelled:
        return _new(known, "the condition came back; its old ticket was cancelled")
    raised = _raised(event, alert)
    if ticket.is_open:
        return Decision(
            "resume", "problem again, the old ticket is open", "D10.38", "reopened", raises_to=raised
        )
    window = timedelta(minutes=settings.reopen_minutes)
    closed = ticket.closed_at
    if window and closed is not None and received_at - closed <= window:
        ago = _ago(received_at - closed)
        return Decision(
            "reopen", f"problem again {ago} after closing", "D10.38", "reopened", raises_to=raised
        )
    why = "closed" if closed is None else f"closed {_ago(received_at - closed)} before"
    return _new(known, f"problem again, the old ticket was {why}", follows_old=True)


def _recovery_before(
    event: Event, received_at: datetime, kept: Sequence[KeptRecovery], settings: Settings
) -> datetime | None:
    """The own time of a kept recovery that ends this very problem (rule D10.41)."""
    if event.occurred_at is None:
        return None
    oldest = received_at - timedelta(minutes=settings.keep_recovery_minutes)
    times = [
        recovery.occurred_at
        for recovery in kept
        if recovery.occurred_at is not None
        and oldest <= recovery.received_at <= received_at
        and event.occurred_at <= recovery.occurred_at
    ]
    return max(times) if times else None


def _is_overtaken(received_at: datetime, alert: Alert) -> bool:
    """Whether a problem is older than the end of the alert, which is known already."""
    return alert.ended_at is not None and received_at < alert.ended_at


def _recovery_after(event: Event, received_at: datetime, kept: Sequence[KeptRecovery]) -> datetime | None:
    """The receipt of a kept recovery that came after this problem, which is read only now; their own times agree."""
    return min(
        (
            recovery.received_at
            for recovery in kept
            if recovery.received_at > received_at
            and not (event.occurred_at and recovery.occurred_at and recovery.occurred_at < event.occurred_at)
        ),
        default=None,
    )


def _decide_recovery(event: Event, received_at: datetime, alert: Alert | None) -> Decision:
    if alert is None or alert.state == "resolved":
        return Decision("keep", "no alert to resolve; kept for an hour in case its problem is late", "D10.41")
    if _is_late(event, received_at, alert):
        return Decision(
            "late", "recovery of an earlier occurrence", "D10.42", "recovered_late", on_earlier=True
        )
    told = alert.ticket is not None and alert.ticket.is_open
    return Decision("resolve", "the condition is over", "D10.40", "recovered" if told else None)


def _is_late(event: Event, received_at: datetime, alert: Alert) -> bool:
    """Whether a recovery ends an earlier occurrence: by the sender's ids, else by its times, else by receipt."""
    if event.incident and alert.incident:
        return event.incident != alert.incident
    if event.occurred_at is not None and alert.problem_at is not None:
        return event.occurred_at < alert.problem_at
    return received_at < alert.last_seen_at


def _decide_acknowledgement(alert: Alert | None) -> Decision:
    if alert is None or not alert.is_live:
        return Decision("log", "acknowledgement without an alert", "D10.49")
    if alert.state == "acknowledged":
        return Decision("log", "acknowledged before", "D10.49")
    return Decision("acknowledge", "in the monitoring system", "D10.49", "acknowledged")


def _decide_update(event: Event, received_at: datetime, known: Known, settings: Settings) -> Decision:
    """Still firing: without a live alert a lost first message is made good, else a repeat (rule D10.49)."""
    return _decide_problem(replace(event, kind="problem"), received_at, known, settings)


def advance(alert: Alert | None, event: Event, received_at: datetime, decision: Decision) -> Alert | None:
    """The alert of the key after `decision`; None where there is still none.

    What the decision asks of the ticket is taken as done, except closing by a recovery: whether the ticket was
    touched only the caller knows, and it must look the ticket up again before it goes on.
    """
    if decision.action in ("create", "triage", "suppress", "store_resolved"):
        return _fresh(event, received_at, decision)
    if alert is None or decision.action in ("late", "keep", "log"):
        return _noted(alert, received_at, decision)
    if decision.action == "resolve":
        return replace(
            alert,
            state="resolved",
            resolved_at=received_at,
            last_note_at=_note_time(alert, received_at, decision),
        )
    if decision.action == "acknowledge":
        return replace(alert, state="acknowledged", last_note_at=_note_time(alert, received_at, decision))
    reported = event.severity or alert.severity
    severity = reported if received_at >= alert.last_seen_at else alert.severity
    resumed = decision.action in ("resume", "reopen")
    return replace(
        alert,
        state="open" if resumed else alert.state,
        count=alert.count + 1,
        severity=severity,
        highest=worst([reported, alert.highest]),
        last_seen_at=max(received_at, alert.last_seen_at),
        resolved_at=None if resumed else alert.resolved_at,
        problem_at=_newest(alert.problem_at, event.occurred_at),
        incident=event.incident if event.incident and received_at >= alert.last_seen_at else alert.incident,
        last_note_at=_note_time(alert, received_at, decision),
        ticket=replace(alert.ticket, is_open=True, closed_at=None)
        if resumed and alert.ticket
        else alert.ticket,
    )


def _fresh(event: Event, received_at: datetime, decision: Decision) -> Alert:
    states: dict[str, State] = {"suppress": "suppressed", "store_resolved": "resolved"}
    severity = event.severity or "high"
    return Alert(
        state=states.get(decision.action, "open"),
        count=1,
        severity=severity,
        highest=severity,
        last_seen_at=received_at,
        problem_at=event.occurred_at,
        incident=event.incident,
        resolved_at=received_at if decision.action == "store_resolved" else None,
        ticket=Ticket(started_at=received_at) if decision.action == "create" else None,
    )


def _noted(alert: Alert | None, received_at: datetime, decision: Decision) -> Alert | None:
    if alert is None or decision.note is None:
        return alert
    return replace(alert, last_note_at=_note_time(alert, received_at, decision))


def _note_time(alert: Alert, received_at: datetime, decision: Decision) -> datetime | None:
    return _newest(received_at, alert.last_note_at) if decision.note and alert.ticket else alert.last_note_at


def _newest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)


def _ago(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return f"{minutes // 60}:{minutes % 60:02d} h" if minutes >= 60 else f"{minutes} min"
