"""Rules made in one line, moments by the clock, and what a ticket's trace says."""

from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command

from ..models.psa_notice import UNSENT
from ..models.psa_workflow_action import KINDS
from .common import PsaHelpdeskCase

EVERY_ACTION = {kind for kind, _label in KINDS}


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


class PsaWorkflowDeedsCase(PsaWorkflowCase):
    """One action of each kind, and what a ticket says afterwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.harbor.psa_lead_technician_id = cls.technician_all
        cls.mia.partner_id.phone = "+49 30 1234567"
        cls.tag = cls.env["helpdesk.ticket.tag"].create({"name": "seen"})
        cls.issue = cls.env["helpdesk.ticket.category"].create({"name": "Printer"})
        cls.todo = cls.env.ref("mail.mail_activity_data_todo")
        cls.rota = cls.env["psa.oncall.rota"].create(
            {"name": "Nights", "step_ids": [Command.create({"name": "First", "minutes": 10})]}
        )
        cls.step = cls.rota.step_ids
        cls.queue.psa_oncall_rota_id = cls.rota
        cls._make_outward_ways()

    @classmethod
    def _make_outward_ways(cls):
        model = cls.env.ref("helpdesk_mgmt.model_helpdesk_ticket").id
        cls.mail = cls.env["mail.template"].create(
            {"name": "M", "model_id": model, "subject": "About {{ object.number }}", "partner_to": "{{ object.partner_id.id }}"}
        )  # fmt: skip
        cls.sms = cls.env["sms.template"].create(
            {"name": "S", "model_id": model, "body": "We are on {{ object.number }}"}
        )
        cls.address = cls.env["psa.workflow.address"].create(
            {"name": "Chat", "url": "https://chat.example/x"}
        )
        cls.prepared = cls.env["ir.actions.server"].create(
            {"name": "Mark", "model_id": model, "state": "object_write", "update_path": "color", "value": "5"}
        )

    def table(self):
        """kind -> (values of the action, what a ticket must then say)"""
        return {
            "queue": ({"team_id": self.other_queue.id}, lambda t: t.team_id == self.other_queue),
            "assign": (
                {"assign_to": "user", "user_id": self.technician.id},
                lambda t: t.user_id == self.technician,
            ),
            "priority": ({"priority": "3"}, lambda t: t.priority == "3"),
            "stage": ({"stage_meaning": "waiting"}, lambda t: t.stage_id == self.stage_waiting),
            "issue": ({"category_id": self.issue.id}, lambda t: t.category_id == self.issue),
            "tag": ({"tag_ids": [Command.link(self.tag.id)]}, lambda t: self.tag in t.tag_ids),
            "notice": ({"audience": "manager"}, lambda t: len(self.notices_to(self.manager, t)) == 1),
            "oncall": ({}, lambda t: t.psa_page_ids.ladder == [[self.step.id, 10]]),
            "follower": (
                {"audience": "lead"},
                lambda t: self.technician_all.partner_id in t.message_partner_ids,
            ),
            "activity": (
                {"activity_type_id": self.todo.id, "audience": "lead"},
                lambda t: t.activity_ids.user_id == self.technician_all,
            ),
            "mail": (
                {"mail_template_id": self.mail.id},
                lambda t: self.found("mail.mail", "subject", f"About {t.number}"),
            ),
            "sms": (
                {"sms_template_id": self.sms.id},
                lambda t: self.found("sms.sms", "body", f"We are on {t.number}"),
            ),
            "webhook": (
                {"address_id": self.address.id},
                lambda t: self.found("psa.workflow.call", "ticket_id", t.id),
            ),
            "server": ({"server_action_id": self.prepared.id}, lambda t: t.color == 5),
        }

    def found(self, model, field, value):
        """Say whether there is exactly one."""
        return self.env[model].search_count([(field, "=", value)]) == 1
