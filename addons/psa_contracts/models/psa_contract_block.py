from odoo import api, fields, models

from ..price_groups import PRICE_GROUPS


class PsaContractBlock(models.Model):
    _name = "psa.contract.block"
    _description = "Block of hours"
    _order = "contract_id, date_start, id"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    contract_id = fields.Many2one(
        "psa.contract", required=True, ondelete="cascade", index=True, check_company=True
    )
    partner_id = fields.Many2one(related="contract_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="contract_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    active = fields.Boolean(default=True)
    minutes = fields.Integer(
        string="Hours sold", required=True, help="Weighted time: an hour at multiplier 2 draws two hours."
    )
    date_start = fields.Date(
        string="First day",
        required=True,
        default=fields.Date.context_today,
        help="First day worked it may cover.",
    )
    date_end = fields.Date(
        string="Last day", help="Last day worked it may cover, included. Empty: no expiry."
    )
    price_hour = fields.Float(string="Price per hour", digits="Product Price", groups=PRICE_GROUPS)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        check_company=True,
        domain=[("type", "=", "service")],
        default=lambda self: self.env.ref("psa_contracts.product_product_block", False),
        help="Decides income account and taxes of the sale. What the block covers later is not taxed again.",
    )
    item_ids = fields.One2many("psa.billing.item", "block_id", string="Draws")
    # Balance: read from the draws in the ledger, never counted by hand
    drawn_hundredths = fields.Integer(
        compute="_compute_drawn_hundredths",
        store=True,
        help="Weighted hundredths of a minute drawn by approved time.",
    )
    used_minutes = fields.Integer(string="Used", compute="_compute_balance")
    reserved_minutes = fields.Integer(
        string="Reserved", compute="_compute_balance", help="Time that is typed but not yet approved."
    )
    remaining_minutes = fields.Integer(
        string="Left", compute="_compute_balance", help="Sold less used. Below zero: more was used than sold."
    )
    available_minutes = fields.Integer(
        string="Free", compute="_compute_balance", help="Left less what is reserved."
    )

    _minutes_positive = models.Constraint("CHECK(minutes > 0)", "A block holds more than no time.")
    _dates_in_order = models.Constraint(
        "CHECK(date_end IS NULL OR date_start <= date_end)", "A block may not end before it begins."
    )

    @api.depends("item_ids.draw_hundredths", "item_ids.state")
    def _compute_drawn_hundredths(self):
        drawn = dict(
            self.env["psa.billing.item"]._read_group(
                [("block_id", "in", self.ids), ("state", "!=", "written_off")],
                ["block_id"],
                ["draw_hundredths:sum"],
            )
        )
        for block in self:
            block.drawn_hundredths = drawn.get(block, 0)

    @api.depends("minutes", "drawn_hundredths")
    def _compute_balance(self):
        reserved = self._get_reserved_hundredths()
        for block in self:
            left = block.minutes * 100 - block.drawn_hundredths
            block.used_minutes = -(-block.drawn_hundredths // 100)
            block.remaining_minutes = left // 100
            block.reserved_minutes = -(-reserved.get(block.id, 0) // 100)
            block.available_minutes = (left - reserved.get(block.id, 0)) // 100

    def _get_reserved_hundredths(self):
        """Weighted hundredths of a minute that time not yet approved would draw, by block id.

        Hook: the addon that knows time entries overrides it. One call serves all blocks of `self`.
        """
        return {}
