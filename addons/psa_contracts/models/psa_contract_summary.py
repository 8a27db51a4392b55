"""What a contract says about itself: kinds, next bill, worth a month, and its rules in sentences."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ..logic.invoice_layout import clock_text
from ..price_groups import CONTRACT_PRICE_GROUPS, PRICE_GROUPS


class PsaContract(models.Model):
    _inherit = "psa.contract"

    kind_names = fields.Char(string="Kinds", compute="_compute_kind_names")
    next_bill_date = fields.Date(string="Next bill", compute="_compute_next_bill_date", compute_sudo=True)
    monthly_amount = fields.Monetary(
        string="Recurring a month",
        compute="_compute_monthly_amount",
        groups=PRICE_GROUPS,
        help="Recurring charges today, of contracts in your scope.",
    )
    terms_text = fields.Text(string="Prices", compute="_compute_terms_text", groups=PRICE_GROUPS)
    current_block_ids = fields.Many2many(
        "psa.contract.block",
        string="Balances",
        compute="_compute_current_block_ids",
        help="Blocks that still count.",
    )
    is_ending = fields.Boolean(
        string="Ending", compute="_compute_is_ending", help="Its last day is within 60 days."
    )
    rules_text = fields.Text(string="In words", compute="_compute_rules_text")
    item_count = fields.Integer(string="Billing items", compute="_compute_item_count")
    move_count = fields.Integer(string="Invoices", compute="_compute_item_count")

    @api.depends("charge_ids", "block_ids")
    def _compute_kind_names(self):
        for contract in self:
            kinds = (
                (contract.charge_ids, self.env._("Recurring charge")),
                (contract.block_ids, self.env._("Block")),
                (not contract.block_ids, self.env._("Time and materials")),
            )
            contract.kind_names = ", ".join(name for present, name in kinds if present)

    @api.depends("state", "charge_ids.date_start", "charge_ids.date_end", "charge_ids.interval", "date_end")
    def _compute_next_bill_date(self):
        today = fields.Date.context_today(self)
        for contract in self:
            days = [day for charge in contract.charge_ids if (day := charge._get_next_due(today))]
            contract.next_bill_date = min(days, default=False) if contract.state == "active" else False

    @api.depends("charge_ids.price_unit", "charge_ids.quantity", "charge_ids.interval", "charge_ids.discount")
    @api.depends_context("uid")
    def _compute_monthly_amount(self):
        today = fields.Date.context_today(self)
        priced = self._filter_priced()
        (self - priced).monthly_amount = 0.0
        # The scope was asked; prices themselves are for those who bill.
        for contract, known in zip(priced, priced.sudo(), strict=True):
            contract.monthly_amount = sum(
                charge._get_monthly_amount() for charge in known.charge_ids if charge._is_running_on(today)
            )

    @api.depends("overage_rate", "discount", "purchase_order_limit", "currency_id")
    @api.depends_context("uid", "lang")
    def _compute_terms_text(self):
        priced = self._filter_priced()
        (self - priced).terms_text = False
        # As for the amount a month.
        for contract, known in zip(priced, priced.sudo(), strict=True):
            contract.terms_text = "\n".join(known._describe_prices())

    def _describe_prices(self):
        """The prices of the contract itself as sentences; those of charges and blocks stand in their lists."""
        money = self.currency_id.format
        if self.overage_rate:
            yield self.env._("Overage is %(rate)s an hour.", rate=money(self.overage_rate))
        if self.discount:
            yield self.env._("Discount: %(percent)s %%.", percent=formatLang(self.env, self.discount))
        if self.purchase_order_limit:
            yield self.env._("The order reaches to %(limit)s.", limit=money(self.purchase_order_limit))

    def _filter_priced(self):
        """Those whose prices this user may see: all for who bills, own contracts, customers and projects for approvers."""
        user = self.env.user
        if self.env.su or user.has_groups(CONTRACT_PRICE_GROUPS):
            return self
        if not user.has_groups(PRICE_GROUPS):
            return self.browse()
        # Whose it is, is no secret; only the answer is used.
        known = self.sudo()
        return self.browse(
            known.filtered(
                lambda contract: (
                    user
                    in contract.owner_id
                    | contract.project_id.user_id
                    | contract._get_billed_partner().commercial_partner_id.user_id
                )
            ).ids
        )

    @api.depends("block_ids.date_end", "block_ids.date_start")
    def _compute_current_block_ids(self):
        today = fields.Date.context_today(self)
        for contract in self:
            contract.current_block_ids = contract.block_ids.filtered(
                lambda block: not block.date_end or block.date_end >= today or block.remaining_minutes
            )

    @api.depends("state", "date_end")
    def _compute_is_ending(self):
        soon = fields.Date.context_today(self) + timedelta(days=60)
        for contract in self:
            contract.is_ending = bool(
                contract.state == "active" and contract.date_end and contract.date_end <= soon
            )

    @api.depends(
        "rounding_scope", "rounding_increment", "rounding_grace", "overage_mode", "block_order", "block_ids"
    )
    def _compute_rules_text(self):
        for contract in self:
            contract.rules_text = "\n".join(contract._describe_rules())

    def _compute_item_count(self):
        items = dict(
            self.env["psa.billing.item"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        moves = dict(
            self.env["psa.billing.item"]._read_group(
                [("contract_id", "in", self.ids), ("move_id", "!=", False)],
                ["contract_id"],
                ["move_id:count_distinct"],
            )
        )
        for contract in self:
            contract.item_count = items.get(contract, 0)
            contract.move_count = moves.get(contract, 0)

    def action_open_items(self):
        """The billing items of this contract that the user may see."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("psa_contracts.psa_billing_item_action")
        return action | {"domain": [("contract_id", "=", self.id)], "context": {}}

    def action_open_moves(self):
        """The invoices that bill this contract."""
        self.ensure_one()
        items = self.env["psa.billing.item"].search([("contract_id", "=", self.id), ("move_id", "!=", False)])
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice_type")
        context = {"default_move_type": "out_invoice", "create": False}
        return action | {"domain": [("id", "in", items.move_id.ids)], "context": context}

    def _describe_rules(self):
        """The rules for time as sentences, without any price."""
        label = {
            name: dict(self._fields[name]._description_selection(self.env)).get(self[name], "")
            for name in ("rounding_scope", "block_order", "overage_mode")
        }
        if self.rounding_increment:
            step = clock_text(self.rounding_increment)
            yield self.env._("%(scope)s is rounded up to %(step)s.", scope=label["rounding_scope"], step=step)
            if self.rounding_grace:
                yield self.env._("%(grace)s past a full step is free.", grace=clock_text(self.rounding_grace))
        else:
            yield self.env._("Time is billed to the minute.")
        if self.block_ids:
            yield self.env._("Drawn first: %(order)s.", order=label["block_order"].lower())
            yield self.env._("When the blocks are used up: %(mode)s.", mode=label["overage_mode"].lower())
