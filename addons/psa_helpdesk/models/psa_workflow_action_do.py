import logging
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..conflicts import CONFLICTS
from ..logic.rule_text import fill

_logger = logging.getLogger(__name__)

BOTH = ("sms", "email")
DONE, NOTHING, HELD = "did", "nothing", "held"


class PsaWorkflowAction(models.Model):
    """Actions as they are done, for many tickets at once; whoever calls has made the tickets the system's."""

    _inherit = "psa.workflow.action"

    def _do_safely(self, tickets, turn):
        """Do this action; a ticket for which it fails does not hinder the others.

        :param turn: the `Turn` of the rule
        :return: {ticket id: {"result": ..., "problem": ...}}
        """
        self.ensure_one()
        heard = len(turn.chain.pending)
        try:
            with self.env.cr.savepoint():
                return self._do(tickets, turn)
        except CONFLICTS:
            raise  # the whole save is tried again
        except Exception as error:
            _logger.info("Action %s of a workflow rule failed", self.id, exc_info=True)
            del turn.chain.pending[heard:]
            if len(tickets) == 1:
                problem = str(error)[:300] or repr(error)
                return {tickets.id: {"result": "failed", "problem": problem}}
        outcome = {}
        for ticket in tickets:
            outcome |= self._do_safely(ticket, turn)
        return outcome

    def _do(self, tickets, turn):
        if archived := self.rule_id._find_archived(self):
            raise UserError("\n".join(archived))
        act = getattr(self, f"_do_{self.kind}")
        return act(tickets, turn)

    def _all_did(self, tickets):
        return {ticket.id: {"result": DONE} for ticket in tickets}

    # Fields

    def _write(self, tickets, name, value, turn):
        """Write one field where it differs, and where no person has decided otherwise since (Rules D10.31, D10.33)."""
        differing = tickets.filtered(lambda ticket: ticket._psa_is_changed(name, value))
        held = turn.find_held(differing, name)
        writing = differing - held
        if writing:
            writing.write({name: value})
            turn.mark(writing, name)
        outcome = {ticket.id: {"result": NOTHING} for ticket in tickets - differing}
        outcome |= {ticket.id: {"result": HELD} for ticket in held}
        return outcome | self._all_did(writing)

    def _do_queue(self, tickets, turn):
        return self._write(tickets, "team_id", self.team_id.id, turn)

    def _do_priority(self, tickets, turn):
        return self._write(tickets, "priority", self.priority, turn)

    def _do_issue(self, tickets, turn):
        return self._write(tickets, "category_id", self.category_id.id, turn)

    def _do_assign(self, tickets, turn):
        if self.assign_to != "lead":
            user = self.user_id if self.assign_to == "user" else self.user_id.browse()
            return self._write(tickets, "user_id", user.id, turn)
        outcome = {}
        for user, theirs in tickets.grouped("psa_lead_technician_id").items():
            if user.active:
                outcome |= self._write(theirs, "user_id", user.id, turn)
            else:
                problem = self.env._("The customer has no lead technician")
                outcome |= {ticket.id: {"result": NOTHING, "problem": problem} for ticket in theirs}
        return outcome

    def _do_stage(self, tickets, turn):
        if self.stage_id:
            return self._write(tickets, "stage_id", self.stage_id.id, turn)
        outcome = {}
        for team, theirs in tickets.grouped("team_id").items():
            stage = team._psa_find_stage(self.stage_meaning)
            outcome |= self._write(theirs, "stage_id", stage.id, turn)
        return outcome

    def _do_tag(self, tickets, turn):
        without = tickets.filtered(lambda ticket: self.tag_ids - ticket.tag_ids)
        without.write({"tag_ids": [(4, tag.id) for tag in self.tag_ids]})
        outcome = {ticket.id: {"result": NOTHING} for ticket in tickets - without}
        return outcome | self._all_did(without)

    # People

    def _get_people(self, ticket):
        """Return who is meant for `ticket`: with nobody there, those one rung up."""
        if self.audience == "users":
            return self.user_ids.filtered("active")
        rungs = {
            "assignee": [ticket.user_id, ticket.team_id.user_id],
            "lead": [ticket.psa_lead_technician_id, ticket.user_id, ticket.team_id.user_id],
            "leader": [ticket.team_id.user_id],
        }.get(self.audience, [])
        found = next((users for users in rungs if users.filtered("active")), None)
        return found or self.env["psa.sla.threshold"]._get_service_managers(ticket.company_id)

    def _do_notice(self, tickets, turn):
        outcome = {}
        for ticket in tickets:
            users = self._get_people(ticket)
            for lang, readers in users.grouped("lang").items():
                subject, body = self.with_context(lang=lang)._fill_notice(ticket.with_context(lang=lang))
                ticket._psa_notify_users(
                    readers,
                    subject,
                    body,
                    urgent=self.is_urgent,
                    ways=BOTH if self.ways == "phone_mail" else (),
                )
            outcome[ticket.id] = {"result": DONE if users else NOTHING, "to": users.mapped("name")}
        return outcome

    def _do_oncall(self, tickets, turn):
        """Begin the ladder of the queue's rota; one that runs goes on, and a closed ticket calls nobody."""
        paged = tickets._psa_page_oncall().ticket_id
        outcome = {ticket.id: {"result": NOTHING} for ticket in tickets - paged}
        return outcome | self._all_did(paged)

    def _do_follower(self, tickets, turn):
        outcome = {}
        for ticket in tickets:
            users = self._get_people(ticket)
            ticket.message_subscribe(partner_ids=users.partner_id.ids)
            outcome[ticket.id] = {"result": DONE if users else NOTHING, "to": users.mapped("name")}
        return outcome

    def _do_activity(self, tickets, turn):
        outcome = {}
        for ticket in tickets:
            user = self._get_people(ticket)[:1]
            ticket.activity_schedule(
                activity_type_id=self.activity_type_id.id,
                date_deadline=self._get_deadline(user),
                summary=fill(self.subject or "", ticket._psa_get_notice_values()),
                user_id=user.id,
            )
            outcome[ticket.id] = {"result": DONE, "to": user.mapped("name")}
        return outcome

    def _get_deadline(self, user):
        return fields.Date.context_today(self.with_context(tz=user.tz)) + timedelta(days=self.activity_days)

    # Outwards

    def _do_mail(self, tickets, turn):
        for ticket in tickets:
            self.mail_template_id.send_mail(ticket.id, force_send=False)
        return self._all_did(tickets)

    def _do_sms(self, tickets, turn):
        outcome = {}
        for ticket in tickets:
            if not ticket.partner_id.phone:
                problem = self.env._("The contact has no phone number")
                outcome[ticket.id] = {"result": NOTHING, "problem": problem}
                continue
            ticket._message_sms_with_template(
                template=self.sms_template_id, partner_ids=ticket.partner_id.ids, put_in_queue=True
            )
            outcome[ticket.id] = {"result": DONE}
        return outcome

    def _do_webhook(self, tickets, turn):
        self.address_id._enqueue(tickets, self.rule_id)
        return self._all_did(tickets)

    def _do_server(self, tickets, turn):
        self._refuse_program()
        # sudo: the system acts; which prepared actions there are is decided by administrators
        action = self.sudo().server_action_id.with_env(tickets.env)
        for ticket in tickets:
            action.with_context(active_model=tickets._name, active_id=ticket.id, active_ids=ticket.ids).run()
        return self._all_did(tickets)
