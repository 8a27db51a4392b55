from decimal import Decimal
from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ..logic.periods import CALENDAR_ANCHOR, Interval, Window, anchor_of_common_end, due_on, windows
from ..logic.recurring import Charge, QuantityChange, Settled, items_until
from ..price_groups import CONTRACT_PRICE_GROUPS, PRICE_GROUPS

INTERVALS = {"month": Interval.MONTH, "quarter": Interval.QUARTER, "year": Interval.YEAR}


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
    quantity = fields.Float(
        default=1.0,
        digits="Product Unit",
        required=True,
        help="Units on the first day; changes follow below.",
    )
    change_ids = fields.One2many(
        "psa.contract.charge.change", "charge_id", string="Changes of units", copy=True
    )
    current_quantity = fields.Float(
        string="Units today", digits="Product Unit", compute="_compute_current_quantity"
    )
    price_unit = fields.Float(
        string="Price",
        digits="Product Price",
        groups=CONTRACT_PRICE_GROUPS,
        help="A new price holds from the first period that is not billed yet.",
    )
    shown_price = fields.Monetary(
        string="Price in scope",
        compute="_compute_shown_price",
        groups=PRICE_GROUPS,
        help="The price, for those who approve the billing items of this contract.",
    )
    discount = fields.Float(
        string="Discount %",
        digits="Discount",
        groups=CONTRACT_PRICE_GROUPS,
        help="0: the discount of the contract. Part of the item, before it is rounded.",
    )
    interval = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        required=True,
        default="month",
        help="Another one holds from the first day that is not billed yet.",
    )
    in_advance = fields.Boolean(
        string="In advance",
        default=True,
        help="Billed before the period begins; otherwise when the period is over.",
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

    @api.depends("price_unit", "contract_id")
    @api.depends_context("uid")
    def _compute_shown_price(self):
        priced = self.contract_id._filter_priced()
        for charge in self:
            # The scope was asked; the price itself is for those who bill.
            charge.shown_price = charge.sudo().price_unit if charge.contract_id in priced else 0.0

    @api.depends("quantity", "change_ids.date", "change_ids.quantity")
    def _compute_current_quantity(self):
        today = fields.Date.context_today(self)
        for charge in self:
            past = charge.change_ids.filtered(lambda change: change.date and change.date <= today)
            charge.current_quantity = past.sorted("date")[-1:].quantity if past else charge.quantity

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        domain = [("source_model", "=", self._name), ("source_id", "in", self.ids), ("is_billed", "=", True)]
        # Only whether there is one; nothing of it is shown.
        if self.env["psa.billing.item"].sudo().search_count(domain, limit=1):
            raise UserError(
                self.env._("A charge that was billed cannot be deleted. Set its last day instead.")
            )
        self.env["psa.billing.item"]._withdraw(self._name, self.ids)

    # ------------------------------------------------------------------
    # Billing items
    # ------------------------------------------------------------------

    def _get_terms(self):
        """This charge as `logic/recurring.py` sees it."""
        self.ensure_one()
        contract = self.contract_id
        first = self.date_start or contract.date_start
        ends = [day for day in (self.date_end, contract.date_end) if day]
        if self.coterm_date:
            anchor = anchor_of_common_end(self.coterm_date)
        else:
            anchor = first if contract.billing_cycle == "anniversary" else CALENDAR_ANCHOR
        return Charge(
            price=Decimal(str(self.price_unit)),
            quantity=Decimal(str(self.quantity)),
            interval=INTERVALS[self.interval],
            in_advance=self.in_advance,
            anchor=anchor,
            first=first,
            last=min(ends, default=None),
            discount=Decimal(str(self.discount or contract.discount)),
            changes=tuple(
                QuantityChange(change.date, Decimal(str(change.quantity)))
                for change in self.change_ids.sorted("id")
            ),
            credits_decreases=contract.credits_decreases,
        )

    def _prepare_items(self, cutoff):
        """Values of the items of these charges that are neither on an invoice nor decided by a person.

        Up to `cutoff`, included, and as far as an earlier run with a later day brought items in: they belong to the
        terms too, and `_collect` takes out what does not.
        """
        settled = self._get_settled()
        latest = self._get_latest_due()
        vals_list = []
        for charge in self:
            step = Decimal(str(charge.currency_id.rounding))
            horizon = max(cutoff, latest.get(charge.id, cutoff))
            items = items_until(charge._get_terms(), horizon, step, settled.get(charge.id, ()))
            vals_list += [charge._prepare_item(item) for item in items]
        return vals_list

    def _get_settled(self):
        """{charge id: [`logic.recurring.Settled`]} of all that stays as it is: billed, or decided by a person."""
        # The reckoning reads the whole ledger; nothing of it is shown.
        ledger = self.env["psa.billing.item"].sudo()
        own = Domain("source_model", "=", self._name) & Domain("source_id", "in", self.ids)
        items = ledger.search(own & ledger._get_settled_domain())
        found = {}
        for item in items.filtered(lambda item: not item.part.startswith("adj/")):
            used = Window(item.window_start, item.window_end)
            found.setdefault(item.source_id, []).append(
                Settled(
                    part=item.part,
                    used=used,
                    units=Decimal(str(item.original_quantity or item.quantity)),
                    price=Decimal(str(item.price_unit)),
                    period_days=item.period_days or used.days,
                    discount=Decimal(str(item.discount)),
                    key=item.id,
                )
            )
        return found

    def _get_latest_due(self):
        """{charge id: the latest day from which an open item of it may be billed}."""
        domain = [("source_model", "=", self._name), ("source_id", "in", self.ids), ("is_billed", "=", False)]
        ledger = self.env["psa.billing.item"].sudo()  # only a day; the same reckoning as above
        return dict(ledger._read_group(domain, ["source_id"], ["due_date:max"]))

    def _prepare_item(self, item):
        """Hook: values of the billing item of one period, or of one change of units inside it."""
        self.ensure_one()
        contract = self.contract_id
        partner = contract._get_billed_partner()
        days = self._format_window(item.used, partner.lang)
        return {
            "kind": "recurring",
            "source_model": self._name,
            "source_id": self.id,
            "part": item.part,
            "contract_id": contract.id,
            "partner_id": partner.id,
            "company_id": contract.company_id.id,
            "currency_id": contract.currency_id.id,
            "date": item.used.start if self.in_advance else item.used.last_day,
            "due_date": item.due,
            "window_start": item.used.start,
            "window_end": item.used.end,
            "name": f"{self.name}, {days}",
            "period_days": item.period_days,
            "quantity": float(item.quantity),
            "price_unit": float(item.price),
            "discount": float(item.discount),
            "amount": float(item.amount),
            "product_id": self.product_id.id,
            "adjusts_item_id": item.corrects or False,
            "state": "approved",
            "derivation": self._prepare_derivation(item, days),
        }

    def _prepare_derivation(self, item, days):
        steps = [{"do": "period", "rule": "D9.46", "why": days}]
        if item.corrects:
            billed = (
                self.env["psa.billing.item"].sudo().browse(item.corrects)
            )  # one of this charge, its text only
            why = self.env._("Puts right what stands already: %(item)s", item=billed.name)
            steps.append({"do": "corrects", "rule": "D9.41", "why": why})
        if not item.is_full:
            share = self.env._(
                "%(used)s of %(days)s days of the period", used=item.used.days, days=item.period_days
            )
            steps.append({"do": "share", "rule": "D9.40", "why": share})
        steps.append({"do": "money", "rule": "D9.18", "why": item.formula})
        return {"version": 1, "kind": "recurring", "amount": str(item.amount), "steps": steps}

    def _format_window(self, window, lang):
        first, last = (format_date(self.env, day, lang_code=lang) for day in (window.start, window.last_day))
        return self.env._("%(first)s to %(last)s", first=first, last=last)

    def _is_running_on(self, day):
        terms = self._get_terms()
        return terms.first <= day and (terms.last is None or day <= terms.last)

    def _get_monthly_amount(self):
        discount = self.discount or self.contract_id.discount
        return self.current_quantity * self.price_unit * (100 - discount) / 100 / INTERVALS[self.interval]

    def _get_next_due(self, today):
        """The next cut-off that takes a window of this charge, today or later; False when it is over."""
        terms = self._get_terms()
        coming = windows(terms.anchor, terms.interval, max(terms.first, today))
        # The window of today may be billed already: at most the one after it is still to come.
        for window in islice(coming, 2):
            due = due_on(window, terms.in_advance)
            if due >= today and window.clip(terms.first, terms.last):
                return due
        return False
