from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import formatLang

from ..logic.invoice_layout import clock_text
from ..logic.money import exact, round_money

# A rate that was converted has digits without end.
RATE_PLACES = 4


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    psa_item_ids = fields.One2many(
        "psa.billing.item",
        "move_line_id",
        string="Billing items",
        groups="psa_contracts.psa_contracts_group_user,account.group_account_invoice",
    )
    psa_source_line_id = fields.Many2one(
        "account.move.line",
        string="Credits or replaces",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
        help="The line that was copied here when its invoice was reversed.",
    )
    psa_minutes = fields.Integer(string="Time", readonly=True, help="Exact minutes billed by this line.")
    psa_rate = fields.Float(string="Rate per hour", min_display_digits="Product Price", readonly=True)
    psa_time_text = fields.Char(
        string="Time x rate",
        compute="_compute_psa_time_text",
        help="Exact time, and the rate where it gives the amount.",
    )
    psa_has_why = fields.Boolean(string="Why", compute="_compute_psa_has_why")

    # What billing items decide about a line of theirs
    _PSA_FIXED_FIELDS = frozenset(
        {
            "quantity",
            "price_unit",
            "discount",
            "product_id",
            "product_uom_id",
            "psa_minutes",
            "psa_rate",
            "display_type",
        }
    )

    @api.depends("psa_minutes", "psa_rate", "price_subtotal", "currency_id")
    @api.depends_context("lang")
    def _compute_psa_time_text(self):
        for line in self:
            line.psa_time_text = line._get_psa_time_text() if line.psa_minutes else False

    def _get_psa_time_text(self):
        """0:50 x 100.00/h; the time alone where something else than the rate made the amount (cover, discount)."""
        time = clock_text(self.psa_minutes)
        currency = self.currency_id
        if not self.psa_rate:
            return self.env._("%(time)s h", time=time)
        worth = round_money(
            exact(str(self.psa_rate)) * self.psa_minutes / 60, Decimal(str(currency.rounding))
        )
        if currency.compare_amounts(float(worth), abs(self.price_subtotal)):
            return self.env._("%(time)s h", time=time)
        exact_places = -Decimal(str(self.psa_rate)).normalize().as_tuple().exponent
        places = min(max(currency.decimal_places, exact_places), RATE_PLACES)
        rate = formatLang(self.env, self.psa_rate, digits=places)
        return self.env._("%(time)s x %(rate)s/h", time=time, rate=rate)

    def _compute_psa_has_why(self):
        # Whether there is an explanation; reading it asks for the right.
        rows = (
            self.env["psa.billing.item"]
            .sudo()
            ._read_group([("move_line_id", "in", self.ids)], ["move_line_id"])
        )
        explained = {line.id for [line] in rows}
        for line in self:
            line.psa_has_why = line.id in explained

    @api.readonly
    def get_explanation(self):
        """What the popover of an invoice line shows: the explanation of its items."""
        self.check_access("read")
        items = self.env["psa.billing.item"].search([("move_line_id", "in", self.ids)])
        if not items and any(line.psa_has_why for line in self):
            raise AccessError(self.env._("The billing items of this line belong to somebody else."))
        return items.get_explanation()

    def _copy_data_extend_business_fields(self, values):
        """Called for copies that reverse or replace an invoice."""
        result = super()._copy_data_extend_business_fields(values)
        values["psa_source_line_id"] = self.id
        return result

    def write(self, vals):
        fixed = self._PSA_FIXED_FIELDS & vals.keys()
        if fixed:
            self._psa_check_unchanged({name: vals[name] for name in fixed})
        return super().write(vals)

    def unlink(self):
        """Deleting a line frees its items: the next billing run takes them again."""
        # The ledger follows the invoice, whoever may change a draft.
        items = self.env["psa.billing.item"].sudo().search([("move_line_id", "in", self.ids)])
        items._free(self.env._("Invoice line deleted"))
        return super().unlink()

    def _psa_check_unchanged(self, vals):
        """What an item made, an item explains: its line is not rewritten by hand."""
        for line in self._psa_with_items():
            for name, value in vals.items():
                field = self._fields[name]
                new = field.convert_to_cache(value, line, validate=False)
                if new != field.convert_to_cache(line[name], line, validate=False):
                    raise UserError(
                        self.env._(
                            "%(field)s of '%(line)s' cannot change because billing items explain this line. Delete "
                            "the line to free its items and change them in pre-bill, or add a line of your own.",
                            field=field._description_string(self.env),
                            line=line.name,
                        )
                    )

    def _psa_check_amounts(self):
        """Before posting: each line is still the sum of its items."""
        lines = self._psa_with_items()
        rows = (
            self.env["psa.billing.item"]
            .sudo()
            ._read_group([("move_line_id", "in", lines.ids)], ["move_line_id"], ["amount:sum"])
        )
        for line, amount in rows:
            sign = -1 if line.move_id.move_type == "out_refund" else 1
            if line.currency_id.compare_amounts(line.price_subtotal, sign * amount):
                raise UserError(
                    self.env._(
                        "'%(line)s' no longer bills what its billing items say (%(amount)s). Delete the line and "
                        "run billing again.",
                        line=line.name,
                        amount=line.currency_id.format(amount),
                    )
                )

    def _psa_with_items(self):
        # Only which lines have items; nothing of them is shown.
        rows = (
            self.env["psa.billing.item"]
            .sudo()
            ._read_group([("move_line_id", "in", self.ids)], ["move_line_id"])
        )
        return self.browse([line.id for [line] in rows])

    def _psa_is_credited_by(self, credits):
        """Whether these lines give back all of this one; for a line over 0.00 that is its quantity."""
        credited = sum(credits.mapped("price_subtotal"))
        if not credits or self.currency_id.compare_amounts(credited, self.price_subtotal):
            return False
        return bool(credited) or sum(credits.mapped("quantity")) == self.quantity
