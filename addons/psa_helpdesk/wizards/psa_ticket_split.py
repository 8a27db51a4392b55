from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.helpdesk_ticket_split import MOVABLE_TYPES


class PsaTicketSplit(models.TransientModel):
    """Move messages of a ticket into a new one, which starts when the oldest of them was received (Rule D10.25)."""

    _name = "psa.ticket.split"
    _description = "Split a ticket"
    _inherit = ["psa.ticket.dialog.mixin"]

    name = fields.Char(string="Title", required=True, help="What the new ticket is about.")
    team_id = fields.Many2one("helpdesk.ticket.team", string="Queue", required=True)
    line_ids = fields.One2many("psa.ticket.split.line", "split_id", string="Messages")

    @api.model
    def _prepare_from(self, ticket):
        return {
            "name": ticket.name,
            "team_id": ticket.team_id.id,
            "line_ids": [
                Command.create({"message_id": message.id}) for message in self._find_movable(ticket)
            ],
        }

    @api.model
    def _find_movable(self, ticket):
        """Return what people wrote on this ticket, the oldest first."""
        return ticket.message_ids.filtered(lambda message: message.message_type in MOVABLE_TYPES).sorted("id")

    def action_split(self):
        """Make the new ticket, move the chosen messages and open it."""
        self.ensure_one()
        source = self.ticket_id
        source.check_access("write")
        chosen = self.line_ids.filtered("is_moved").message_id
        messages = self._find_movable(source).filtered(lambda message: message in chosen)
        if not messages:
            raise UserError(self.env._("Choose at least one message to move."))
        new = source._psa_split(messages, {"name": self.name, "team_id": self.team_id.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": new.id,
            "views": [[False, "form"]],
        }


class PsaTicketSplitLine(models.TransientModel):
    """One message in the dialog."""

    _name = "psa.ticket.split.line"
    _description = "Message of a ticket to split"
    _inherit = ["psa.dialog.mixin"]

    split_id = fields.Many2one("psa.ticket.split", required=True, ondelete="cascade")
    message_id = fields.Many2one("mail.message", required=True, ondelete="cascade")
    is_moved = fields.Boolean(string="Move")
    date = fields.Datetime(related="message_id.create_date", string="Received", related_sudo=False)
    author_id = fields.Many2one(related="message_id.author_id", related_sudo=False)
    preview = fields.Char(related="message_id.preview", string="What was said", related_sudo=False)

    def _psa_check_links(self):
        """A line shows what was said: refuse messages of another ticket."""
        for line in self:
            ticket, message = (
                line.split_id.ticket_id,
                line.message_id.sudo(),
            )  # sudo: to learn where it stands
            if (message.model, message.res_id) != (ticket._name, ticket.id):
                raise AccessError(self.env._("Only messages of the ticket itself can be moved."))
