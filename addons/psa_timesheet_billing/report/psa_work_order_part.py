from odoo import api, models
from odoo.tools import format_date


class PsaWorkOrder(models.AbstractModel):
    """Parts used on the tickets of a work order: never prices."""

    _inherit = "psa.work.order"

    @api.model
    def _prepare_orders(self, sheets):
        orders = super()._prepare_orders(sheets)
        parts = self._find_parts({ticket_id for sheet in sheets for ticket_id in sheet.tickets.ids})
        for order, sheet in zip(orders, sheets, strict=True):
            order["part_lines"] = [
                self._prepare_part(part.with_context(lang=order["lang"]), len(sheet.tickets) > 1)
                for part in parts
                if part.ticket_id.id in sheet.tickets.ids
            ]
        return orders

    @api.model
    def _find_parts(self, ticket_ids):
        """Return the parts of these tickets that the reader may see, a contractor the own ones."""
        parts = self.env["psa.part"]
        if not parts.has_access("read"):
            return parts
        # sudo: numbers of tickets beside parts that the reader may see
        return parts.search([("ticket_id", "in", list(ticket_ids))]).sudo()

    @api.model
    def _prepare_part(self, part, is_one_of_several):
        return {
            "date": format_date(part.env, part.date),
            "ticket": part.ticket_id.number if is_one_of_several else "",
            "text": part._get_invoice_text(),
            "quantity": f"{part.quantity:g} {part.uom_id.name}",
        }
