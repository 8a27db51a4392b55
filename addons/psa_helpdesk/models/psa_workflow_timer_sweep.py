import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..conflicts import CONFLICTS
from ..logic.rule_chain import Chain
from .psa_workflow_engine import Happening

_logger = logging.getLogger(__name__)

MISSED_LOOK_BACK = timedelta(days=1)


class PsaWorkflowTimer(models.Model):
    """The sweep of time rules: find the spells whose moment has come, and let each rule act once in each."""

    _inherit = "psa.workflow.timer"

    @api.model
    def _cron_sweep(self, now=None, limit=100):
        """Let all rules act that are due, rule by rule in their order, and commit after each batch.

        A rule whose conditions do not hold stays armed and is asked again at each sweep, with one search (Rule
        D10.31), except where it waited: then they must hold at the end (Rule D10.34). What was done is stored with
        the deed, so that an outage repeats nothing (Rule D10.27).

        :param datetime now: the moment to look by, for tests
        """
        now = now or fields.Datetime.now()
        self._arm_all(now)
        rules = self.env["psa.workflow.rule"].search([("id", "in", self._find_waiting_rules(now).ids)])
        for rule in rules:
            met = self.browse()
            while timers := self._find_due(rule, now, met, limit):
                met |= timers
                timers._lock()._look(now)
                remaining = len(timers) if len(timers) == limit else 0
                self.env["psa.workflow.rule"]._wake_mail_queue()
                if not self.env["ir.cron"]._commit_progress(len(timers), remaining=remaining):
                    return

    @api.model
    def _get_armed_domain(self, now):
        return Domain("done_at", "=", False) & Domain("ended_at", "=", False) & Domain("due_at", "<=", now)

    @api.model
    def _find_waiting_rules(self, now):
        domain = self._get_armed_domain(now) & Domain("rule_id.active", "=", True)
        groups = self._read_group(domain, ["rule_id"])
        return self.env["psa.workflow.rule"].union(*(rule for (rule,) in groups))

    @api.model
    def _find_due(self, rule, now, met, limit):
        """Return armed timers of `rule` never looked at, and those looked at whose ticket meets the conditions now."""
        armed = (
            self._get_armed_domain(now) & Domain("rule_id", "=", rule.id) & Domain("id", "not in", met.ids)
        )

        def find():
            due = Domain("looked_at", "=", False) | Domain("ticket_id", "any", self._get_wanted_domain(rule))
            return self.search(armed & due, limit=limit)

        return self._ask_safely(rule, find) or self.browse()

    @api.model
    def _get_wanted_domain(self, rule):
        """Return the domain of the tickets on which `rule` acts when it looks again."""
        return rule._read_domain(rule.domain) & Domain("psa_is_open", "=", True)

    @api.model
    def _ask_safely(self, rule, ask):
        """Return what `ask` returns; None where the conditions of `rule`, once readable, name a field that is gone."""
        try:
            with self.env.cr.savepoint():
                return ask()
        except CONFLICTS:
            raise
        except Exception as error:
            _logger.info("Workflow rule %s could not be asked", rule.id, exc_info=True)
            rule._note_problem(str(error) or repr(error))
            return None

    def _lock(self):
        """Return those of these that nobody else holds, or wrote since this transaction began."""
        try:
            with self.env.cr.savepoint(flush=False):
                return self.try_lock_for_update()
        except CONFLICTS as conflict:
            _logger.info("Workflow sweep: met %s", type(conflict).__name__)
            return self.browse()

    def _look(self, now):
        for timer in self:
            timer._look_safely(now)

    def _look_safely(self, now):
        """Whatever breaks one must not stop the others; where somebody else was faster, the next sweep looks again."""
        try:
            with self.env.cr.savepoint():
                self._look_alone(now)
        except CONFLICTS as conflict:
            _logger.info("Workflow timer %s: met %s", self.id, type(conflict).__name__)
        except Exception as error:
            _logger.exception("Workflow timer %s could not be looked at", self.id)
            self.rule_id._note_problem(str(error) or repr(error))
            self.write({"looked_at": now, "ended_at": now})

    def _look_alone(self, now):
        """Let the rule look at its ticket; note what came of it."""
        if not self._is_in_spell():
            self.write({"looked_at": self.looked_at or now, "ended_at": now})
            return
        happening = Happening(
            self.event,
            self.ticket_id.ids,
            now,
            spell=f"{self.spell} {self.spell_at}",
            rule_id=self.rule_id.id,
            is_again=bool(self.looked_at),
        )
        self.env["psa.workflow.engine"]._work_off(Chain(pending=[happening]))
        vals = {"looked_at": self.looked_at or now}
        if happening.settled:
            vals["done_at"] = now
        elif self.spell == "delay":
            vals["ended_at"] = now
        self.write(vals)

    def _is_in_spell(self):
        """Say whether what this waits for still lasts."""
        ticket = self.ticket_id
        if self.spell == "idle":
            return not ticket._psa_is_resting() and ticket.psa_idle_since == self.spell_at
        if self.spell == "overdue":
            return ticket.psa_overdue_since == self.spell_at
        return self.spell == "delay" or (ticket.psa_is_open and ticket.active)

    # Arming

    @api.model
    def _arm_all(self, now):
        """Arm the rules for spells whose moment has come since the last sweep."""
        self.env["helpdesk.ticket"].flush_model()
        self.env["psa.sla.clock"].flush_model()
        self.flush_model()
        rules = self.env["psa.workflow.rule"]
        for rule in rules._get_heard("idle"):
            self._ask_safely(rule, lambda rule=rule: self._arm_idle(rule, now))
        for rule in rules._get_heard("overdue"):
            self._arm_rows(rule, "overdue", timedelta(seconds=1), self._select_overdue(rule, now))
        for rule in rules._get_heard("sla_missed"):
            self._arm_missed(rule, now)

    @api.model
    def _arm_idle(self, rule, now):
        wait = timedelta(minutes=rule.idle_minutes)
        self._arm_rows(rule, "idle", wait, self._select_idle(rule, now - wait))

    @api.model
    def _arm_rows(self, rule, spell, wait, query):
        self.create(
            [
                {
                    "rule_id": rule.id,
                    "ticket_id": ticket_id,
                    "event": rule.event,
                    "spell": spell,
                    "spell_at": since,
                    "due_at": since + wait,
                }
                for ticket_id, since in self.env.execute_query(query)
            ]
        )

    @api.model
    def _select_idle(self, rule, edge):
        """Query the open tickets idle since `edge` or longer, of spells that came due after the rule was switched on."""
        wait = timedelta(minutes=rule.idle_minutes)
        return SQL(
            """
            SELECT ticket.id, ticket.psa_idle_since
              FROM helpdesk_ticket ticket JOIN helpdesk_ticket_stage stage ON stage.id = ticket.stage_id
             WHERE ticket.psa_is_open IS TRUE AND ticket.active IS TRUE
               AND ticket.psa_idle_since BETWEEN %(switched_on)s AND %(edge)s
               AND COALESCE(stage.psa_sla_event, 'none') != 'waiting' AND %(ours)s
            """,
            switched_on=(rule.switched_on_at or rule.create_date) - wait,
            edge=edge,
            ours=self._select_not_armed(rule, "idle", SQL("ticket.psa_idle_since")),
        )

    @api.model
    def _select_overdue(self, rule, now):
        return SQL(
            """
            SELECT ticket.id, ticket.psa_overdue_since FROM helpdesk_ticket ticket
             WHERE ticket.psa_overdue_since < %(now)s AND ticket.active IS TRUE AND %(ours)s
            """,
            now=now,
            ours=self._select_not_armed(rule, "overdue", SQL("ticket.psa_overdue_since")),
        )

    @api.model
    def _select_not_armed(self, rule, spell, since):
        """Condition: the ticket is of the rule's company, and the rule is not armed for this spell of it yet."""
        return SQL(
            """
            (%(company)s IS NULL OR ticket.company_id = %(company)s) AND NOT EXISTS (
                SELECT 1 FROM psa_workflow_timer timer WHERE timer.rule_id = %(rule)s
                   AND timer.ticket_id = ticket.id AND timer.spell = %(spell)s AND timer.spell_at = %(since)s)
            """,
            company=rule.company_id.id or None,
            rule=rule.id,
            spell=spell,
            since=since,
        )

    @api.model
    def _arm_missed(self, rule, now):
        """Arm `rule` for the targets that were missed, those still open whenever that was."""
        domain = Domain("breached_at", "<=", now) & Domain("is_excused", "=", False)
        domain &= Domain("state", "=", "overdue") | Domain("breached_at", ">=", now - MISSED_LOOK_BACK)
        domain &= Domain("breached_at", ">=", rule.switched_on_at or rule.create_date)
        for clock in self.env["psa.sla.clock"].search(domain):
            if rule._hears_clock(clock):
                self._arm(
                    rule, clock.ticket_id.ids, f"missed {clock.id}", clock.breached_at, clock.breached_at
                )

    @api.model
    def _arm_steps(self, clock, steps):
        """Arm the rules that wait for steps of a clock which are being taken, see `psa.sla.clock._take`."""
        rules = self.env["psa.workflow.rule"]
        for rule in rules._get_heard("sla_percent") + rules._get_heard("sla_warning"):
            if not rule._hears_clock(clock):
                continue
            mode = "rule" if rule.event == "sla_percent" else "warning"
            for taken in steps:
                is_meant = taken.step.mode == mode and not taken.overtaken
                if is_meant and (mode == "warning" or taken.step.percent == rule.percent):
                    spell = f"{mode} {clock.id} {taken.step.percent}"
                    self._arm(rule, clock.ticket_id.ids, spell, taken.due_at, taken.due_at)
