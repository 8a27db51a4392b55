from odoo import api, fields, models

from ..price_groups import PRICE_GROUPS


class PsaContractCharge(models.Model):
    _name = "psa.contract.charge"
    _description = "Recurring charge"
    _order = "contract_id, sequence, id"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "psa.contract", required=True, ondelete="cascade", index=True, check_company=True
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        check_company=True,
        domain=[("type", "=", "service")],
        default=lambda self: self.env.ref("psa_contracts.product_product_managed_service", False),
        help="Decides income account and taxes of the charge.",
    )
    name = fields.Char(
        string="Description",
        required=True,
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        help="Text on the invoice; the period is added.",
    )
    quantity = fields.Float(default=1.0, digits="Product Unit", required=True)
    price_unit = fields.Float(string="Price", digits="Product Price", groups=PRICE_GROUPS)
    discount = fields.Float(
        string="Discount %",
        digits="Discount",
        groups=PRICE_GROUPS,
        help="0: the discount of the contract. Part of the item, before it is rounded.",
    )
    interval = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")], required=True, default="month"
    )
    in_advance = fields.Boolean(
        default=True, help="Billed before the period begins; otherwise when the period is over."
    )
    date_start = fields.Date(string="First day", help="Empty: the first day of the contract.")
    date_end = fields.Date(string="Last day", help="Included. Empty: the last day of the contract.")
    coterm_date = fields.Date(
        string="Common end",
        help="Periods are laid so that one of them ends on this day, together with other charges of the customer.",
    )

    _dates_in_order = models.Constraint(
        "CHECK(date_start IS NULL OR date_end IS NULL OR date_start <= date_end)",
        "A charge may not end before it begins.",
    )
    _discount_bounds = models.Constraint(
        "CHECK(discount >= 0 AND discount <= 100)", "A discount lies between 0 and 100 %."
    )

    @api.depends("product_id")
    def _compute_name(self):
        for charge in self:
            charge.name = charge.name or charge.product_id.name
