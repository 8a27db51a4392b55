from datetime import timedelta

from odoo import Command, fields, models

from ..logic.touch import Role, role_of
from .psa_workflow_rule_screen import DAYS

LIMIT = 5000


class PsaWorkflowRule(models.Model):
    """What a rule would have done in the last 30 days, without writing anything to a ticket.

    When something happened is read from what is kept: the creation of tickets, their messages, tracked changes, and the
    SLA history. Whether the conditions held is judged by the ticket as it is today, because its former values are kept
    only for tracked fields. Touches are not kept one by one: of idleness only the present spell is known.
    """

    _inherit = "psa.workflow.rule"

    def action_rehearse(self):
        """Show which tickets the rule would have acted on."""
        self.ensure_one()
        self.check_access("write")
        moments = self._find_past_moments(fields.Datetime.now())
        tickets = self.env["helpdesk.ticket"].browse(moments).exists()
        tickets = tickets._filtered_access("read")
        if self.company_id:
            tickets = tickets.filtered(lambda ticket: ticket.company_id == self.company_id)
        met = self._judge(tickets).met
        acted = self._find_acted_moments()
        # What it did then and would not do now: the ticket, or the rule, is another one since.
        missing = self.env["helpdesk.ticket"].browse(acted.keys() - met).exists()._filtered_access("read")
        rehearsal = self.env["psa.workflow.rehearsal"].create(
            {
                "rule_id": self.id,
                "looked_at_count": len(tickets),
                "line_ids": [
                    Command.create(
                        {
                            "ticket_id": ticket.id,
                            "happened_at": moments[ticket.id] if ticket.id in met else acted[ticket.id],
                            "would_act": ticket.id in met,
                            "did_act": ticket.id in acted,
                        }
                    )
                    for ticket in tickets.filtered(lambda one: one.id in met) | missing
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rehearsal: %(rule)s", rule=self.name),
            "res_model": rehearsal._name,
            "res_id": rehearsal.id,
            "view_mode": "form",
            "target": "new",
        }

    def _find_acted_moments(self):
        """{ticket id: when this rule acted on it last, within the last 30 days}"""
        found = self._read_acted().get(self.id, ())
        runs = self.env["psa.workflow.run"].sudo().browse([run_id for run_id, _ticket in found])
        happened = {
            run.id: run.happened_at for run in runs
        }  # sudo: which tickets are shown is checked by the caller
        return {ticket_id: happened[run_id] for run_id, ticket_id in reversed(found)}

    def _find_past_moments(self, now):
        """{ticket id: the last time what this rule hears of happened}"""
        edge = now - timedelta(days=DAYS)
        tickets = self.env["helpdesk.ticket"]
        by_field = {
            "created": "create_date", "idle": "psa_idle_since", "alert": "create_date", "unsolved": "psa_priority_since",
        }  # fmt: skip
        if name := by_field.get(self.event):
            domain = [(name, ">=", edge)]
            if self.event == "alert":
                domain.append(("channel_id", "=", self.env.ref("psa_helpdesk.psa_channel_monitoring").id))
            if self.event == "idle":
                idle_since = now - timedelta(minutes=self.idle_minutes)
                domain += [
                    (name, "<=", idle_since),
                    ("psa_is_open", "=", True),
                    ("psa_is_waiting", "=", False),
                ]
            if self.event == "unsolved":
                domain += [
                    (name, "<=", now - timedelta(minutes=self.after_minutes)),
                    ("psa_is_open", "=", True),
                ]
            found = tickets.search_fetch(domain, [name], limit=LIMIT)
            return {ticket.id: ticket[name] for ticket in found}
        if self.event in ("message_in", "message_out"):
            return self._find_past_messages(edge)
        if self.event in ("updated", "stage"):
            return self._find_past_changes(edge)
        return self._find_past_readings(edge)

    def _find_past_messages(self, edge):
        wanted = Role.CUSTOMER if self.event == "message_in" else Role.STAFF
        messages = self.env["mail.message"].search(
            [
                ("model", "=", "helpdesk.ticket"),
                ("date", ">=", edge),
                ("message_type", "in", ("comment", "email")),
                ("is_internal", "=", False),
                ("subtype_id.internal", "=", False),
            ],
            order="date",
            limit=LIMIT,
        )
        tickets = self.env["helpdesk.ticket"].browse({message.res_id for message in messages}).exists()
        by_id = {ticket.id: ticket for ticket in tickets}
        return {
            message.res_id: message.date
            for message in messages
            if message.res_id in by_id
            and role_of(by_id[message.res_id].with_user(message.create_uid)._psa_get_author(message))
            is wanted
        }

    def _find_past_changes(self, edge):
        domain = [
            ("mail_message_id.model", "=", "helpdesk.ticket"),
            ("create_date", ">=", edge),
            ("field_id.model", "=", "helpdesk.ticket"),
        ]
        name = "stage_id" if self.event == "stage" else self.watch
        if name:
            domain.append(("field_id.name", "=", name))
        # sudo: tracked values are read by administrators only; which tickets are shown is checked by the caller
        changes = self.env["mail.tracking.value"].sudo().search(domain, order="id", limit=LIMIT)
        return {change.mail_message_id.res_id: change.create_date for change in changes}

    def _find_past_readings(self, edge):
        """Steps taken and targets missed, from the SLA history."""
        kind = "resolution" if self.event == "overdue" else self.sla_kind
        kinds = [("kind", "=", kind)] if kind else []
        if self.event in ("sla_missed", "overdue"):
            clocks = self.env["psa.sla.clock"].search([("breached_at", ">=", edge), *kinds], limit=LIMIT)
            own = self._find_past_dues(edge) if self.event == "overdue" else {}
            return own | {clock.ticket_id.id: clock.breached_at for clock in clocks}
        kinds = [("clock_id.kind", "=", self.sla_kind)] if self.sla_kind else []
        domain = [("due_at", ">=", edge), ("is_overtaken", "=", False), *kinds]
        domain += (
            [("percent", "=", self.percent)] if self.event == "sla_percent" else [("mode", "=", "warning")]
        )
        steps = self.env["psa.sla.step"].search(domain, order="due_at", limit=LIMIT)
        return {step.ticket_id.id: step.due_at for step in steps}

    def _find_past_dues(self, edge):
        """Tickets that were open when the due date people gave them had passed, without a promise about the resolution."""
        domain = [("psa_due_at", ">=", edge), ("psa_due_at", "<", fields.Datetime.now())]
        tickets = self.env["helpdesk.ticket"].search(domain, limit=LIMIT)
        return {
            ticket.id: ticket.psa_due_at
            for ticket in tickets
            if not ticket._psa_is_resolution_promised()
            and (ticket.psa_is_open or (ticket.closed_date and ticket.closed_date > ticket.psa_due_at))
        }
