from odoo import api, models

from ..logic.reply import read_sender
from ..own_word import OWN_WORD


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Hand on what sent the mail: its headers are known only here."""
        sender = read_sender(dict(message.items()))
        if sender != "person":
            self = self.with_context(
                psa_sent_by_machine=OWN_WORD, psa_says_nothing=sender == "auto_reply" and OWN_WORD
            )
        return super()._message_route_process(message, message_dict, routes)
