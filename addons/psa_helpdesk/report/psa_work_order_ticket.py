from odoo import api, fields, models

from ..logic.call_choice import PlannedCall, next_or_last
from .psa_work_order import Sheet


class PsaWorkOrderTicket(models.AbstractModel):
    """A work order for each ticket, with its next service call, else its last one, of those the reader may see."""

    _name = "report.psa_helpdesk.psa_work_order_ticket"
    _inherit = "psa.work.order"
    _description = "Work orders of tickets"

    @api.model
    def _find_records(self, docids):
        return self.env["helpdesk.ticket"].browse(docids)

    @api.model
    def _get_sheets(self, records):
        now = fields.Datetime.now()
        calls = self.env["psa.service.call"].search([("ticket_ids", "in", records.ids)])
        planned = {call: PlannedCall(call.id, call.state, call.start_at, call.stop_at) for call in calls}
        sheets = []
        for ticket in records:
            # sudo: only which of these calls are about this ticket
            own = [planned[call] for call in calls if ticket.id in call.sudo().ticket_ids.ids]
            chosen = next_or_last(own, now)
            sheets.append(Sheet(ticket, calls.browse(chosen).with_prefetch(calls.ids), ticket))
        return sheets
