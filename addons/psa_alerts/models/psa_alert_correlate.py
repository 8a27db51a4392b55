from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from odoo import api, models
from odoo.tools import SQL

from ..logic import correlation
from ..logic.correlation import Decision, KeptRecovery, Known
from ..logic.event import Event
from ..logic.placement import Place, Placed

# Actions that make a new alert; in one run at most one of them happens.
FRESH = ("create", "triage", "suppress", "store_resolved")
# After these the ticket may have changed in a way that only the database knows.
LAST = ("resolve", "store_resolved")


@dataclass(slots=True)
class Statement:
    """One event on its way: the row that keeps its result, and in the end what it did to which alert."""

    row_id: int
    message_id: int
    source: models.BaseModel
    received_at: datetime
    event: Event
    decision: Decision | None = None
    alert: models.BaseModel | None = None

    @property
    def key(self):
        """The condition, over all sources."""
        return self.source.id, self.event.correlation_key

    def _get_result(self):
        event = self.event
        return (
            self.row_id,
            event.kind,
            event.severity,
            self.alert.id if self.alert else None,
            event.correlation_key,
            event.occurred_at,
            self.decision.action,
            self.decision.why[:300],
            self.decision.rule,
            "\n".join(event.warnings),
        )


@dataclass(slots=True)
class Run:
    """The statements of one condition that can be decided without looking at the database between them."""

    alert: models.BaseModel  # the newest one of the condition, may be empty
    facts: correlation.Alert | None
    before: correlation.Alert | None
    kept: tuple[KeptRecovery, ...]
    placed: Placed
    suppress_reason: str
    steps: list[Statement] = field(default_factory=list)
    fresh: Statement | None = None
    born: correlation.Alert | None = None  # the new alert as its first message made it
    old_alert: models.BaseModel | None = None

    def decide(self, queue, settings):
        """Take statements from `queue` until a decision asks for another look at the database."""
        while queue:
            statement = queue.popleft()
            known = Known(self.facts, self.kept, self.placed.triage_reason, self.suppress_reason)
            decision = correlation.decide(statement.event, statement.received_at, known, settings)
            statement.decision = decision
            self.steps.append(statement)
            self.facts = correlation.advance(self.facts, statement.event, statement.received_at, decision)
            if decision.action in FRESH:
                self.fresh, self.born = statement, self.facts
            if decision.action == "keep":
                self.kept += (KeptRecovery(statement.received_at, statement.event.occurred_at),)
            if decision.action in LAST:
                return

    @property
    def counted(self):
        """The statements that belong to the alert of this run: not those that found none."""
        return [one for one in self.steps if one.decision.action not in ("keep", "log")]


