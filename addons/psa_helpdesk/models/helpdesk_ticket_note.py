from odoo import models
from odoo.exceptions import UserError


class HelpdeskTicket(models.Model):
    """An internal note is for us: customers are never among its recipients."""

    _inherit = "helpdesk.ticket"

    def _message_post_after_hook(self, message, msg_values):
        """Refuse a person's note that names a customer, before anybody is told of it."""
        posted = message.sudo()  # whom it goes to counts whether or not its author may see these people
        if posted.message_type == "comment" and (posted.is_internal or posted.subtype_id.internal):
            outsiders = posted.partner_ids.filtered("partner_share")
            if outsiders:
                raise UserError(
                    self.env._(
                        "This internal note cannot go to %(names)s because only our own people read notes. Take the"
                        " names out, or write a reply.",
                        names=", ".join(outsiders.mapped("display_name")),
                    )
                )
        return super()._message_post_after_hook(message, msg_values)
