from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.psa_crm.logic.outside import read_text
from odoo.addons.psa_crm.outside import read

from ..logic import part_report
from ..logic.part_report import PartProblem, Reason

# What fits on a phone without scrolling away from the sheet.
OFFERED = 8
LONGEST_SEARCH = 80


class PsaMyDay(models.AbstractModel):
    """Parts in the finish sheet: found by name, reference or barcode, written down with the work."""

    _inherit = "psa.my.day"

    @api.model
    def find_products(self, ticket_id, text=""):
        """Return up to eight products that can be used as parts: [{"id", "name", "unit"}]; False for who uses none.

        :param str text: part of a name or reference, or a barcode; without it, what this user used last
        """
        self._check_staff()
        if not self.env["psa.part"].has_access("create"):
            return False
        ticket = self._find_ticket(ticket_id)
        text = read(self.env, read_text, text, "text", LONGEST_SEARCH)
        products = self._search_products(ticket, text) if text else self._get_last_products(ticket)
        return [
            {"id": product.id, "name": product.display_name, "unit": product.uom_id.name}
            for product in products
        ]

    @api.model
    def _get_goods_domain(self, ticket):
        """What can be used on this ticket."""
        return (
            Domain("type", "=", "consu")
            & Domain("sale_ok", "=", True)
            & Domain("company_id", "in", [False, ticket.company_id.id])
        )

    @api.model
    def _search_products(self, ticket, text):
        products = self.env["product.product"].with_company(ticket.company_id)
        found = products.name_search(text, domain=list(self._get_goods_domain(ticket)), limit=OFFERED)
        return products.browse([product_id for product_id, _name in found])

    @api.model
    def _get_last_products(self, ticket):
        own = [("user_id", "=", self.env.uid)]
        rows = self.env["psa.part"]._read_group(own, ["product_id"], order="id:max desc", limit=OFFERED)
        products = self.env["product.product"].union(*(product for [product] in rows))
        return products.with_company(ticket.company_id).filtered_domain(self._get_goods_domain(ticket))

    @api.model
    def _record_work(self, ticket, call, report, values):
        result = super()._record_work(ticket, call, report, values)
        used = self._read_parts(values.get("parts"))
        # Products of another company or no goods are refused where parts are made.
        self.env["psa.part"].create(
            [
                {
                    "ticket_id": ticket.id,
                    "service_call_id": call.id,
                    "product_id": part.product_id,
                    "quantity": float(part.quantity),
                    "serial": part.serial or False,
                    "free_reason": part.free_reason or False,
                }
                for part in used
            ]
        )
        return result

    @api.model
    def _read_parts(self, rows):
        try:
            used = part_report.read(rows)
        except PartProblem as problem:
            raise UserError(self._explain_parts(problem.reason)) from None
        products = self.env["product.product"].browse([part.product_id for part in used])
        if len(products.exists()) < len(set(products.ids)):
            raise UserError(self.env._("A part is gone from the catalogue. Choose another one."))
        return used

    @api.model
    def _explain_parts(self, reason):
        match reason:
            case Reason.TOO_MANY:
                return self.env._(
                    "At most %(number)s parts fit into a report.", number=part_report.MOST_PARTS
                )
            case Reason.QUANTITY:
                return self.env._("Of each part say how many were used: more than 0, at most two places.")
            case Reason.TOO_LONG:
                return self.env._("A serial number or reason is too long. Shorten it.")
            case _:
                return self.env._("This request cannot be read. Reload the page.")