class PsaAlert(models.Model):
    """What events do to alerts: the rules of `logic/correlation.py`, played on the records."""

    _inherit = "psa.alert"

    @api.model
    def _correlate(self, statements):
        """Decide and carry out `statements` (in order of receipt); each gets its decision and its alert.

        Conditions are independent of each other, so all that wait are taken together, each as far as it can be
        decided at once; the number of queries does not depend on how many there are.
        """
        queues = defaultdict(deque)
        for statement in statements:
            queues[statement.key].append(statement)
        kept = {}
        while queues:
            runs = self._start_runs(queues, kept)
            for key, run in runs.items():
                run.decide(queues[key], self._get_correlation_settings(queues[key], run))
                kept[key] = run.kept
            self._carry_out(list(runs.values()))
            queues = {key: queue for key, queue in queues.items() if queue}

    @api.model
    def _get_correlation_settings(self, queue, run):
        source = (queue or run.steps)[0].source
        return correlation.Settings(reopen_minutes=source.reopen_minutes)

    @api.model
    def _start_runs(self, queues, kept):
        newest = self._find_newest(list(queues))
        facts = self._get_facts(self.browse(alert.id for alert in newest.values()))
        recoveries = self._find_kept_recoveries(
            [key for key in queues if key not in kept], {key: queue[0] for key, queue in queues.items()}
        )
        unplaced = {
            key: first
            for key, queue in queues.items()
            if not (key in newest and facts[newest[key]].is_live)
            and (first := next((one for one in queue if one.event.kind in ("problem", "update")), None))
        }
        places = self._place_statements(unplaced)
        runs = {}
        for key in queues:
            alert = newest.get(key, self.browse())
            placed, suppress_reason = places.get(key, (Placed(Place()), ""))
            runs[key] = Run(
                alert=alert,
                facts=facts.get(alert),
                before=facts.get(alert),
                kept=kept.get(key, recoveries.get(key, ())),
                placed=placed,
                suppress_reason=suppress_reason,
            )
        return runs

    @api.model
    def _find_newest(self, keys):
        """Return {(source id, correlation key): alert} of the live, else newest alert: the one with the highest id."""
        self.flush_model(["source_id", "correlation_key"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (source_id, correlation_key) source_id, correlation_key, id
                  FROM psa_alert
                 WHERE (source_id, correlation_key) IN %s
                 ORDER BY source_id, correlation_key, id DESC
                """,
                tuple(keys),
            )
        )
        return {(source, key): self.browse(alert) for source, key, alert in rows}

    @api.model
    def _find_kept_recoveries(self, keys, first):
        """Return the recoveries without alert of the last hour, {key: (KeptRecovery, ...)} (rule D10.41)."""
        if not keys:
            return {}
        oldest = min(first[key].received_at for key in keys)
        minutes = correlation.Settings().keep_recovery_minutes
        found = defaultdict(tuple)
        for source, key, received_at, occurred_at in self.env.execute_query(
            SQL(
                """
                SELECT source_id, correlation_key, received_at, occurred_at
                  FROM psa_alert_event
                 WHERE (source_id, correlation_key) IN %s AND kind = 'resolved' AND alert_id IS NULL
                   AND state = 'done' AND received_at >= %s
                 ORDER BY id
                """,
                tuple(keys),
                oldest - timedelta(minutes=minutes),
            )
        ):
            found[source, key] += (KeptRecovery(received_at, occurred_at),)
        return found

    def _get_facts(self, alerts):
        """Return {alert: correlation.Alert}."""
        alerts = alerts.with_context(active_test=False)
        alerts.ticket_id.fetch(["psa_is_open", "active", "stage_id", "closed_date", "psa_started_at"])
        return {
            self.browse(alert.id): correlation.Alert(
                state=alert.state,
                count=alert.occurrence_count,
                severity=alert.severity,
                highest=alert.highest_severity,
                last_seen_at=alert.last_seen_at,
                problem_at=alert.problem_at or None,
                incident=alert.incident or "",
                last_note_at=alert.last_note_at or None,
                resolved_at=alert.resolved_at or None,
                ticket=alert._get_ticket_facts(),
            )
            for alert in alerts
        }

    def _get_ticket_facts(self):
        ticket = self.ticket_id
        if not ticket:
            return None
        return correlation.Ticket(
            is_open=ticket.psa_is_open and ticket.active,
            is_cancelled=not ticket.active or ticket.stage_id.psa_sla_event == "cancelled",
            closed_at=self.ticket_closed_at or ticket.closed_date or None,
            started_at=ticket.psa_started_at or self.first_seen_at,
        )

    # Carrying out

    @api.model
    def _carry_out(self, runs):
        # A ticket is made as the first message asks for it; what the next ones of the batch say changes it afterwards,
        # each as of its receipt, as if they had been read one by one.
        self._create_fresh([run for run in runs if run.fresh])
        self.browse().concat(
            *(run.alert for run in runs if run.fresh and run.fresh.decision.action == "create")
        )._make_tickets()
        for run in runs:
            if run.counted:
                run.alert._take_over(run)
            for statement in run.steps:
                statement.alert = run.alert if statement.decision.action not in ("keep", "log") else None
        self._tell_tickets(runs)

    @api.model
    def _create_fresh(self, runs):
        for run in runs:
            if (
                run.alert and run.alert.state != "resolved"
            ):  # its ticket was closed or archived behind its back
                run.alert.write({"state": "resolved", "resolved_at": run.fresh.received_at})
        self.flush_model(["state"])
        alerts = self.create([self._prepare_alert_values(run) for run in runs])
        for run, alert in zip(runs, alerts, strict=True):
            run.old_alert, run.alert = run.alert, alert

    @api.model
    def _prepare_alert_values(self, run):
        """Return the values of a new alert: what its first message says."""
        first, event, place = run.fresh, run.fresh.event, run.placed.place
        return {
            "name": event.title,
            "company_id": first.source.company_id.id,
            "source_id": first.source.id,
            "correlation_key": event.correlation_key,
            "body": event.body,
            "url": event.url,
            "tags": dict(event.tags),
            "client_ref": event.client.id,
            "client_name": event.client.name,
            "device_ref": event.device.id,
            "device_name": event.device.name,
            "partner_id": place.partner_id or False,
            "site_id": place.site_id or False,
            "asset_id": place.asset_id or False,
            "placement_note": run.suppress_reason or run.placed.triage_reason or run.placed.note,
            "first_seen_at": first.received_at,
            "follows_id": run.alert.id if first.decision.follows_old else False,
            **self._prepare_state_values(run.born, [first]),
        }

    @api.model
    def _prepare_state_values(self, facts, steps):
        return {
            "state": facts.state,
            "severity": facts.severity,
            "highest_severity": facts.highest,
            "occurrence_count": facts.count,
            "last_seen_at": facts.last_seen_at,
            "problem_at": facts.problem_at or False,
            "incident": facts.incident,
            "last_note_at": facts.last_note_at or False,
            **self._prepare_moment_values(steps),
        }

    @api.model
    def _prepare_moment_values(self, steps):
        values = {}
        for statement in steps:
            action = statement.decision.action
            if action in LAST:
                values["resolved_at"] = statement.received_at
            elif action in ("resume", "reopen"):
                values |= {
                    "resolved_at": False,
                    "ticket_closed_at": False,
                    "resolved_by_id": False,
                    "acknowledged_at": False,
                    "acknowledged_by_id": False,
                }
            elif action == "acknowledge":
                values["acknowledged_at"] = statement.received_at
        return values

    def _take_over(self, run):
        """Write into this alert what the run changed."""
        values = self._prepare_state_values(run.facts, run.steps)
        changed = {
            name: value
            for name, value in values.items()
            if (self[name].id if self._fields[name].relational else self[name]) != value
        }
        if changed:
            self.write(changed)
