from odoo import api, models

from ..logic.auto_reply import is_automatic
from ..logic.reply import read_sender
from ..own_word import OWN_WORD


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
        return super()._message_route_process(message, message_dict, routes)
