from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..logic.block_ledger import balances, reached_threshold
from ..logic.invoice_layout import clock_text
from ..logic.money import exact, round_money
from ..price_groups import CONTRACT_PRICE_GROUPS, PRICE_GROUPS

# A customer is told when a fifth is left, and again when it is nearly gone (Rule D9.62).
LOW_PERCENTS = (20, 5)


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
    minutes = fields.Integer(
        string="Hours sold", required=True, help="Weighted time: an hour at multiplier 2 draws two hours."
    )
    date_start = fields.Date(
        string="First day",
        required=True,
        default=fields.Date.context_today,
        help="First day worked it may cover; the sale is billed from this day on.",
    )
    date_end = fields.Date(
        string="Last day", help="Last day worked it may cover, included. Empty: no expiry."
    )
    price_hour = fields.Float(string="Price per hour", digits="Product Price", groups=CONTRACT_PRICE_GROUPS)
    shown_price = fields.Monetary(
        string="Price in scope",
        compute="_compute_shown_price",
        groups=PRICE_GROUPS,
        help="The price per hour, for those who approve the billing items of this contract.",
    )
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
        string="Drawn, exact",
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
    used_percent = fields.Integer(string="Used %", compute="_compute_balance")
    reserved_percent = fields.Integer(string="Reserved %", compute="_compute_balance")
    low_balance_percent = fields.Integer(
        string="Low balance %",
        readonly=True,
        copy=False,
        help="The threshold that was reached and told; 0: none.",
    )

    _minutes_positive = models.Constraint("CHECK(minutes > 0)", "A block must hold some time.")
    _dates_in_order = models.Constraint(
        "CHECK(date_end IS NULL OR date_start <= date_end)", "A block may not end before it begins."
    )

    @api.depends("price_hour", "contract_id")
    @api.depends_context("uid")
    def _compute_shown_price(self):
        priced = self.contract_id._filter_priced()
        for block in self:
            # The scope was asked; the price itself is for those who bill.
            block.shown_price = block.sudo().price_hour if block.contract_id in priced else 0.0

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

    @api.depends("minutes", "drawn_hundredths", "contract_id.block_ids.drawn_hundredths")
    def _compute_balance(self):
        reserved = self._get_reserved_hundredths()
        left = self._get_left_hundredths()
        for block in self:
            held = reserved.get(block.id, 0)
            free = left.get(block.id, block.minutes * 100)
            block.used_minutes = -(-block.drawn_hundredths // 100)
            block.remaining_minutes = free // 100
            block.reserved_minutes = -(-held // 100)
            block.available_minutes = (free - held) // 100
            block.used_percent = min(block.drawn_hundredths // block.minutes, 100) if block.minutes else 0
            open_percent = 100 - block.used_percent
            block.reserved_percent = min(held // block.minutes, open_percent) if block.minutes else 0

    def _get_left_hundredths(self):
        """Weighted hundredths left, by block id; the debt of a block is taken from the next ones."""
        left = {}
        for contract in self.contract_id:
            drawn = {block.id: block.drawn_hundredths for block in contract.block_ids}
            left |= balances(contract._get_lots(), drawn)
        return left

    def _get_reserved_hundredths(self):
        """Weighted hundredths of a minute that time not yet approved would draw, by block id.

        Hook: the addon that knows time entries overrides it. One call serves all blocks of `self`.
        """
        return {}

    def _is_valid_on(self, day):
        self.ensure_one()
        return self.date_start <= day and (not self.date_end or day <= self.date_end)

    @api.model_create_multi
    def create(self, vals_list):
        blocks = super().create(vals_list)
        for block in blocks.filtered(lambda block: block.name == "/"):
            block.name = block._get_next_name()
        return blocks

    def _get_next_name(self):
        """Contract number and B1, B2, ...; the number of a deleted block is not used again while a later one lives."""
        taken = [
            int(name.rpartition("/B")[2])
            for name in self.contract_id.block_ids.mapped("name")
            if "/B" in name
        ]
        return f"{self.contract_id.number}/B{max(taken, default=0) + 1}"

    def write(self, vals):
        if {"minutes", "price_hour", "contract_id", "product_id"} & vals.keys() and self._get_sold():
            raise UserError(
                self.env._(
                    "A block that is on an invoice cannot change because the customer has paid for it as it is. "
                    "Credit the invoice, or sell another block."
                )
            )
        result = super().write(vals)
        if "minutes" in vals:
            self._tell_low_balance()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # Deleting a block is a manager's right; the draws that forbid it may be out of the manager's sight.
        if self.sudo().item_ids or self._get_sold():
            raise UserError(
                self.env._("A block that was sold or drawn from cannot be deleted. Set its last day instead.")
            )
        self.env["psa.billing.item"]._withdraw(self._name, self.ids)

    def _get_sold(self):
        """Those whose sale is on an invoice."""
        domain = [("source_model", "=", self._name), ("source_id", "in", self.ids), ("is_billed", "=", True)]
        # Only whether there is one; nothing of it is shown.
        rows = self.env["psa.billing.item"].sudo()._read_group(domain, ["source_id"])
        return self.browse([source_id for [source_id] in rows])

    # ------------------------------------------------------------------
    # Sale
    # ------------------------------------------------------------------

    def _prepare_sale_items(self, cutoff):
        """Values of the sales up to `cutoff`, included, that no invoice holds.

        Those brought in already come too: a block that was moved since is billed on its new day.
        """
        domain = [("source_model", "=", self._name), ("source_id", "in", self.ids)]
        ledger = self.env["psa.billing.item"].sudo()  # only which are known
        known = {source_id for [source_id] in ledger._read_group(domain, ["source_id"])}
        wanted = self.filtered(lambda block: block.date_start <= cutoff or block.id in known)
        return [block._prepare_sale_item() for block in wanted - self._get_sold()]

    def _prepare_sale_item(self):
        """Values of the item that bills the block once, with tax (Rule D9.34)."""
        self.ensure_one()
        contract = self.contract_id
        hours = self.minutes / 60
        worth = Fraction(self.minutes, 60) * exact(str(self.price_hour))
        amount = round_money(worth, Decimal(str(contract.currency_id.rounding)))
        return {
            "kind": "block",
            "source_model": self._name,
            "source_id": self.id,
            "contract_id": contract.id,
            "partner_id": contract._get_billed_partner().id,
            "company_id": contract.company_id.id,
            "currency_id": contract.currency_id.id,
            "date": self.date_start,
            "window_start": self.date_start,
            "window_end": self.date_end and self.date_end + timedelta(days=1),
            "name": self.env._(
                "Block %(number)s of %(time)s hours", number=self.name, time=clock_text(self.minutes)
            ),
            "quantity": hours,
            "price_unit": self.price_hour,
            "amount": float(amount),
            "product_id": self.product_id.id,
            "state": "approved",
            "derivation": {
                "version": 1,
                "kind": "block",
                "amount": str(amount),
                "steps": [
                    {"do": "sold", "rule": "D9.34", "why": self.env._("Sold once, taxed at the sale")},
                    {"do": "money", "rule": "D9.18", "why": f"{hours:g} h x {self.price_hour:g} = {amount}"},
                ],
            },
        }

    # ------------------------------------------------------------------
    # Low balance
    # ------------------------------------------------------------------

    def _tell_low_balance(self):
        """Tell the owner of the contract once an episode; an episode ends when more is left again (Rule D9.62)."""
        left = self._get_left_hundredths()
        for block in self:
            reached = reached_threshold(left[block.id], block.minutes * 100, LOW_PERCENTS)
            told = block.low_balance_percent
            if reached == told:
                continue
            block.low_balance_percent = reached
            if reached and (not told or reached < told):
                block._post_low_balance(left[block.id] // 100)

    def _post_low_balance(self, minutes_left):
        text = self.env._(
            "%(block)s: %(left)s of %(sold)s hours left",
            block=self.name,
            left=clock_text(minutes_left),
            sold=clock_text(self.minutes),
        )
        contract = self.contract_id
        contract.message_post(body=text)
        if contract.owner_id:
            contract.activity_schedule(
                "mail.mail_activity_data_todo", summary=text, user_id=contract.owner_id.id
            )
