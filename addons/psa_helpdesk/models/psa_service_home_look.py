from odoo import api, fields, models
from odoo.fields import Domain

from ..logic.look_first import look_first
from ..logic.working_day import working_minutes

LOOK_AT = 5
# Whose missed promises are told to the manager first; the codes stay when the names are translated.
IMPORTANT_CLASSES = ("premier", "jeopardy")


class PsaServiceHome(models.AbstractModel):
    """Where to look first: few lines, each with its reason, and each leads to the record that it is about."""

    _inherit = "psa.service.home"

    @api.model
    def _get_look(self):
        """Return at most five lines, each about another record, the most pressing reason first."""
        reasons = [found for _rank, found in sorted(self._get_look_reasons(), key=lambda reason: reason[0])]
        return [self._prepare_look_line(record, why) for record, why in look_first(reasons, LOOK_AT)]

    @api.model
    def _prepare_look_line(self, record, why):
        """Return what a line says of `record`. A hook: other addons have other records."""
        line = {
            "key": f"{record._name},{record.id}",
            "number": "",
            "name": record.display_name,
            "customer": "",
            "why": why,
        }
        if record._name == "helpdesk.ticket":
            customer = record.commercial_partner_id.display_name or ""
            return line | {
                "number": record.number,
                "name": record.name,
                "customer": customer,
                "action": record._psa_prepare_open_action(),
            }
        if record._name == "res.users":
            return line | {"action": self._prepare_board_action(psa_mode="week")}
        return line | {
            "action": {
                "type": "ir.actions.act_window",
                "res_model": record._name,
                "res_id": record.id,
                "views": [(False, "form")],
            }
        }

    @api.model
    def _prepare_board_action(self, **context):
        action = self.env["ir.actions.client"]._for_xml_id("psa_helpdesk.psa_dispatch_board_action")
        return action | {"context": context}

    @api.model
    def _get_look_reasons(self):
        """Return [(rank, [(record, why)])], five records a reason at most; a lower rank is more pressing.

        A hook: other addons add theirs between these.
        """
        reasons = [*self._get_broken_promises(), *self._get_waiting_tickets()]
        found = [(rank, self._look_for(domain, order, say)) for rank, domain, order, say in reasons]
        return [*found, (50, self._find_overbooked())]

    @api.model
    def _get_broken_promises(self):
        """Return [(rank, domain, order, function that says why)] of tickets that cannot wait."""
        is_open = Domain("psa_is_open", "=", True)
        is_important = Domain("psa_account_class_id.code", "in", IMPORTANT_CLASSES)
        return [
            (
                10,
                self._get_untouched_domain(),
                "psa_started_at, id",
                lambda ticket: self.env._("Critical, and nobody has touched it yet"),
            ),
            (
                # Whoever runs the desk must hear of it: such a clock warns nobody and is never late (Rule D10.26).
                15,
                is_open & Domain("psa_sla_clock_ids", "any", [("state", "=", "no_hours")]),
                "psa_started_at, id",
                lambda ticket: self.env._("Its SLA counts in hours without any working time ahead"),
            ),
            (
                20,
                is_open & Domain("psa_word", "=", "overdue") & is_important,
                "psa_sla_due_at, id",
                lambda ticket: self.env._(
                    "%(account_class)s customer, overdue", account_class=ticket.psa_account_class_id.name
                ),
            ),
        ]

    @api.model
    def _get_waiting_tickets(self):
        """Return [(rank, domain, order, function that says why)] of tickets that have waited longest."""
        is_open = Domain("psa_is_open", "=", True)
        return [
            (
                70,
                is_open & Domain("psa_needs_reply", "=", True),
                "psa_customer_message_at, id",
                lambda ticket: self.env._("The customer has waited longest for an answer"),
            ),
            (
                80,
                is_open & Domain("psa_word", "=", "overdue"),
                "psa_sla_due_at, id",
                lambda ticket: self.env._("Overdue for the longest time"),
            ),
            (
                90,
                is_open & Domain("user_id", "=", False),
                "psa_started_at, id",
                lambda ticket: self.env._("Oldest ticket that nobody has taken"),
            ),
        ]

    @api.model
    def _look_for(self, domain, order, say):
        """Return [(ticket, why)] of the first tickets of `domain` within the filters of the screen."""
        tickets = self.env["helpdesk.ticket"]
        found = tickets.search(self._get_ticket_filter() & domain, order=order, limit=LOOK_AT)
        return [(ticket, say(ticket)) for ticket in found]

    @api.model
    def _find_overbooked(self):
        """Return [(technician, why)] of those whose service calls of this week take more than their working hours."""
        # A week of work belongs to no queue and no class.
        is_of_tickets = self.env.context.get("psa_home_mine") or self.env.context.get("psa_home_class_ids")
        if is_of_tickets or not self.env.user.has_group("psa_helpdesk.psa_helpdesk_group_dispatcher"):
            return []
        calls = self.env["psa.service.call"]
        users = calls._psa_get_technicians(self.env.company)
        chosen = self.env.context.get("psa_home_user_ids")
        if isinstance(chosen, (list, tuple)) and chosen:
            users &= users.browse(self._find_named("res.users", chosen))
        start, stop = self.env["helpdesk.ticket"]._psa_get_week(fields.Datetime.now())
        days = calls._psa_get_days(users, start, stop)
        over = []
        for user in users:
            booked = sum(
                (min(entry.stop, stop) - max(entry.start, start)).total_seconds() // 60
                for entry in days[user].busy
                if entry.is_call
            )
            hours = working_minutes(days[user].work, days[user].leaves, start, stop)
            if booked > hours:
                over.append((booked - hours, user, booked, hours))
        over.sort(key=lambda line: (-line[0], line[1].id))
        return [
            (
                user.sudo(),  # sudo: the name of a colleague
                self.env._(
                    "%(booked)s h of service calls this week, %(hours)s working hours",
                    booked=_say_hours(booked),
                    hours=_say_hours(hours),
                ),
            )
            for _more, user, booked, hours in over[:LOOK_AT]
        ]


def _say_hours(minutes):
    return f"{int(minutes) // 60}:{int(minutes) % 60:02d}"
