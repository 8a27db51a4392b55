from odoo import api, models

from ..logic.auto_reply import is_automatic
from ..logic.reply import read_sender
from ..own_word import OWN_WORD

TICKET = "helpdesk.ticket"


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Hand on what sent the mail: its headers are known only here."""
        sender = read_sender(dict(message.items()))
        said = {
            # Two questions: does a word of a person stand behind it, and may our machine answer it.
            "psa_sent_by_machine": sender != "person",
            "psa_says_nothing": sender == "auto_reply",
            "psa_wants_no_receipt": is_automatic(message),
        }
        if any(said.values()):
            self = self.with_context(**{key: OWN_WORD for key, is_true in said.items() if is_true})
        aims = self._psa_get_aims(routes)
        # Where only the subject led to a ticket, the mail makes nobody a follower: a number can be guessed.
        followers = {} if message_dict.get("parent_id") else {aim: aim.message_partner_ids for aim in aims}
        parsed = dict(message_dict)  # the host takes out what it has used
        reached = super()._message_route_process(message, message_dict, routes)
        for ticket, known in followers.items():
            ticket.message_unsubscribe((ticket.message_partner_ids - known).ids)
        if any(route[0] == TICKET for route in routes or ()):
            self._psa_book_mail(parsed, "accepted", ticket=aims[:1] or self.env[TICKET].browse(reached))
        return reached

    @api.model
    def _psa_get_aims(self, routes):
        """Return the tickets that a mail goes to; a new one is not there yet."""
        # sudo: to write down which tickets a mail reached, whoever it acts for
        tickets = self.env[TICKET].sudo()
        return tickets.browse(route[1] for route in routes or () if route[0] == TICKET and route[1])
