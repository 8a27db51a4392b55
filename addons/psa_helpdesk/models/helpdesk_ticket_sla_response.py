from odoo import api, models

from ..logic.touch import Role, role_of
from .helpdesk_ticket_touch import PERSONAL_MESSAGE_TYPES


class HelpdeskTicket(models.Model):
    """The first response: the first message by staff that the customer can read (Rules D10.5 and D10.6)."""

    _inherit = "helpdesk.ticket"

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        self._psa_hear_message(message)
        return result

    def _psa_hear_message(self, message):
        """Note the first response, if `message` is one, at this moment: when it is sent or made public.

        The moment is not that of the message: a mail of ours counts when the gateway took it (Rule D10.3).
        """
        if message.message_type in PERSONAL_MESSAGE_TYPES and self._psa_is_response(message):
            # sudo: whoever may write the message makes the clock stop, and nothing else with it
            self.sudo()._psa_sla_respond(self._psa_get_event_moment())

    def _psa_is_response(self, message):
        """Say whether `message` answers the customer: by staff, and public or marked as a call."""
        self.ensure_one()
        subtype = message.sudo().subtype_id  # of subtypes people see only those of their own groups
        is_public = not (message.is_internal or subtype.internal)
        is_live = subtype == self.env.ref("psa_helpdesk.psa_sla_subtype_live", raise_if_not_found=False)
        if not is_public and not is_live:
            return False
        author = self._psa_get_author(message)
        is_requester = message.sudo().author_id == self.sudo().partner_id
        if role_of(author) is not Role.STAFF or is_requester:
            return False
        return is_public or self._psa_get_sla_policies()[:1]._get_terms().counts_calls

    def _psa_sla_respond(self, at):
        """Write the first response of each open ticket into its ledger; later answers are none."""
        tickets = self.filtered(lambda ticket: ticket._psa_get_sla_meaning() not in ("resolved", "cancelled"))
        if not tickets:
            return
        ledgers = self.env["psa.sla.event"]._get_ledgers(tickets)
        waiting = tickets.filtered(lambda ticket: not ledgers[ticket].is_responded)
        self._psa_sla_record({ticket: ["responded"] for ticket in waiting}, self.browse(), at, ledgers)

    def _psa_sla_plan(self, at):
        """Write into the ledgers that these tickets are planned: a service call got its time and its technician."""
        # sudo: whoever may plan the call makes the clock stop, and nothing else with it
        tickets = self.sudo().filtered("psa_is_open")
        tickets._psa_sla_record({ticket: ["planned"] for ticket in tickets}, self.browse(), at)

    def _psa_is_entered_live(self):
        """Say whether one of us enters this ticket from a call or a visit, so that the customer was spoken to."""
        self.ensure_one()
        return self.channel_id.psa_is_live and role_of(self._psa_get_actor()) is Role.STAFF

    @api.model
    def _psa_hear_published(self, messages):
        """Note first responses among internal notes that were made public."""
        messages = messages.filtered(lambda message: message.model == self._name and message.res_id)
        tickets = self.browse(messages.mapped("res_id")).exists()
        for message in messages.filtered(lambda message: message.res_id in tickets._ids):
            ticket = self.browse(message.res_id)
            ticket._psa_hear_message(message)
            if not (message.is_internal or message.sudo().subtype_id.internal):
                ticket._psa_note_answer(message)

    def _psa_note_answer(self, message):
        """Note that a message of ours became readable for the customer: it is an answer now."""
        author = self._psa_get_author(message)
        if message.message_type in PERSONAL_MESSAGE_TYPES and role_of(author) is Role.STAFF:
            # sudo: whoever may write the message notes the answer, and nothing else with it
            self.sudo().psa_answered_at = self._psa_get_event_moment()
