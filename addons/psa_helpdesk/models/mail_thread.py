from odoo import models

from ..logic.auto_reply import is_automatic


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_route_process(self, message, message_dict, routes):
        """Let the records made from a mail know that a machine wrote it: the headers go no further than here."""
        if is_automatic(message):
            self = self.with_context(psa_auto_reply=True)
        return super()._message_route_process(message, message_dict, routes)
