import logging
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from odoo import SUPERUSER_ID, api, models

from ..conflicts import CONFLICTS
from ..logic.rule_chain import Chain
from ..own_word import OWN_WORD

_logger = logging.getLogger(__name__)


@dataclass
class Happening:
    """An event of some tickets."""

    event: str
    ticket_ids: list
    at: datetime
    changed: dict = field(default_factory=dict)  # {ticket id: names of the fields that changed}
    is_by_person: bool = False
    before: dict = field(default_factory=dict)  # {rule id: the judgement of the tickets as they were}
    spell: str = ""  # of time rules
    rule_id: int | None = None  # the only one that is meant
    is_again: bool = False  # asked before: only what acts is written down
    settled: bool = False  # a rule acted, or could not even be asked


@dataclass
class Turn:
    """The turn of one rule in one event, as its actions need to know it."""

    rule: models.Model
    chain: Chain
    happening: Happening

    @property
    def marks(self):
        return self.rule.env["psa.workflow.mark"]

    def find_held(self, tickets, name):
        happening = self.happening
        by_person = happening.changed if happening.is_by_person else {}
        if not tickets or not (happening.spell or by_person):
            return tickets.browse()
        held = self.marks._find_held(self.rule, tickets, name, happening.spell, by_person)
        return tickets.browse(held.ids)

    def mark(self, tickets, name):
        self.marks._mark(self.rule, tickets, name, self.happening.spell)


class PsaWorkflowEngine(models.AbstractModel):
    """Hears what happens to tickets and lets the rules act, in the name of the system."""

    _name = "psa.workflow.engine"
    _description = "Engine of workflow rules"

    @api.model
    def _hear(self, happenings):
        """Let the rules look at what one save or message brought about: one chain.

        What a rule changes is heard when all rules of that depth have acted.
        """
        rules = self.env["psa.workflow.rule"]
        heard = [one for one in happenings if one.ticket_ids and rules._get_heard_ids(one.event)]
        chain = self.env.context.get("psa_workflow_chain")
        if isinstance(chain, Chain):
            chain.pending += heard
        elif heard:
            self._work_off(Chain(pending=heard))

    @api.model
    def _work_off(self, chain):
        engine = self._as_system(chain)
        while chain.pending:
            for happening in _join(chain.go_deeper()):
                engine._take_safely(happening, chain)
        engine.env["psa.workflow.rule"]._wake_mail_queue()

    @api.model
    def _take_safely(self, happening, chain):
        """What a person saves must not depend on rules."""
        try:
            with self.env.cr.savepoint():
                self._take(happening, chain)
        except CONFLICTS:
            raise  # the whole save is tried again
        except Exception:
            _logger.exception("Workflow rules could not be asked about %s", happening.event)

    @api.model
    def _as_system(self, chain):
        """Return this engine for the system, without what a client says in its context."""
        context = {
            "psa_automation": OWN_WORD,
            "psa_workflow_chain": chain,
            "mail_notify_force_send": False,
            "lang": self.env.lang,
            "tz": self.env.context.get("tz"),
        }
        if "psa_event_at" in self.env.context:
            context["psa_event_at"] = self.env.context["psa_event_at"]
        return self.with_env(self.env(user=SUPERUSER_ID, context=context))

    @api.model
    def _take(self, happening, chain):
        """Let each rule look at one event, in order; write down what came of it."""
        entries = defaultdict(list)
        tickets = self.env["helpdesk.ticket"].browse(happening.ticket_ids)
        rules = self.env["psa.workflow.rule"]
        for rule in rules.browse(happening.rule_id) or rules._get_heard(happening.event):
            concerned = rule._filter_concerned(tickets, happening)
            if concerned:
                acted = self._ask(rule, concerned, Turn(rule, chain, happening), entries)
                if rule.stop_here:
                    tickets -= acted
        self.env["psa.workflow.run"]._note(happening.event, happening.at, chain.depth, entries)

    @api.model
    def _ask(self, rule, tickets, turn, entries):
        """Let one rule look at tickets, and act; return those for which it acted.

        :param entries: {ticket id: [entry]}, to be added to
        """
        try:
            judgement = rule._judge(tickets)
            compared = rule._describe_compared(judgement, tickets)
            stopped = rule._find_stopped(judgement, tickets, turn.happening)
        except CONFLICTS:
            raise
        except Exception as error:
            _logger.info("Workflow rule %s could not be asked", rule.id, exc_info=True)
            rule._note_problem(str(error) or repr(error))
            turn.happening.settled = True
            for ticket in tickets:
                entries[ticket.id].append(rule._prepare_entry("failed", problem=str(error)[:300]))
            return tickets.browse()
        for ticket in tickets:
            if ticket.id in stopped and not turn.happening.is_again:
                entry = rule._prepare_entry("not", failed=stopped[ticket.id], compared=compared[ticket.id])
                entries[ticket.id].append(entry)
        met = tickets.filtered(lambda ticket: ticket.id not in stopped)
        fresh = met.browse(turn.chain.claim(rule.id, met.ids))
        for ticket_id, entry in rule._act(fresh, turn).items():
            entries[ticket_id].append(entry | {"compared": compared[ticket_id]})
        for ticket in met - fresh:
            once = self.env._("Acted already on what set this off")
            entries[ticket.id].append(rule._prepare_entry("not", problem=once, compared=compared[ticket.id]))
        turn.happening.settled |= bool(fresh)
        return fresh


def _join(happenings):
    """Put changes that several rules made of the same tickets into one event; the others stay as they are."""
    joined, changes = [], {}
    for one in happenings:
        if one.event not in ("updated", "stage") or one.is_by_person or one.before:
            joined.append(one)
            continue
        known = changes.get(one.event)
        if known is None:
            known = changes[one.event] = Happening(one.event, [], one.at)
            joined.append(known)
        known.ticket_ids += [ticket_id for ticket_id in one.ticket_ids if ticket_id not in known.ticket_ids]
        for ticket_id, names in one.changed.items():
            known.changed[ticket_id] = known.changed.get(ticket_id, set()) | set(names)
    return joined
