from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.psa_crm.logic.duration_text import format_duration


class PsaWorkOrder(models.AbstractModel):
    """Time worked on the tickets of a work order: never rates, costs or who pays.

    The customer signs it before anybody could approve it, so what is not approved yet stands there, marked as such.
    """

    _inherit = "psa.work.order"

    @api.model
    def _prepare_orders(self, sheets):
        orders = super()._prepare_orders(sheets)
        lines = self._find_time({ticket_id for sheet in sheets for ticket_id in sheet.tickets.ids})
        for order, sheet in zip(orders, sheets, strict=True):
            own = [line for line in lines if line.psa_ticket_id.id in sheet.tickets.ids]
            order["time_lines"] = [
                self._prepare_time(line.with_context(lang=order["lang"]), len(sheet.tickets) > 1)
                for line in own
            ]
            order["time_total"] = format_duration(sum(line.psa_minutes for line in own))
            order["is_time_open"] = any(line.psa_state != "approved" for line in own)
        return orders

    @api.model
    def _find_time(self, ticket_ids):
        """Return the time on these tickets that the reader may see, a contractor the own one, to be told to the customer.

        Of what is not approved yet only work that is billed: whatever else is written there may be for us alone.
        """
        lines = self.env["account.analytic.line"]
        if not lines.has_access("read"):
            return lines
        told = lines._psa_get_told_domain(list(ticket_ids))
        done = Domain("psa_ticket_id", "in", list(ticket_ids)) & Domain("psa_minutes", ">", 0)
        domain = told | done & Domain("psa_work_type_id.is_billable", "=", True)
        # sudo: names of colleagues and work types beside time that the reader may see
        return lines.search(domain, order="date, id").sudo()

    @api.model
    def _prepare_time(self, line, is_one_of_several):
        return {
            "date": format_date(line.env, line.date),
            "ticket": line.psa_ticket_id.number if is_one_of_several else "",
            "who": line.user_id.name or line.employee_id.name or "",
            "work_type": line.psa_work_type_id.name or "",
            "text": line.name or "",
            "time": format_duration(line.psa_minutes),
            "is_open": line.psa_state != "approved",
        }
