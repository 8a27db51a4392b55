from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..logic.work_word import Word

SHOWN_WORDS = (Word.OVERDUE, Word.AT_RISK, Word.DUE, Word.DONE)
MET_OVER = timedelta(days=30)
TREND_OVER = timedelta(days=7)


class PsaServiceHome(models.AbstractModel):
    """What a service manager looks at first in the morning, counted under the reader's own rights.

    Each figure comes with the action that opens what it counts; both use one domain. The filters of the screen come
    in the context: `psa_home_mine` for the reader's own queues, `psa_home_class_ids` and `psa_home_user_ids` with ids, or
    with parts of names as they were typed.
    """

    _name = "psa.service.home"
    _description = "Service home"

    @api.model
    def get_home(self):
        """Return `{"words": [...], "untouched": {...}, "met": {...}, "trend": {...}, "look": [...], "by": [...]}`, ready to be shown."""
        now = fields.Datetime.now()
        return {
            "words": self._get_words(),
            "untouched": self._get_untouched(),
            "met": self._get_met(now),
            "trend": self._get_trend(now),
            "look": self._get_look(),
            "by": self._get_comparisons(),
        }

    @api.model
    def _get_words(self):
        tickets, tasks = self.env["helpdesk.ticket"], self.env["project.task"]
        names = dict(tickets._fields["psa_word"]._description_selection(self.env))
        words = []
        for word in SHOWN_WORDS:
            name = names[word.value]
            is_word = Domain("psa_word", "=", word.value)
            task_domain = list(self._get_task_domain() & is_word)
            words.append(
                {
                    "word": word.value,
                    "name": name,
                    "tickets": self._count_tickets(name, is_word),
                    # Tasks have no queue.
                    "tasks": not self.env.context.get("psa_home_mine")
                    and {
                        "count": tasks.search_count(task_domain),
                        "action": self._prepare_action(
                            tasks._name, name, task_domain, ("kanban", "list", "form")
                        ),
                    },
                }
            )
        return words

    @api.model
    def _count_tickets(self, name, domain):
        """Count the tickets of `domain` within the filters of the screen: `{"count": ..., "action": ...}`."""
        tickets = self.env["helpdesk.ticket"]
        domain = list(self._get_ticket_filter() & domain)
        return {
            "count": tickets.search_count(domain),
            "action": tickets._psa_prepare_counted_action(name, domain),
        }

    @api.model
    def _get_task_domain(self):
        """Tasks of projects that are work: no templates, no private to-dos."""
        return (
            Domain("project_id", "!=", False)
            & Domain("has_template_ancestor", "=", False)
            & self._get_filter("partner_id.commercial_partner_id.psa_account_class_id", "user_ids")
        )

    @api.model
    def _is_filtered(self):
        """Say whether a filter of the screen is set: what belongs to no ticket is left out then."""
        return any(
            self.env.context.get(key) for key in ("psa_home_mine", "psa_home_class_ids", "psa_home_user_ids")
        )

    @api.model
    def _get_ticket_filter(self):
        """Return the domain of the tickets that the filters of the screen leave."""
        return self._get_filter("psa_account_class_id", "user_id", "team_id.user_ids")

    @api.model
    def _get_filter(self, account_class, technician, members=None):
        """Return what the filters of the screen say of records with these fields."""
        wanted = Domain.TRUE
        if members and self.env.context.get("psa_home_mine"):
            wanted &= Domain(members, "in", self.env.uid)
        for key, model, field in (
            ("psa_home_class_ids", "psa.account.class", account_class),
            ("psa_home_user_ids", "res.users", technician),
        ):
            values = self.env.context.get(key)
            if values and isinstance(values, (list, tuple)):
                wanted &= Domain(field, "in", self._find_named(model, values))
        return wanted

    @api.model
    def _find_named(self, model, values):
        """Return the ids that were chosen, and those of records whose name has what was typed."""
        typed = [Domain("name", "ilike", value) for value in values if isinstance(value, str)]
        found = self.env[model].search(Domain.OR(typed)).ids if typed else []
        return found + [value for value in values if isinstance(value, int)]

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
    def _get_comparisons(self):
        """Return the ways to see the four words side by side, within the filters of the screen."""
        action = self.env["ir.actions.act_window"]._for_xml_id("psa_helpdesk.psa_standing_report_action")
        domain = list(self._get_filter("account_class_id", "user_id", "team_id.user_ids"))
        ways = {
            "group_team": self.env._("Queue"),
            "group_user": self.env._("Technician"),
            "group_partner": self.env._("Customer"),
        }
        return [
            {
                "name": name,
                "action": action
                | {"domain": domain, "context": {f"search_default_{group}": 1, "search_default_shown": 1}},
            }
            for group, name in ways.items()
        ]

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
        return self._count_tickets(self.env._("Critical without human touch"), self._get_untouched_domain())

    @api.model
    def _get_met(self, now):
        """The share of promises kept in the last 30 days; None where none counted."""
        domain = list(
            Domain("counts_at", ">=", now - MET_OVER)
            & Domain("counts_at", "<=", now)
            & self._get_filter("account_class_id", "user_id", "team_id.user_ids")
        )
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
        since = now - TREND_OVER
        opened = self._count_tickets(self.env._("New in the last 7 days"), Domain("create_date", ">=", since))
        closed = self._count_tickets(
            self.env._("Closed in the last 7 days"),
            Domain("psa_is_open", "=", False) & Domain("closed_date", ">=", since),
        )
        backlog = self._count_tickets(self.env._("Backlog"), Domain("psa_is_open", "=", True))
        return {
            "opened": opened,
            "closed": closed,
            "growth": opened["count"] - closed["count"],
            "backlog": backlog,
        }
