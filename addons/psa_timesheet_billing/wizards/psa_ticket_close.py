from odoo import fields, models


class PsaTicketClose(models.TransientModel):
    """Missing time is entered where the ticket is closed."""

    _inherit = "psa.ticket.close"

    minutes = fields.Integer(string="Time spent", help="Entered as your own work of today.")
    work = fields.Char(string="Work done", help="It is printed on the invoice.")

    def _mend(self):
        result = super()._mend()
        if self.minutes > 0:
            self.env["account.analytic.line"].create(
                {
                    "psa_ticket_id": self.ticket_id.id,
                    "psa_minutes": self.minutes,
                    "name": self.work or self.ticket_id.name,
                }
            )
        return result
