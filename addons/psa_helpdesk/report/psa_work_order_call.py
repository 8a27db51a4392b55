from odoo import api, models

from .psa_work_order import Sheet


class PsaWorkOrderCall(models.AbstractModel):
    """A work order for each service call, with those of its tickets that the reader may see."""

    _name = "report.psa_helpdesk.psa_work_order_call"
    _inherit = "psa.work.order"
    _description = "Work orders of service calls"

    @api.model
    def _find_records(self, docids):
        return self.env["psa.service.call"].browse(docids)

    @api.model
    def _get_sheets(self, records):
        # sudo: which tickets they are; each is checked. An archived one was worked on, too.
        calls = records.sudo().with_context(active_test=False)
        seen = self.env["helpdesk.ticket"].browse(calls.ticket_ids.ids)._filtered_access("read")
        sheets = []
        for record, call in zip(records, calls, strict=True):
            own = [ticket_id for ticket_id in call.ticket_ids.ids if ticket_id in seen.ids]
            sheets.append(Sheet(record, record, seen.browse(own).with_prefetch(seen.ids)))
        return sheets
