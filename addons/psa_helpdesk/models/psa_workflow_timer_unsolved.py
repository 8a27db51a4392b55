from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..logic.severity_preset import rung_due
from .helpdesk_ticket_priority_age import ALWAYS

UNSOLVED = "unsolved"
LOOK_AGAIN = timedelta(days=1)  # where no working time lies ahead (Rule D10.26)
LADDER_FIELDS = {"after_minutes", "after_hours"}


class PsaWorkflowTimer(models.Model):
    """Ladders by the clock: so long after a ticket got its priority, somebody is told (Rule D10.23).

    A step is armed when its elapsed time has passed, which is never later than its working time has. Its due is counted
    anew when it comes, because hours and targets may have been changed meanwhile; what could bring it forward wakes it.
    """

    _inherit = "psa.workflow.timer"

    @api.model
    def _arm_all(self, now):
        result = super()._arm_all(now)
        for rule in self.env["psa.workflow.rule"]._get_heard(UNSOLVED):
            self._ask_safely(rule, lambda rule=rule: self._arm_ladder(rule, now))
        return result

    @api.model
    def _arm_ladder(self, rule, now):
        """Arm `rule` for the tickets that meet its conditions and got their priority long enough ago."""
        switched_on = rule.switched_on_at or rule.create_date
        found = self.env.execute_query(self._select_unsolved(rule, now, switched_on))
        tickets = self.env["helpdesk.ticket"].browse([ticket_id for ticket_id, _since in found])
        dues = rule._get_ladder_dues(tickets)
        self.create(
            [
                {
                    "rule_id": rule.id,
                    "ticket_id": ticket.id,
                    "event": rule.event,
                    "spell": UNSOLVED,
                    "spell_at": since,
                    "due_at": dues[ticket] or now + LOOK_AGAIN,
                    # What was due before the rule was switched on is left, and not asked for again.
                    "ended_at": now if dues[ticket] and dues[ticket] < switched_on else False,
                }
                for ticket, (_id, since) in zip(tickets, found, strict=True)
            ]
        )

    @api.model
    def _select_unsolved(self, rule, now, switched_on):
        wait = timedelta(minutes=rule.after_minutes)
        domain = (
            rule._read_domain(rule.domain)
            & Domain("psa_is_open", "=", True)
            & Domain("psa_priority_since", "<=", now - wait)
        )
        if rule.after_hours == "elapsed":
            domain &= Domain("psa_priority_since", ">=", switched_on - wait)
        tickets = self.env["helpdesk.ticket"]._search(domain)
        return SQL(
            "SELECT ticket.id, ticket.psa_priority_since FROM helpdesk_ticket ticket WHERE ticket.id IN %s AND %s",
            tickets.subselect(),
            self._select_not_armed(rule, UNSOLVED, SQL("ticket.psa_priority_since")),
        )

    @api.model
    def _get_wanted_domain(self, rule):
        wanted = super()._get_wanted_domain(rule)
        if rule.event == UNSOLVED:
            wanted &= Domain("psa_is_waiting", "=", False)
        return wanted

    def _look_alone(self, now):
        """A step that is not due after all waits on; so does one whose ticket waits for the customer."""
        if self.event != UNSOLVED or not self._is_in_spell():
            return super()._look_alone(now)
        due_at = self.rule_id._get_ladder_dues(self.ticket_id)[self.ticket_id] or now + LOOK_AGAIN
        if due_at != self.due_at:
            self.due_at = due_at
        if due_at > now:
            return None
        if self.ticket_id.psa_is_waiting:
            self.looked_at = self.looked_at or now
            return None
        return super()._look_alone(now)

    def _is_in_spell(self):
        if self.spell == UNSOLVED:
            return self.ticket_id._psa_is_at_work() and self.ticket_id.psa_priority_since == self.spell_at
        return super()._is_in_spell()

    @api.model
    def _wake_ladders(self, domain):
        """Have the due of armed steps of `domain` counted anew at the next sweep."""
        now = fields.Datetime.now()
        armed = (
            Domain("event", "=", UNSOLVED)
            & Domain("done_at", "=", False)
            & Domain("ended_at", "=", False)
            & Domain("due_at", ">", now)
        )
        # sudo: hours and targets are changed by people who may not see every ticket
        self.sudo().search(armed & Domain(domain)).write({"due_at": now})


class PsaWorkflowRule(models.Model):
    _inherit = "psa.workflow.rule"

    def write(self, vals):
        result = super().write(vals)
        if LADDER_FIELDS & vals.keys():
            self.env["psa.workflow.timer"]._wake_ladders([("rule_id", "in", self.ids)])
        return result

    def _get_ladder_dues(self, tickets):
        """{ticket: when this step acts on it, None where no working time leads there}"""
        hours = dict.fromkeys(tickets, ALWAYS)
        if self.after_hours == "target":
            hours = tickets._psa_get_ladder_hours()
        return {
            ticket: rung_due(ticket.psa_priority_since, self.after_minutes, hours[ticket])
            for ticket in tickets
        }


class PsaSlaClock(models.Model):
    _inherit = "psa.sla.clock"

    def write(self, vals):
        result = super().write(vals)
        if {"calendar_id", "zone"} & vals.keys():
            self.env["psa.workflow.timer"]._wake_ladders([("ticket_id", "in", self.ticket_id.ids)])
        return result
