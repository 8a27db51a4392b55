from odoo import api, fields, models

from ..price_groups import PRICE_GROUPS


class PsaWorkType(models.Model):
    _name = "psa.work.type"
    _description = "Work type"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short name used in imports and in the explanation of an amount.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: every company may use it.")
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    is_billable = fields.Boolean(
        string="Billable",
        default=True,
        help="Work of a type that is not billable never reaches an invoice and never draws from a block.",
    )
    # Minima and maxima hold for one entry, before it is rounded
    minimum_minutes = fields.Integer(string="Minimum", help="A shorter entry is billed as this long.")
    maximum_minutes = fields.Integer(
        string="Maximum", help="A longer entry is billed as this long. 0: no limit."
    )
    multiplier = fields.Float(
        digits=(16, 4),
        help="Weight of an hour, for blocks and for money; of several multipliers the largest wins. 0: none.",
    )
    surcharge_amount = fields.Monetary(
        string="Surcharge per hour", groups=PRICE_GROUPS, help="Added to the rate before the multiplier."
    )
    rate_amount = fields.Monetary(
        string="Own rate per hour",
        groups=PRICE_GROUPS,
        help="Used where neither the contract nor the customer has a rate. 0: the rate of the role.",
    )
    product_id = fields.Many2one(
        "product.product",
        check_company=True,
        domain=[("type", "=", "service")],
        help="Decides income account and taxes of this work on the invoice.",
    )

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "Two work types of one company may not share a code."
    )
    _minutes_positive = models.Constraint(
        "CHECK(minimum_minutes >= 0 AND maximum_minutes >= 0 AND multiplier >= 0)",
        "Minutes and multiplier of a work type may not be negative.",
    )
    _maximum_above_minimum = models.Constraint(
        "CHECK(maximum_minutes = 0 OR maximum_minutes >= minimum_minutes)",
        "The maximum of a work type may not be below its minimum.",
    )

    @api.model
    def _get_default_product(self):
        """The product of work whose type names none."""
        return self._get_shipped_product("labour")

    @api.model
    def _get_shipped_product(self, name):
        """A product of this addon, by the cached id: it is asked for line after line."""
        xml_id = f"psa_contracts.product_product_{name}"
        return self.env["product.product"].browse(self.env["ir.model.data"]._xmlid_to_res_id(xml_id))

    def _get_product(self):
        """The product that gives account and taxes of work of this type."""
        return self.product_id or self._get_default_product()
