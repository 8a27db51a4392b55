from odoo import api, fields, models

from odoo.addons.psa_crm.outside import find_id


class PsaTicketDialogMixin(models.AbstractModel):
    """Dialogs that do something with one ticket, for whoever may write it."""

    _name = "psa.ticket.dialog.mixin"
    _description = "Dialog about a ticket"
    _inherit = ["psa.dialog.mixin"]

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: find_id(self.env, "active_id"),
    )

    @api.model
    def default_get(self, fields_list):
        defaults = super().default_get(fields_list)
        ticket = self.env["helpdesk.ticket"].browse(defaults.get("ticket_id")).exists()
        if ticket:
            ticket.check_access("write")
            defaults |= self._prepare_from(ticket)
        return {name: value for name, value in defaults.items() if name in fields_list}

    @api.model
    def _prepare_from(self, ticket):
        """Return the values with which the dialog about `ticket` begins."""
        raise NotImplementedError

    def _psa_check_links(self):
        self.ticket_id.check_access("write")
