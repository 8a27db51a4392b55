"""The billing ledger: one row for everything that may reach an invoice.

Collectors hand in values; nobody writes an item by hand. A derivation is
    {"rule": "D9.20", "version": 1, "inputs": {...}, "formula": "50/60 h x 100.00 = 83.33",
     "steps": [{"label": "Worked", "value": "0:50", "note": "...", "money": False}, ...]}
where a step with `money` is shown only to those who may see prices.
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
    source_model = fields.Char(required=True, readonly=True)
    source_id = fields.Many2oneReference(model_field="source_model", required=True, readonly=True)
    part = fields.Char(
        required=True, readonly=True, default="0", help="Which piece of the source; adj/1 is a correction."
    )
    adjusts_item_id = fields.Many2one(
        "psa.billing.item", string="Corrects", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    # Whose it is
    contract_id = fields.Many2one("psa.contract", readonly=True, index=True, ondelete="restrict")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Worked by", readonly=True, index="btree_not_null")
    role_id = fields.Many2one("project.role", readonly=True)
    work_type_id = fields.Many2one("psa.work.type", readonly=True)
    # When
    date = fields.Date(required=True, readonly=True, help="Day worked, or last or first day of the period.")
    due_date = fields.Date(
        string="Billed from", readonly=True, index=True, help="The earliest cut-off of a run that takes it."
    )
    window_start = fields.Date(string="Period from", readonly=True)
    window_end = fields.Date(string="Period until", readonly=True, help="First day after the period.")
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
    rate = fields.Float(string="Rate per hour", digits=(16, 6), readonly=True, groups=PRICE_GROUPS)
    price_unit = fields.Float(string="Price", digits=(16, 6), readonly=True, groups=PRICE_GROUPS)
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
        readonly=True, help="Weighted hundredths of a minute drawn from the block."
    )
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
    approved_at = fields.Datetime(readonly=True)
    # Invoice
    move_line_id = fields.Many2one(
        "account.move.line", string="Invoice line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, index="btree_not_null", ondelete="set null"
    )
    is_billed = fields.Boolean(string="Invoiced", readonly=True, index=True)
    is_adjusted = fields.Boolean(
        string="Changed", readonly=True, help="A person changed it; a later collection leaves it alone."
    )

    _key_unique = models.Constraint(
        "UNIQUE(source_model, source_id, kind, part)", "This source is in the ledger already."
    )
    _free_index = models.Index("(company_id, due_date, partner_id) WHERE is_billed IS NOT TRUE")

    # Fields that say where an item stands, not what is billed: they may change when it is on an invoice.
    _LINK_FIELDS = frozenset({"move_line_id", "move_id", "is_billed"})

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

    # ------------------------------------------------------------------
    # Collecting
    # ------------------------------------------------------------------

    @api.model
    def _collect(self, vals_list, complete=None):
        """Bring what may be billed into the ledger. Idempotent, in one batch, with a constant number of queries.

        An open item with the same key is kept when nothing changed and rewritten otherwise; what a person
        changed, wrote off or what is billed stays as it is. An approval by a person does not outlive a change
        of the amount: the item goes back to review.

        :param vals_list: values of items; `source_model`, `source_id` and `kind` are required, `part` is "0"
            unless given, `due_date` is `date` unless given, `state` counts for new items only
        :param complete: {source_model: ids} for which vals_list is the whole truth: their other open items
            that nobody decided about are removed
        :return: the items, in the order of vals_list
        """
        # The ledger is written by collectors alone: nobody has write access, whoever triggers a collector.
        ledger = self.sudo()
        rows = [ledger._prepare_collect_values(vals) for vals in vals_list]
        found = ledger._find_by_key(rows, complete or {})
        keys = [ledger._get_key(row) for row in rows]
        fresh = {key: row for key, row in zip(keys, rows, strict=True) if key not in found}
        for key, row in zip(keys, rows, strict=True):
            if key in found:
                found[key]._recollect(row)
        stale = [item.id for key, item in found.items() if key not in set(keys)]
        ledger.browse(stale)._remove_open()
        found.update(zip(fresh, ledger.create(list(fresh.values())), strict=True))
        return self.browse([found[key].id for key in keys])

    @api.model
    def _withdraw(self, source_model, ids):
        """Take what came from these sources out of the ledger, except what is on an invoice."""
        # Same reason as in _collect.
        items = self.sudo().search(
            [("source_model", "=", source_model), ("source_id", "in", ids), ("is_billed", "=", False)]
        )
        items.unlink()

    @api.model
    def _prepare_collect_values(self, vals):
        row = {"part": "0", **vals}
        row.setdefault("due_date", row["date"])
        return row

    @api.model
    def _get_key(self, row):
        return row["source_model"], row["source_id"], row["kind"], row["part"]

    def _find_by_key(self, rows, complete):
        """The items of the sources of `rows` and `complete`, by key."""
        sources = {model: set(ids) for model, ids in complete.items()}
        for row in rows:
            sources.setdefault(row["source_model"], set()).add(row["source_id"])
        wanted = {self._get_key(row) for row in rows}
        found = {}
        for model, ids in sources.items():
            for item in self.search([("source_model", "=", model), ("source_id", "in", list(ids))]):
                key = self._get_key(item)
                if key in wanted or item.source_id in complete.get(model, ()):
                    found[key] = item
        return found

    def _recollect(self, row):
        """Rewrite this item where `row` differs, unless it is decided."""
        self.ensure_one()
        if self.is_billed or self.is_adjusted or self.state == "written_off":
            return
        changes = {name: row[name] for name in row if name != "state" and self._differs(name, row[name])}
        if not changes:
            return
        if self.state == "approved" and self.approved_by_id and self._APPROVED_FIELDS & changes.keys():
            changes |= {"state": "draft", "approved_by_id": False, "approved_at": False}
        self.write(changes)

    # What an approver looked at: a change of these asks again.
    _APPROVED_FIELDS = frozenset(
        {
            "amount",
            "minutes_billed",
            "quantity",
            "cover",
            "contract_id",
            "partner_id",
            "draw_hundredths",
            "block_id",
        }
    )

    def _differs(self, name, value):
        field = self._fields[name]
        new = field.convert_to_cache(value, self, validate=False)
        old = field.convert_to_cache(self[name], self, validate=False)
        if field.type == "monetary":
            return self.currency_id.compare_amounts(new or 0, old or 0) != 0
        return (new or False) != (old or False)

    def _remove_open(self):
        """Delete those that nobody decided about; corrections stay, their maker knows when they go."""
        self.filtered(
            lambda item: (
                not item.is_billed
                and not item.is_adjusted
                and item.state != "written_off"
                and not item.part.startswith("adj/")
            )
        ).unlink()
