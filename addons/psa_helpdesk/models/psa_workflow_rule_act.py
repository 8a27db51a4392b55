from datetime import timedelta

from odoo import api, models

from .psa_sla_target import MINUTE
from .psa_workflow_action_do import DONE, HELD


class PsaWorkflowRule(models.Model):
    """One rule at work: whom an event concerns, what is done, and the line of the trace."""

    _inherit = "psa.workflow.rule"

    def _filter_concerned(self, tickets, happening):
        """Return those of these tickets that this rule looks at: of its company, and changed as it wants."""
        if self.company_id:
            tickets = tickets.filtered(lambda ticket: ticket.company_id == self.company_id)
        if self.event == "updated" and self.watch:
            tickets = tickets.filtered(lambda ticket: self.watch in happening.changed.get(ticket.id, ()))
        return tickets

    def _hears_clock(self, clock):
        """Say whether this rule, about targets, looks at a clock of this kind and company."""
        return self.sla_kind in (False, clock.kind) and self.company_id in (
            self.company_id.browse(),
            clock.company_id,
        )

    def _find_stopped(self, judgement, tickets, happening):
        """{ticket id: the first condition that failed}, those before the change first."""
        before = happening.before.get(self.id, {})
        return self._describe_failed(judgement, tickets) | {
            ticket.id: before[ticket.id] for ticket in tickets if ticket.id in before
        }

    def _act(self, tickets, turn):
        """Do what this rule does for tickets that meet its conditions.

        :return: {ticket id: entry of the trace}
        """
        if not tickets:
            return {}
        if turn.chain.is_capped:
            return {ticket.id: self._prepare_entry("capped") for ticket in tickets}
        if self.delay_minutes and not turn.happening.spell:
            self.env["psa.workflow.timer"]._arm_delay(self, tickets, turn.happening)
            return {ticket.id: self._prepare_entry("waits") for ticket in tickets}
        done = {ticket.id: [] for ticket in tickets}
        for action in self.action_ids:
            for ticket_id, outcome in action._do_safely(tickets, turn).items():
                done[ticket_id].append({"words": action._say(), **outcome})
        problems = [one["problem"] for some in done.values() for one in some if one["result"] == "failed"]
        if problems:
            self._note_problem(problems[0])
        return {
            ticket_id: self._prepare_entry(_sum_up(some), actions=some) for ticket_id, some in done.items()
        }

    def _get_delayed(self, at):
        """Return the moment at which the time this rule waits is over."""
        seconds = self.delay_minutes * MINUTE
        if not self.delay_calendar_id:
            return at + timedelta(seconds=seconds)
        key = self.delay_calendar_id.id, None
        hours = self.env["psa.sla.calendar.version"]._get_hours([key])[key]
        return hours.add(at, seconds) or at + timedelta(seconds=seconds)

    def _prepare_entry(self, result, **more):
        return {"rule": self.id, "name": self.name, "version": self.version, "result": result, **more}

    @api.model
    def _wake_mail_queue(self):
        """Have what these rules wrote sent at once: nobody who saves waits for a mail server."""
        # sudo: whether mail waits is a fact of the system
        if self.env["mail.mail"].sudo().search_count([("state", "=", "outgoing")], limit=1):
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()


def _sum_up(actions):
    """Return the result of a rule: failed if any action did, held back if nothing else was done."""
    results = {action["result"] for action in actions}
    if "failed" in results:
        return "failed"
    if HELD in results and DONE not in results:
        return "held"
    return "did"
