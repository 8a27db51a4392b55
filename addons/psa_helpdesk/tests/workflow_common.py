"""Rules made in one line, moments by the clock, and what a ticket's trace says."""

from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command

from ..models.psa_notice import UNSENT
from .common import PsaHelpdeskCase


class PsaWorkflowCase(PsaHelpdeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Rules of other data stay out of ours.
        cls.env["psa.workflow.rule"].search([]).write({"active": False})

    @classmethod
    def make_rule(cls, event, *actions, domain="[]", active=True, **values):
        """A rule that is switched on; actions as (kind, values) or kind."""
        pairs = [(action, {}) if isinstance(action, str) else action for action in actions]
        return cls.env["psa.workflow.rule"].create(
            {
                "name": f"Test {event}",
                "event": event,
                "domain": repr(domain) if isinstance(domain, list) else domain,
                "action_ids": [
                    Command.create({"sequence": number, "kind": kind, **more})
                    for number, (kind, more) in enumerate(pairs)
                ],
                "active": active,
                **values,
            }
        )

    @staticmethod
    def at(clock, day=2):
        """Be at a time of the clock, UTC, in March 2026."""
        return freeze_time(datetime.fromisoformat(f"2026-03-{day:02}T{clock}"))

    def sweep(self, clock=None, day=2):
        """Let the time rules act at a moment, after the clocks have been looked at."""
        now = clock and datetime.fromisoformat(f"2026-03-{day:02}T{clock}")
        with patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0):
            if now:
                with freeze_time(now):
                    self.env["psa.sla.clock"]._cron_sweep(now)
                    self.env["psa.workflow.timer"]._cron_sweep(now)
            else:
                self.env["psa.workflow.timer"]._cron_sweep()

    def runs(self, ticket, event=None):
        domain = [("ticket_id", "=", ticket.id)]
        return self.env["psa.workflow.run"].search(
            domain + ([("event", "=", event)] if event else []), order="id"
        )

    def notices_to(self, user, ticket):
        """What reached a user about a ticket by whatever way, once all that waits is delivered."""
        notices = self.env["psa.notice"]
        ours = [("ticket_id", "=", ticket.id), ("user_id", "=", user.id)]
        with patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0):
            for due_at in sorted(notices.search([*ours, ("state", "in", UNSENT)]).mapped("due_at")):
                notices._cron_deliver(due_at)
        return notices.search([*ours, ("state", "=", "sent")])
