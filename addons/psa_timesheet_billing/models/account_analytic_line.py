from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.psa_contracts.price_groups import PRICE_GROUPS
from odoo.addons.psa_crm.outside import find_id

# Who may see which contract takes the work; contractors may not.
CONTRACT_GROUPS = "psa_contracts.psa_contracts_group_user,account.group_account_invoice"
# Cost of an hour of a colleague: the host shows it to whoever may read the line, and technicians read each other's work.
COST_GROUPS = "psa_timesheet_billing.psa_time_group_manager,account.group_account_invoice,account.group_account_readonly"
# What decides which contract takes an entry, and so on whose account its cost is.
CHOOSING_FIELDS = {"psa_contract_id", "psa_ticket_id", "project_id", "partner_id", "date", "psa_start_at"}


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
        "res.partner",
        string="Customer",
        compute="_compute_psa_customer_id",
        store=True,
        index="btree_not_null",
        help="Whom the work is for. It follows the ticket until the work is approved.",
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

    psa_is_settled = fields.Boolean(
        string="Rated for good",
        compute="_compute_psa_is_settled",
        store=True,
        copy=False,
        help="Nothing of it is rated again: it is invoiced, decided by a person, or never billed.",
    )

    _psa_open_idx = models.Index(
        "(psa_contract_id) WHERE psa_state = 'approved' AND psa_is_settled IS NOT TRUE"
    )
    _psa_bill_minutes_positive = models.Constraint(
        "CHECK(psa_bill_minutes >= 0)", "Minutes to bill cannot be negative."
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

    @api.depends(
        "psa_item_ids.is_billed",
        "psa_item_ids.is_credited",
        "psa_item_ids.is_adjusted",
        "psa_item_ids.state",
        "psa_item_ids.cover",
    )
    def _compute_psa_is_settled(self):
        # sudo: as in _psa_get_billed_ids.
        items = self.sudo()._origin._psa_get_items_by_line()
        for line in self:
            own = items.get(line._origin.id, ())
            line.psa_is_settled = bool(own) and all(
                item._is_settled() or item.cover == "non_billable" for item in own
            )

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
        fixed = self._psa_get_undecided_values()
        lines = super().create([fixed | self._psa_keep_from_sale(vals) for vals in vals_list])
        lines._psa_check_contract()
        lines._psa_settle_day()
        lines._psa_touch_tickets()
        return lines

    def write(self, vals):
        self._psa_check_deciding_fields([vals])
        if "psa_bill_minutes" in vals and not self.env.su:
            vals = {"psa_bill_minutes_set": True} | vals
        if vals.get("psa_ticket_id"):
            vals = self._psa_follow_ticket(vals)
        before = self._psa_get_contracts() if CHOOSING_FIELDS & vals.keys() else {}
        for lines, values in self._psa_write_time(self._psa_keep_from_sale(vals)):
            super(AccountAnalyticLine, lines).write(dict(values))
        if {"psa_contract_id", "psa_ticket_id", "partner_id"} & vals.keys():
            self._psa_check_contract()
        if "psa_contract_id" in vals:
            self._psa_settle_day()
        if before:
            self._psa_follow_contract(before)
        self._psa_rate_again(vals)
        if not self.env.su:
            self._psa_touch_tickets()
        return True

    def copy_data(self, default=None):
        """Hours given for the copy count, not the minutes of the original: the host splits entries by hours."""
        vals_list = super().copy_data(default)
        if "unit_amount" in (default or {}) and "psa_minutes" not in default:
            for vals in vals_list:
                vals.pop("psa_minutes", None)
        return vals_list

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
        if default := find_id(self.env, "default_psa_ticket_id"):
            for vals in vals_list:
                vals.setdefault("psa_ticket_id", default)
        tickets = self.env["helpdesk.ticket"].browse(
            {ticket_id for vals in vals_list if (ticket_id := vals.get("psa_ticket_id"))}
        )
        tickets.check_access("read")
        self._psa_check_merged(tickets)
        # sudo: queue, contract and project of a ticket somebody works on need not be readable to that person.
        prepared = {ticket.id: ticket.sudo()._psa_prepare_time_values() for ticket in tickets}
        for vals in vals_list:
            values = prepared.get(vals.get("psa_ticket_id"), {})
            if values and vals.get("project_id") not in (None, False, values["project_id"]):
                self.env["project.project"].browse(vals["project_id"]).check_access("read")
            vals |= {name: value for name, value in values.items() if not vals.get(name)}

    @api.model
    def _psa_check_merged(self, tickets):
        """Refuse time on a ticket that nobody works on any more.

        :raises UserError: naming the ticket where the work goes on
        """
        # sudo: the number of the other ticket is told, nothing else of it
        for ticket in tickets.sudo().filtered("psa_merged_into_id"):
            raise UserError(
                self.env._(
                    "Ticket %(number)s was merged. Enter the time on ticket %(other)s.",
                    number=ticket.number,
                    other=ticket.psa_merged_into_id.number,
                )
            )

    def _psa_touch_tickets(self):
        """A person's time entry is a touch of its ticket (Rule D10.29)."""
        self.psa_ticket_id._psa_touch_by_time()
