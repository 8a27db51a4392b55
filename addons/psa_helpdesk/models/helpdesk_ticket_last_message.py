from odoo import api, fields, models
from odoo.tools import html2plaintext

from ..logic.quoted import cut_quoted
from .helpdesk_ticket_touch import PERSONAL_MESSAGE_TYPES

# What a phone shows of it before the conversation is opened
SHOWN_CHARACTERS = 400


class HelpdeskTicket(models.Model):
    """The last word between customer and desk, which a phone shows before anything else."""

    _inherit = "helpdesk.ticket"

    psa_last_message = fields.Text(
        string="Last message", compute="_compute_psa_last_message", groups="base.group_user"
    )
    psa_last_message_author = fields.Char(
        string="Last message by", compute="_compute_psa_last_message", groups="base.group_user"
    )
    psa_last_message_at = fields.Datetime(
        string="Last message at", compute="_compute_psa_last_message", groups="base.group_user"
    )

    @api.depends("message_ids")
    def _compute_psa_last_message(self):
        """The last message that both sides can read; what the system says of its own accord does not count."""
        found = self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("message_type", "in", tuple(PERSONAL_MESSAGE_TYPES)),
                ("is_internal", "=", False),
                ("subtype_id.internal", "=", False),
            ],
            order="id desc",
            limit=1 if len(self) == 1 else None,
        )
        last = {message.res_id: message for message in reversed(found)}
        for ticket in self:
            message = last.get(ticket.id, found.browse())
            text = html2plaintext(cut_quoted(message.body)).strip()
            ticket.psa_last_message = text[:SHOWN_CHARACTERS]
            ticket.psa_last_message_author = message.author_id.name or message.email_from
            ticket.psa_last_message_at = message.date
