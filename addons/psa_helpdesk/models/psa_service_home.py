from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..logic.work_word import Word

SHOWN_WORDS = (Word.OVERDUE, Word.AT_RISK, Word.DUE, Word.DONE)
MET_OVER = timedelta(days=30)
TREND_OVER = timedelta(days=7)
LOOK_AT = 5


class PsaServiceHome(models.AbstractModel):
    """What a service manager looks at first in the morning, counted under the reader's own rights.

    Each figure comes with the action that opens what it counts; both use one domain.
    """

    _name = "psa.service.home"
    _description = "Service home"

    @api.model
    def get_home(self):
        """Return `{"words": [...], "untouched": {...}, "met": {...}, "trend": {...}, "look": [...]}`, ready to be shown."""
        now = fields.Datetime.now()
        return {
            "words": self._get_words(),
            "untouched": self._get_untouched(),
            "met": self._get_met(now),
            "trend": self._get_trend(now),
            "look": self._get_look(),
        }

    @api.model
    def _get_words(self):
        tickets, tasks = self.env["helpdesk.ticket"], self.env["project.task"]
        names = dict(tickets._fields["psa_word"]._description_selection(self.env))
        words = []
        for word in SHOWN_WORDS:
            name = names[word.value]
            domain = [("psa_word", "=", word.value)]
            task_domain = [*self._get_task_domain(), *domain]
            words.append(
                {
                    "word": word.value,
                    "name": name,
                    "tickets": {
                        "count": tickets.search_count(domain),
                        "action": tickets._psa_prepare_counted_action(name, domain),
                    },
                    "tasks": {
                        "count": tasks.search_count(task_domain),
                        "action": self._prepare_action(
                            tasks._name, name, task_domain, ("kanban", "list", "form")
                        ),
                    },
                }
            )
        return words

    @api.model
    def _get_task_domain(self):
        """Tasks of projects that are work: no templates, no private to-dos."""
        return [("project_id", "!=", False), ("has_template_ancestor", "=", False)]

    @api.model
    def _prepare_action(self, model, name, domain, views):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, view) for view in views],
            "domain": domain,
        }

    @api.model
    def _get_untouched_domain(self):
        """Open tickets of the highest priority that nobody of us has touched: there should be none."""
        return (
            Domain("psa_is_open", "=", True)
            & Domain("priority", "=", "3")
            & Domain("psa_touched_at", "=", False)
        )

    @api.model
    def _get_untouched(self):
        tickets = self.env["helpdesk.ticket"]
        name = self.env._("Critical without human touch")
        domain = list(self._get_untouched_domain())
        return {
            "count": tickets.search_count(domain),
            "action": tickets._psa_prepare_counted_action(name, domain),
        }

    @api.model
    def _get_met(self, now):
        """The share of promises kept in the last 30 days; None where none counted."""
        domain = [("counts_at", ">=", now - MET_OVER), ("counts_at", "<=", now)]
        [[share, met, missed, excused]] = self.env["psa.sla.report"]._read_group(
            domain, [], ["met_percent:avg", "met_count:sum", "missed_count:sum", "excused_count:sum"]
        )
        counted = (met or 0) + (missed or 0) - (excused or 0)
        name = self.env._("Promises of the last 30 days")
        return {
            "percent": round(share) if counted else None,
            "counted": counted,
            "action": self._prepare_action(
                "psa.sla.report", name, domain, ("pivot", "graph", "list", "kanban")
            ),
        }

    @api.model
    def _get_trend(self, now):
        """How many more were opened than closed in the last 7 days: above zero the backlog grows."""
        tickets = self.env["helpdesk.ticket"]
        since = now - TREND_OVER
        opened = tickets.search_count([("create_date", ">=", since)])
        closed = tickets.search_count([("psa_is_open", "=", False), ("closed_date", ">=", since)])
        return {"opened": opened, "closed": closed, "growth": opened - closed}

    @api.model
    def _get_look(self):
        """At most five tickets that need a look, each once, with the reason; the most pressing reason first."""
        look, seen = [], []
        for domain, order, say in self._get_look_reasons():
            left = LOOK_AT - len(look)
            if not left:
                break
            found = self.env["helpdesk.ticket"].search(
                Domain(domain) & Domain("id", "not in", seen), order=order, limit=min(left, 2)
            )
            seen += found.ids
            look += [
                {
                    "id": ticket.id,
                    "number": ticket.number,
                    "name": ticket.name,
                    "customer": ticket.commercial_partner_id.display_name or "",
                    "why": say(ticket),
                }
                for ticket in found
            ]
        return look

    @api.model
    def _get_look_reasons(self):
        """Return [(domain, order, function that says why)]; other addons add theirs."""
        is_open = Domain("psa_is_open", "=", True)
        return [
            (
                self._get_untouched_domain(),
                "psa_started_at, id",
                lambda ticket: self.env._("Critical, and nobody has touched it yet"),
            ),
            (
                # Whoever runs the desk must hear of it: such a clock warns nobody and is never late (Rule D10.26).
                is_open & Domain("psa_sla_clock_ids", "any", [("state", "=", "no_hours")]),
                "psa_started_at, id",
                lambda ticket: self.env._("Its SLA counts in hours without any working time ahead"),
            ),
            (
                is_open & Domain("psa_word", "=", "overdue") & Domain("psa_account_class_id", "!=", False),
                "psa_sla_due_at, id",
                lambda ticket: self.env._(
                    "%(account_class)s customer, overdue", account_class=ticket.psa_account_class_id.name
                ),
            ),
            (
                is_open & Domain("psa_needs_reply", "=", True),
                "psa_customer_message_at, id",
                lambda ticket: self.env._("The customer has waited longest for an answer"),
            ),
            (
                is_open & Domain("psa_word", "=", "overdue"),
                "psa_sla_due_at, id",
                lambda ticket: self.env._("Overdue for the longest time"),
            ),
            (
                is_open & Domain("user_id", "=", False),
                "psa_started_at, id",
                lambda ticket: self.env._("Oldest ticket that nobody has taken"),
            ),
        ]
