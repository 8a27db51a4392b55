from odoo import api, models
from odoo.exceptions import UserError


class PsaMyDay(models.AbstractModel):
    """The checklist of a service call on the day's screen: ticked in the finish sheet."""

    _inherit = "psa.my.day"

    @api.model
    def _prepare_call(self, call):
        # sudo: who is on the call reads what is to be done there
        lines = call.sudo().checklist_line_ids
        return super()._prepare_call(call) | {
            "checklist": [{"id": line.id, "name": line.name, "is_done": line.is_done} for line in lines]
        }

    @api.model
    def _record_work(self, ticket, call, report, values):
        """Tick what the sheet says was done; `values["ticked"]` are ids of lines of this call."""
        result = super()._record_work(ticket, call, report, values)
        ticked = values.get("ticked") or []
        if not isinstance(ticked, list) or any(type(line_id) is not int for line_id in ticked):
            raise UserError(self.env._("This request cannot be read. Reload the page."))
        lines = call.checklist_line_ids.filtered(lambda line: line.id in ticked and not line.is_done)
        lines.write({"is_done": True})
        return result
