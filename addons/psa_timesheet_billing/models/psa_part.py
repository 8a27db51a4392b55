from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.psa_contracts.price_groups import PRICE_GROUPS


class PsaPart(models.Model):
    """A part that was used for a ticket: goods of the product catalogue, billed beside the work.

    Who sees the ticket sees its parts. A part is in the billing ledger from the moment it is written down, so that none
    is forgotten; it may change until somebody approves what it bills.
    """

    _name = "psa.part"
    _description = "Part used"
    _inherit = ["psa.ticket.part.mixin"]
    _order = "date, id"
    _rec_name = "name"
    _check_company_auto = True

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, index=True, ondelete="restrict", check_company=True
    )
    service_call_id = fields.Many2one(
        "psa.service.call", string="Service call", index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one(
        related="ticket_id.company_id", store=True, precompute=True, index=True, readonly=True
    )
    customer_id = fields.Many2one(
        related="ticket_id.commercial_partner_id",
        string="Customer",
        store=True,
        precompute=True,
        index="btree_not_null",
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Used by",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    date = fields.Date(string="Used on", required=True, default=fields.Date.context_today)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain=[("type", "=", "consu"), ("sale_ok", "=", True)],
    )
    name = fields.Char(
        string="Description",
        required=True,
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        help="The customer reads it on the invoice.",
    )
    quantity = fields.Float(digits="Product Unit", required=True, default=1.0)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit", help="In which the part is counted.")
    serial = fields.Char(
        string="Serial number", help="Printed with the part, so that a warranty can be claimed."
    )
    free_reason = fields.Char(
        string="No charge because",
        help="Warranty, goodwill or whatever else: the customer reads it. Empty: the part is billed.",
    )
    billing_state = fields.Selection(
        [
            ("open", "To review"),
            ("on_hold", "On hold"),
            ("approved", "Ready"),
            ("billed", "On an invoice"),
            ("written_off", "Written off"),
            ("nobody", "Nobody to bill"),
        ],
        string="Billing",
        compute="_compute_billing_state",
        help="Where the part stands on its way to an invoice. It may change while it is to be reviewed.",
    )
    # What one costs on the day it was used, in the currency of the price list; kept, so that a new price changes no old part.
    price_unit = fields.Float(
        string="Price",
        digits=(16, 6),
        compute="_compute_price",
        store=True,
        groups=PRICE_GROUPS,
    )
    price_currency_id = fields.Many2one(
        "res.currency", compute="_compute_price", store=True, groups=PRICE_GROUPS
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Price list",
        compute="_compute_price",
        store=True,
        ondelete="restrict",
        groups=PRICE_GROUPS,
    )

    _quantity_bounds = models.Constraint(
        "CHECK(quantity > 0 AND quantity < 100000)", "Of a part more than 0 and less than 100,000 were used."
    )
    _free_reason_told = models.Constraint(
        "CHECK(free_reason = '' OR btrim(free_reason) <> '')",
        "Say why the part is free of charge, or leave it empty.",
    )

    @api.depends("product_id")
    def _compute_name(self):
        """Name it as the customer reads it, in his language."""
        for part in self:
            product = part.product_id.with_context(lang=part.ticket_id.partner_id.lang or self.env.lang)
            part.name = product.name or part.name

    @api.depends("product_id", "quantity", "date", "customer_id", "company_id")
    def _compute_price(self):
        """Take the customer's price of the day. What is decided keeps the price it was decided with."""
        decided = self._filter_decided()
        for part in decided:
            part.price_unit, part.pricelist_id = part.price_unit, part.pricelist_id
            part.price_currency_id = part.price_currency_id
        alike = (self - decided).grouped(
            lambda part: (part.company_id, part._get_pricelist(), part.date, part.quantity)
        )
        for (company, pricelist, day, quantity), parts in alike.items():
            currency = pricelist.currency_id or company.currency_id
            products = parts.product_id.with_company(company)
            prices = pricelist._get_products_price(products, quantity, currency=currency, date=day)
            parts.pricelist_id = pricelist
            parts.price_currency_id = currency
            for part in parts:
                part.price_unit = prices.get(part.product_id.id, 0.0)

    def _get_pricelist(self):
        """The price list of the customer; none where the company works without them."""
        self.ensure_one()
        return self.customer_id.with_company(self.company_id).property_product_pricelist

    @api.depends_context("uid")
    def _compute_billing_state(self):
        states = {item.source_id: item._get_part_state() for item in self._get_items()}
        for part in self:
            part.billing_state = states.get(part._origin.id, "nobody") if part._origin else False

    @api.constrains("product_id")
    def _check_goods(self):
        for part in self:
            if part.product_id.type != "consu":
                raise ValidationError(
                    self.env._(
                        "%(product)s is no part because it is no goods. Enter work as time.",
                        product=part.product_id.display_name,
                    )
                )

    @api.constrains("date")
    def _check_date(self):
        """What is used tomorrow would wait for an invoice nobody thinks of any more."""
        today = fields.Date.context_today(self)
        if any(part.date > today for part in self):
            raise ValidationError(
                self.env._("A part cannot be used in the future. Choose today or an earlier day.")
            )

    @api.constrains("service_call_id", "ticket_id")
    def _check_call(self):
        for part in self:
            # sudo: compared only
            call = part.sudo().service_call_id
            if call and part.ticket_id not in call.with_context(active_test=False).ticket_ids:
                raise ValidationError(
                    self.env._(
                        "%(call)s is not about ticket %(number)s.",
                        call=call.number,
                        number=part.ticket_id.number,
                    )
                )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._check_tickets()
        parts._collect()
        return parts

    def write(self, vals):
        self._check_open()
        result = super().write(vals)
        if "ticket_id" in vals:
            self._check_tickets()
        if "user_id" in vals:
            # Nobody lays own parts at the door of a colleague.
            self.check_access("write")
        self._collect()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        self._check_open()
        self.env["psa.billing.item"]._withdraw(self._name, self.ids)

    def _check_open(self):
        """Refuse to change what somebody has decided to bill, or not to.

        :raises UserError: naming the part and what to do
        """
        for part in self._filter_decided():
            raise UserError(
                self.env._(
                    "%(part)s cannot change because its billing is decided. Ask whoever approves billing to put it "
                    "back to review, or to credit the invoice.",
                    part=part.name,
                )
            )

    def _check_tickets(self):
        """Parts are written down where the work goes on, and only by who may see the ticket."""
        self.ticket_id.check_access("read")
        # The same holds for time, and so does the sentence that says where the work goes on.
        for ticket in self.sudo().ticket_id.filtered("psa_merged_into_id"):
            raise UserError(
                self.env._(
                    "Ticket %(number)s was merged. Enter the parts on ticket %(other)s.",
                    number=ticket.number,
                    other=ticket.psa_merged_into_id.number,
                )
            )

    # ------------------------------------------------------------------
    # What was decided
    # ------------------------------------------------------------------

    def _get_items(self):
        """What the ledger holds of these parts. Superuser: a lock holds for everybody, also for who may not read it."""
        own = Domain("source_model", "=", self._name) & Domain("source_id", "in", self._origin.ids)
        return self.env["psa.billing.item"].sudo().search(own)

    def _filter_decided(self):
        """Those that are approved by a person, changed, written off, on an invoice or were."""
        decided = {item.source_id for item in self._get_items() if item._is_settled() or item.approved_by_id}
        return self.filtered(lambda part: part._origin.id in decided)
