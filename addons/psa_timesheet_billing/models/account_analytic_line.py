from odoo import api, fields, models

from odoo.addons.psa_contracts.price_groups import PRICE_GROUPS

# Who may see which contract takes the work; contractors may not.
CONTRACT_GROUPS = "psa_contracts.psa_contracts_group_user,account.group_account_invoice"
# Cost of an hour of a colleague: the host shows it to whoever may read the line, and technicians read each other's work.
COST_GROUPS = (
    "psa_timesheet_billing.psa_time_group_manager,project.group_project_manager,"
    "account.group_account_invoice,account.group_account_readonly,analytic.group_analytic_accounting"
)


class AccountAnalyticLine(models.Model):
    """A time entry: what it belongs to, filled in from the ticket before the host looks at it."""

    _inherit = "account.analytic.line"

    amount = fields.Monetary(groups=COST_GROUPS)
    # What was worked on
    psa_ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Ticket",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('company_id', '=', company_id)]",
    )
    psa_contract_id = fields.Many2one(
        "psa.contract",
        string="Contract",
        compute="_compute_psa_contract_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('state', '!=', 'draft'), ('partner_id', 'child_of', psa_customer_id)]",
        groups=CONTRACT_GROUPS,
        help="Whose terms price this work. Empty: the standard rates of the company.",
    )
    psa_customer_id = fields.Many2one(
        "res.partner", string="Customer", compute="_compute_psa_customer_id", compute_sudo=True
    )
    psa_role_id = fields.Many2one(
        "project.role",
        string="Role",
        compute="_compute_psa_role_id",
        store=True,
        readonly=False,
        precompute=True,
        help="In which capacity the work was done; it decides the rate.",
    )
    psa_work_type_id = fields.Many2one(
        "psa.work.type",
        string="Work type",
        compute="_compute_psa_work_type_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    # How much of it is billed
    psa_bill_minutes = fields.Integer(
        string="To bill", copy=False, help="Minutes after minimum and rounding, or as an approver set them."
    )
    psa_bill_minutes_set = fields.Boolean(
        string="Set by approver",
        copy=False,
        help="The minutes to bill are final: no minimum and no rounding. 0 makes the work non-billable.",
    )
    psa_bill_rate = fields.Float(
        string="Rate set by approver",
        digits=(16, 6),
        copy=False,
        groups=PRICE_GROUPS,
        help="An hour of this entry, in the contract's currency. 0: the rate of the contract.",
    )
    psa_item_ids = fields.One2many(
        "psa.billing.item",
        "source_id",
        string="Billing items",
        domain=[("source_model", "=", "account.analytic.line")],
        groups=CONTRACT_GROUPS,
    )
    psa_is_billed = fields.Boolean(
        string="On an invoice", compute="_compute_psa_is_billed", store=True, copy=False
    )

    _psa_open_idx = models.Index(
        "(psa_contract_id) WHERE psa_state = 'approved' AND psa_is_billed IS NOT TRUE"
    )

    @api.depends("psa_ticket_id", "name")
    def _compute_display_name(self):
        """Time on a ticket is known by the ticket and the work, not by the project that keeps it."""
        on_tickets = self.filtered("psa_ticket_id")
        result = super(AccountAnalyticLine, self - on_tickets)._compute_display_name()
        for line in on_tickets:
            # sudo: the number of the ticket stands beside own work, also when the ticket has moved out of sight.
            line.display_name = f"{line.sudo().psa_ticket_id.number}: {line.name}"
        return result

    @api.depends("psa_ticket_id.commercial_partner_id", "partner_id.commercial_partner_id")
    def _compute_psa_customer_id(self):
        for line in self:
            line.psa_customer_id = (line.psa_ticket_id or line).partner_id.commercial_partner_id

    @api.depends("psa_ticket_id.partner_id")
    def _compute_partner_id(self):
        """The host knows the customer of a task and of a project only."""
        result = super()._compute_partner_id()
        for line in self:
            if line.psa_ticket_id.partner_id and line.psa_state != "approved":
                line.partner_id = line.psa_ticket_id.partner_id
        return result

    @api.depends("psa_ticket_id", "project_id", "date")
    def _compute_psa_contract_id(self):
        """Keep a contract that still takes work of that day for that customer, else look for one."""
        contracts = self.env["psa.contract"]
        wanted = self.filtered(lambda line: line._psa_is_service_time())
        (self - wanted).filtered(lambda line: not line.psa_contract_id).psa_contract_id = False
        for line, choice in contracts._psa_choose_for(wanted).items():
            line.psa_contract_id = contracts.browse(choice.key)

    @api.depends("employee_id")
    def _compute_psa_role_id(self):
        for line in self:
            line.psa_role_id = line.psa_role_id or line.employee_id._psa_get_role()

    @api.depends("psa_ticket_id")
    def _compute_psa_work_type_id(self):
        """Propose the usual work type for work on tickets; other time has none until somebody says so."""
        usual = {company: self.env["psa.work.type"]._psa_get_usual(company) for company in self.company_id}
        for line in self:
            if not line.psa_work_type_id and line.psa_ticket_id:
                line.psa_work_type_id = usual.get(line.company_id)
            else:
                line.psa_work_type_id = line.psa_work_type_id

    @api.depends("psa_item_ids.is_billed")
    def _compute_psa_is_billed(self):
        billed = self._psa_get_billed_ids()
        for line in self:
            line.psa_is_billed = line._origin.id in billed

    def _psa_get_billed_ids(self):
        """Ids of those among `self` of which any part is on an invoice."""
        # sudo: a lock holds for everybody, also for those who may not read the ledger.
        items = self.env["psa.billing.item"].sudo()
        domain = [
            ("source_model", "=", self._name),
            ("source_id", "in", self._origin.ids),
            ("is_billed", "=", True),
        ]
        return {source_id for (source_id,) in items._read_group(domain, ["source_id"])}

    def _psa_is_service_time(self):
        """Whether the suite bills this line: time with a ticket or a contract. Other time stays the host's."""
        self.ensure_one()
        return bool(self.project_id and (self.psa_ticket_id or self.psa_contract_id))

    @api.onchange("psa_ticket_id")
    def _onchange_psa_ticket_id(self):
        if self.psa_ticket_id:
            # sudo: as in _psa_fill_from_ticket.
            self.update(self.psa_ticket_id._origin.sudo()._psa_prepare_time_values())

    @api.model
    def default_get(self, fields):
        """Where a ticket is given, its project is meant, not the host's favourite one."""
        defaults = super().default_get(fields)
        if defaults.get("psa_ticket_id") and "default_project_id" not in self.env.context:
            vals = {"psa_ticket_id": defaults["psa_ticket_id"]}
            self._psa_fill_from_ticket([vals])
            defaults |= {name: value for name, value in vals.items() if name in fields}
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        # Copies: the host writes into the dictionaries of the caller.
        vals_list = [dict(vals) for vals in vals_list]
        self._psa_check_deciding_fields(vals_list)
        self._psa_fill_from_ticket(vals_list)
        self._psa_fill_time(vals_list)
        self._psa_fill_accounts(vals_list)
        lines = super().create([self._psa_keep_from_sale(vals) for vals in vals_list])
        lines._psa_touch_tickets()
        return lines

    def write(self, vals):
        self._psa_check_deciding_fields([vals])
        if "psa_bill_minutes" in vals and not self.env.su:
            vals = {"psa_bill_minutes_set": True} | vals
        if vals.get("psa_ticket_id"):
            vals = self._psa_follow_ticket(vals)
        for lines, values in self._psa_write_time(self._psa_keep_from_sale(vals)):
            super(AccountAnalyticLine, lines).write(dict(values))
        if "psa_contract_id" in vals:
            self._psa_follow_contract()
        self._psa_rate_again(vals)
        if not self.env.su:
            self._psa_touch_tickets()
        return True

    def _psa_follow_ticket(self, vals):
        """Moving time to another ticket moves it to that ticket's project, unless somebody says where to."""
        moved = [dict(vals)]
        self._psa_fill_from_ticket(moved)
        return moved[0]

    @api.model
    def _psa_fill_from_ticket(self, vals_list):
        """Give time on a ticket its project, task, company and customer, which the host wants before it creates.

        :raises AccessError: where the user may not read the ticket, or another project somebody asks for
        """
        default = self.env.context.get("default_psa_ticket_id")
        tickets = self.env["helpdesk.ticket"].browse(
            {ticket_id for vals in vals_list if (ticket_id := vals.get("psa_ticket_id", default))}
        )
        tickets.check_access("read")
        # sudo: queue, contract and project of a ticket somebody works on need not be readable to that person.
        prepared = {ticket.id: ticket.sudo()._psa_prepare_time_values() for ticket in tickets}
        for vals in vals_list:
            values = prepared.get(vals.get("psa_ticket_id", default), {})
            if values and vals.get("project_id") not in (None, False, values["project_id"]):
                self.env["project.project"].browse(vals["project_id"]).check_access("read")
            vals |= {name: value for name, value in values.items() if not vals.get(name)}

    @api.model
    def _psa_fill_accounts(self, vals_list):
        """Put the cost of work on the analytic account of its contract, so that cost and revenue meet there."""
        # sudo: the account follows from the contract, whoever may read either.
        sudo = self.sudo()
        wanted = [vals for vals in vals_list if vals.get("psa_ticket_id") or vals.get("psa_contract_id")]
        drafts = sudo.concat(*(sudo.new(self._psa_pick_deciding(vals)) for vals in wanted))
        choices = self.env["psa.contract"]._psa_choose_for(drafts) if wanted else {}
        for vals, draft in zip(wanted, drafts, strict=True):
            account = sudo.env["psa.contract"].browse(choices[draft].key).analytic_account_id
            if account.active:
                vals.setdefault(account.plan_id._column_name(), account.id)

    @api.model
    def _psa_pick_deciding(self, vals):
        names = ("psa_ticket_id", "psa_contract_id", "project_id", "partner_id", "company_id", "date")
        return {name: vals[name] for name in names if name in vals}

    def _psa_follow_contract(self):
        """Move the cost of these entries to the analytic account of the contract somebody chose for them."""
        # sudo: as in _psa_fill_accounts.
        for contract, lines in self.sudo().grouped("psa_contract_id").items():
            account = contract.analytic_account_id
            if account.active:
                lines.write({account.plan_id._column_name(): account.id})

    def _psa_touch_tickets(self):
        """A person's time entry is a touch of its ticket (Rule D10.29)."""
        self.psa_ticket_id._psa_touch_by_time()
