from odoo import api, fields, models
from odoo.exceptions import UserError

from ..guarded import guard_create, guard_write
from ..price_groups import CONTRACT_PRICE_GROUPS, PRICE_GROUPS

STATE_FIELDS = {"state": "draft"}


class PsaContract(models.Model):
    _name = "psa.contract"
    _description = "Contract"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_start desc, id desc"
    _rec_names_search = ["number", "name", "partner_id"]
    _check_company_auto = True

    number = fields.Char(readonly=True, copy=False, default="/", index="trigram")
    name = fields.Char(required=True, help="What the customer calls it, e.g. Managed services.")
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, tracking=True, check_company=True
    )
    invoice_partner_id = fields.Many2one(
        "res.partner",
        string="Billed to",
        check_company=True,
        help="Who receives the invoice where it is not the customer.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    owner_id = fields.Many2one(
        "res.users",
        string="Account manager",
        default=lambda self: self.env.user,
        tracking=True,
        help="Approves its billing items and hears of a low balance.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("ended", "Ended")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    on_hold = fields.Boolean(
        string="On hold", tracking=True, copy=False, help="Nothing of this contract is billed meanwhile."
    )
    hold_reason = fields.Char(string="Held because", tracking=True, copy=False, readonly=True)
    date_start = fields.Date(
        string="First day", required=True, default=fields.Date.context_today, tracking=True
    )
    date_end = fields.Date(string="Last day", tracking=True, help="Included. Empty: open-ended.")
    calendar_id = fields.Many2one(
        "resource.calendar",
        check_company=True,
        help="Its business hours decide what is after hours, its time zone the day of work.",
    )
    is_default = fields.Boolean(
        string="Service contract",
        default=True,
        help="Taken for work of this customer where nobody chose a contract.",
    )
    # Rounding of time
    rounding_scope = fields.Selection(
        [("entry", "Each entry"), ("ticket", "Each ticket"), ("day", "Each person and day")],
        string="Rounding scope",
        required=True,
        default="entry",
        help="What is summed before it is rounded up.",
    )
    rounding_increment = fields.Integer(string="Round up to", help="Minutes; 0: not rounded.")
    rounding_grace = fields.Integer(
        string="Grace", help="Minutes over a full increment that are not charged; never the first increment."
    )
    # Blocks and overage
    block_order = fields.Selection(
        [("expiry", "What expires first"), ("start", "What began first")],
        string="Block order",
        required=True,
        default="expiry",
        help="Which block is drawn first when several may cover the work.",
    )
    overage_mode = fields.Selection(
        [
            ("bill", "Bill overage"),
            ("negative", "Let the balance go below zero"),
            ("hold", "Hold until the customer consents"),
        ],
        string="Overage mode",
        required=True,
        default="bill",
        tracking=True,
        help="What happens to work when all blocks are used up.",
    )
    overage_rate = fields.Float(
        string="Overage rate per hour",
        min_display_digits="Product Price",
        groups=CONTRACT_PRICE_GROUPS,
        help="0: the contract's rate of the role, else the standard rate.",
    )
    overage_uses_multiplier = fields.Boolean(
        string="Weigh overage", help="The multiplier of the work applies to overage too."
    )
    discount = fields.Float(
        string="Discount %",
        digits="Discount",
        groups=CONTRACT_PRICE_GROUPS,
        help="Part of each item, before it is rounded.",
    )
    # Invoice
    layout = fields.Selection(
        [
            ("itemised", "A line for each item"),
            ("by_ticket", "A line for each ticket"),
            ("one_line", "One line for all time"),
        ],
        string="Invoice layout",
        required=True,
        default="itemised",
    )
    shows_technician = fields.Boolean(
        string="Name the technician", help="Each line of work on the invoice says who did it."
    )
    billing_cycle = fields.Selection(
        [("calendar", "Calendar periods"), ("anniversary", "From the first day of the charge")],
        string="Billing cycle",
        required=True,
        default="calendar",
        help="Where the periods of recurring charges begin. Another one holds from the first day not billed yet.",
    )
    purchase_order = fields.Char(
        string="Order number", tracking=True, help="The customer's order number, printed on the invoice."
    )
    purchase_order_limit = fields.Monetary(
        string="Order limit",
        groups=CONTRACT_PRICE_GROUPS,
        help="Untaxed; what would exceed it stays unbilled. 0: no limit.",
    )
    is_purchase_order_required = fields.Boolean(
        string="Order number required", help="Nothing is billed while the order number is missing."
    )
    is_invoiced_alone = fields.Boolean(
        string="Own invoice", help="Never on one invoice with other contracts of the customer."
    )
    analytic_account_id = fields.Many2one(
        "account.analytic.account",
        string="Analytic account",
        check_company=True,
        copy=False,
        help="Revenue and cost of this contract.",
    )
    credits_decreases = fields.Boolean(
        string="Credits decreases",
        help="Fewer units in the middle of a period give a credit; otherwise the price holds to its end.",
    )
    project_id = fields.Many2one(
        "project.project",
        string="Service project",
        check_company=True,
        copy=False,
        help="Time on tickets of this contract is kept in this project.",
    )
    charge_ids = fields.One2many("psa.contract.charge", "contract_id", copy=True)
    rate_ids = fields.One2many("psa.rate", "contract_id", copy=True, groups=PRICE_GROUPS)
    block_ids = fields.One2many("psa.contract.block", "contract_id")
    item_ids = fields.One2many("psa.billing.item", "contract_id")

    _number_unique = models.UniqueIndex(
        "(number, company_id) WHERE number != '/'", "Two contracts of one company may not share a number."
    )
    _dates_in_order = models.Constraint(
        "CHECK(date_end IS NULL OR date_start <= date_end)", "A contract may not end before it begins."
    )
    _rounding_positive = models.Constraint(
        "CHECK(rounding_increment >= 0 AND rounding_grace >= 0)", "Rounding may not be negative."
    )
    _discount_bounds = models.Constraint(
        "CHECK(discount >= 0 AND discount <= 100)", "A discount lies between 0 and 100 %."
    )

    @api.depends("company_id")
    def _compute_currency_id(self):
        for contract in self:
            contract.currency_id = contract.currency_id or contract.company_id.currency_id

    @api.depends("number", "name")
    def _compute_display_name(self):
        for contract in self:
            number = contract.number if contract.number != "/" else False
            contract.display_name = " ".join(part for part in (number, contract.name) if part)

    @api.model_create_multi
    def create(self, vals_list):
        contracts = super().create(guard_create(self, vals_list, STATE_FIELDS))
        for contract in contracts:
            if contract.number == "/":
                contract.number = contract.company_id._psa_next_number("psa.contract", contract.date_start)
        return contracts

    def write(self, vals):
        guard_write(self, vals, STATE_FIELDS.keys())
        if not vals.get("active", True) and any(contract.state == "active" for contract in self):
            raise UserError(
                self.env._(
                    "A contract that is active cannot be archived: it would go on being billed. End it first."
                )
            )
        fixed = {"company_id", "currency_id", "partner_id"} & vals.keys()
        if fixed and any(self._changes(name, vals[name]) for name in fixed) and self.sudo().item_ids:
            raise UserError(
                self.env._(
                    "Customer, company and currency of a contract cannot change because it has billing items. "
                    "End it and make a new one."
                )
            )
        return super().write(vals)

    def _changes(self, name, new_id):
        return any(contract[name].id != new_id for contract in self)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # A user who may delete a draft contract need not see its items.
        used = self.filtered(lambda contract: contract.state != "draft" or contract.sudo().item_ids)
        if used:
            raise UserError(
                self.env._(
                    "%(contracts)s cannot be deleted because it was active. End and archive it instead.",
                    contracts=", ".join(used.mapped("display_name")),
                )
            )

    # ------------------------------------------------------------------
    # Life
    # ------------------------------------------------------------------

    def action_activate(self):
        """Draft -> active, after the checks; from then on its work is covered and its charges are billed."""
        self.check_access("write")
        problems = [problem for contract in self for problem in contract._get_activation_problems()]
        if problems:
            raise UserError("\n".join(problems))
        self._create_analytic_account()
        # The checks above are what the state stands for; write access was asked first.
        self.sudo().write({"state": "active"})

    def action_end(self):
        """Active -> ended, today unless a last day is set. What is still free is billed by the next run."""
        self.check_access("write")
        today = fields.Date.context_today(self)
        for contract in self.filtered(lambda contract: contract.state == "active"):
            ends = contract.date_end if contract.date_end and contract.date_end <= today else today
            # Same as for activation.
            contract.sudo().write({"state": "ended", "date_end": max(ends, contract.date_start)})

    def action_hold(self):
        """Ask for the reason, then bill nothing of it until it is released."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hold"),
            "res_model": "psa.contract.hold",
            "view_mode": "form",
            "target": "new",
            "context": {"default_contract_ids": self.ids},
        }

    def _hold(self, reason):
        self.write({"on_hold": True, "hold_reason": reason})

    def action_release(self):
        """Bill it again."""
        self.write({"on_hold": False, "hold_reason": False})

    @api.model
    def _cron_end_contracts(self):
        """End what is past its last day. One write; nothing to retry, the next day finds what is left."""
        today = fields.Date.context_today(self)
        over = self.search([("state", "=", "active"), ("date_end", "<", today)])
        over.sudo().write({"state": "ended"})  # the night job's own right, whoever calls it

    def _get_activation_problems(self):
        """Sentences that say why the contract cannot become active; empty when it can."""
        self.ensure_one()
        checks = (
            (self.state != "draft", self.env._("%(contract)s is not a draft.")),
            (
                not (self.charge_ids or self.block_ids or self.rate_ids or self._has_standard_rate()),
                self.env._("%(contract)s has nothing to bill: add a charge, a block or a rate."),
            ),
            (
                self.is_purchase_order_required and not self.purchase_order,
                self.env._("%(contract)s needs the customer's order number."),
            ),
            (
                any(charge.date_start and charge.date_start < self.date_start for charge in self.charge_ids),
                self.env._("%(contract)s has a charge that begins before the contract."),
            ),
            (
                self.currency_id != self.company_id.currency_id and not self.currency_id.rate_ids,
                self.env._("%(contract)s is in a currency without an exchange rate."),
            ),
            (
                self.is_default and self._has_rival(),
                self.env._(
                    "%(contract)s: the customer has another service contract at that time, so nobody could tell "
                    "which one takes the work. Untick 'Service contract' on one of them."
                ),
            ),
        )
        return [text % {"contract": self.display_name} for failed, text in checks if failed]

    def _has_standard_rate(self):
        domain = [("contract_id", "=", False), ("company_id", "=", self.company_id.id)]
        return bool(self.env["psa.rate"].search_count(domain, limit=1))

    def _has_rival(self):
        """Whether another active contract is picked for work of this customer in the same time."""
        domain = [
            ("id", "!=", self.id),
            ("partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
            ("state", "=", "active"),
            ("is_default", "=", True),
            "|",
            ("date_end", "=", False),
            ("date_end", ">=", self.date_start),
        ]
        if self.date_end:
            domain.append(("date_start", "<=", self.date_end))
        return bool(self.search_count(domain, limit=1))

    def _create_analytic_account(self):
        """Each active contract has an account of its own, so that its revenue and cost meet."""
        plan, _others = self.env["account.analytic.plan"]._get_all_plans()
        missing = self.filtered(lambda contract: not contract.analytic_account_id)
        # Who may activate a contract need not keep the chart of analytic accounts.
        accounts = self.env["account.analytic.account"].sudo()
        for contract, account in zip(
            missing,
            accounts.create([contract._prepare_analytic_account(plan) for contract in missing]),
            strict=True,
        ):
            contract.analytic_account_id = account

    def _prepare_analytic_account(self, plan):
        """Hook: values of the analytic account of a contract that becomes active."""
        return {
            "name": self.display_name,
            "code": self.number,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "plan_id": plan.id,
        }

    def _get_billed_partner(self):
        """The customer an invoice of this contract goes to: all sites of a customer share one (Rule D9.55)."""
        self.ensure_one()
        return self.invoice_partner_id or self.partner_id.commercial_partner_id

    def _get_problem_key(self, run):
        """(customer, currency, invoice) of a problem of `run` that keeps this contract off its invoices."""
        self.ensure_one()
        return self._get_billed_partner().id, self.currency_id.id, run._get_invoice_key(self)
