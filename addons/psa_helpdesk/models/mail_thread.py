from odoo import api, models

from ..logic.reply import is_auto_reply
from ..own_word import OWN_WORD


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Hand on that a machine sent the mail: its headers are known only here."""
        if is_auto_reply(dict(message.items())):
            self = self.with_context(psa_auto_reply=OWN_WORD)
        return super()._message_route_process(message, message_dict, routes)
