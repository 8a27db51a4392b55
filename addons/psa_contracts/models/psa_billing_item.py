"""The billing ledger: one row for everything that may reach an invoice.

Collectors hand in values; nobody writes an item by hand. A derivation is plain JSON,
    {"version": 1, "kind": "labour", "amount": "83.33", "steps": [{"do": "worked", "rule": "D9.1", "why": "0:50 worked"}, ...]}
whose steps tell, in order, what was done and why.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..price_groups import PRICE_GROUPS

KINDS = [
    ("recurring", "Recurring charge"),
    ("block", "Block"),
    ("labour", "Work"),
    ("overage", "Overage"),
    ("milestone", "Milestone"),
    ("expense", "Expense"),
    ("part", "Part"),
]


class PsaBillingItem(models.Model):
    _name = "psa.billing.item"
    _description = "Billing item"
    _order = "date, id"
    _check_company_auto = True
    _rec_name = "name"

    # Source: the unique key makes every collection idempotent
    kind = fields.Selection(KINDS, required=True, readonly=True, index=True)
    source_model = fields.Char(string="Source model", required=True, readonly=True)
    source_id = fields.Many2oneReference(model_field="source_model", required=True, readonly=True)
    part = fields.Char(
        required=True, readonly=True, default="0", help="Which piece of the source; adj/1 is a correction."
    )
    adjusts_item_id = fields.Many2one(
        "psa.billing.item", string="Corrects", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    # Whose it is
    contract_id = fields.Many2one(
        "psa.contract", readonly=True, index=True, ondelete="restrict", check_company=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Worked by", readonly=True, index="btree_not_null")
    role_id = fields.Many2one("project.role", readonly=True)
    work_type_id = fields.Many2one("psa.work.type", string="Work type", readonly=True)
    # When
    date = fields.Date(required=True, readonly=True, help="Day worked, or last or first day of the period.")
    due_date = fields.Date(
        string="Billed from", readonly=True, index=True, help="The earliest cut-off of a run that takes it."
    )
    window_start = fields.Date(string="Period from", readonly=True)
    window_end = fields.Date(string="Period until", readonly=True, help="First day after the period.")
    period_days = fields.Integer(
        string="Days of the period",
        readonly=True,
        help="Days the price stands for; an item of fewer days bills its share. 0: no period.",
    )
    # What
    name = fields.Char(string="Description", required=True, readonly=True)
    work_text = fields.Text(string="Work done", readonly=True)
    work_ref = fields.Char(
        string="Ticket or task",
        readonly=True,
        help="What the work belongs to; lines by ticket are grouped by it.",
    )
    minutes_worked = fields.Integer(string="Worked", readonly=True)
    minutes_billed = fields.Integer(string="Billed", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    rate = fields.Float(
        string="Rate per hour", min_display_digits="Product Price", readonly=True, groups=PRICE_GROUPS
    )
    price_unit = fields.Float(
        string="Price", min_display_digits="Product Price", readonly=True, groups=PRICE_GROUPS
    )
    discount = fields.Float(
        string="Discount %",
        digits="Discount",
        readonly=True,
        groups=PRICE_GROUPS,
        help="Of quantity x price; part of the amount before it is rounded.",
    )
    amount = fields.Monetary(
        readonly=True, groups=PRICE_GROUPS, help="Untaxed, rounded once to the currency."
    )
    cover = fields.Selection(
        [
            ("covered", "Covered"),
            ("overage", "Overage"),
            ("billable", "Billable"),
            ("non_billable", "Non-billable"),
            ("no_charge", "No charge"),
        ],
        required=True,
        readonly=True,
        default="billable",
    )
    block_id = fields.Many2one(
        "psa.contract.block", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    draw_hundredths = fields.Integer(
        string="Drawn, exact", readonly=True, help="Weighted hundredths of a minute drawn from the block."
    )
    drawn_minutes = fields.Integer(string="Drawn", compute="_compute_drawn_minutes", help="Weighted time.")
    product_id = fields.Many2one("product.product", readonly=True)
    derivation = fields.Json(
        readonly=True,
        groups=PRICE_GROUPS,
        help="Why this amount: inputs, rule, rates, rounding, cover, formula.",
    )
    # Review
    state = fields.Selection(
        [
            ("draft", "To review"),
            ("approved", "Ready"),
            ("on_hold", "On hold"),
            ("written_off", "Written off"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
    )
    reason = fields.Char(readonly=True, help="Why it is held, written off or changed.")
    approved_by_id = fields.Many2one("res.users", string="Approved by", readonly=True)
    approved_at = fields.Datetime(string="Approved at", readonly=True)
    # Invoice
    move_line_id = fields.Many2one(
        "account.move.line", string="Invoice line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, index="btree_not_null", ondelete="set null"
    )
    purchase_order = fields.Char(
        string="Order number", readonly=True, help="The customer's order it was billed under."
    )
    is_billed = fields.Boolean(string="Invoiced", readonly=True, index=True)
    is_adjusted = fields.Boolean(
        string="Changed", readonly=True, help="A person changed it; a later collection leaves it alone."
    )
    adjusted_by_id = fields.Many2one("res.users", string="Changed by", readonly=True)
    original_minutes = fields.Integer(string="Originally billed", readonly=True)
    original_quantity = fields.Float(string="Original quantity", digits="Product Unit", readonly=True)
    original_amount = fields.Monetary(
        string="Original amount", readonly=True, groups=PRICE_GROUPS, help="Before a person changed it."
    )
    event_ids = fields.One2many("psa.billing.event", "item_id", string="History")

    _key_unique = models.Constraint(
        "UNIQUE(source_model, source_id, kind, part)",
        "Somebody else brings the same work or charge into billing at this moment. Try again in a moment.",
    )
    _free_index = models.Index("(company_id, due_date, partner_id) WHERE is_billed IS NOT TRUE")

    @api.depends("draw_hundredths")
    def _compute_drawn_minutes(self):
        for item in self:
            item.drawn_minutes = round(item.draw_hundredths / 100)

    # Fields that say where an item stands, not what is billed: they may change when it is on an invoice.
    _LINK_FIELDS = frozenset({"move_line_id", "move_id", "is_billed", "purchase_order"})

    def write(self, vals):
        """A billed item is history: only its link to the invoice may change, whoever asks."""
        if not self._LINK_FIELDS.issuperset(vals) and any(item.is_billed for item in self):
            raise UserError(
                self.env._(
                    "A billing item that is on an invoice cannot change. Delete or credit the invoice, "
                    "or add a correcting item."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        if any(item.is_billed for item in self):
            raise UserError(
                self.env._(
                    "A billing item that is on an invoice cannot be deleted. Credit the invoice instead."
                )
            )
