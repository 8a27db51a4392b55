from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError, ValidationError
from odoo.tools.misc import format_date

from ..guarded import guard_create, guard_write

# Invoices made between two commits: few enough to lose, enough to share the cost of a batch.
BATCH = 20
# A later day is a slip of the keyboard, and would bill years of fees.
LONGEST = relativedelta(months=13)
FIRST_DAY = date(2000, 1, 1)
# Where a run stands is decided by its buttons and the job alone: as whom it bills depends on it.
STATE_FIELDS = {
    "state": "draft",
    "user_id": False,
    "started_at": False,
    "finished_at": False,
    "remaining_count": 0,
}


class PsaBillingRun(models.Model):
    _name = "psa.billing.run"
    _description = "Billing run"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    cutoff_date = fields.Date(
        string="Up to",
        required=True,
        default=fields.Date.context_today,
        help="Work up to this day, included.",
    )
    invoice_date = fields.Date(
        string="Invoice date",
        required=True,
        default=fields.Date.context_today,
        help="Date on the invoices; it changes no amount.",
    )
    partner_ids = fields.Many2many(
        "res.partner", string="Customers", help="Empty: all that have something to bill."
    )
    scope_text = fields.Char(string="For", compute="_compute_scope_text")
    state = fields.Selection(
        [("draft", "New"), ("running", "Running"), ("done", "Done"), ("problems", "Done with problems")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    user_id = fields.Many2one("res.users", string="Started by", readonly=True, copy=False)
    started_at = fields.Datetime(string="Started", readonly=True, copy=False)
    finished_at = fields.Datetime(string="Finished", readonly=True, copy=False)
    remaining_count = fields.Integer(string="Invoices to make", readonly=True, copy=False)
    move_ids = fields.One2many("account.move", "psa_billing_run_id", string="Invoices")
    move_count = fields.Integer(string="Invoices made", compute="_compute_move_count")
    problem_ids = fields.One2many("psa.billing.run.problem", "run_id", string="Problems")
    item_count = fields.Integer(string="Billing items", compute="_compute_item_count")
    can_undo = fields.Boolean(
        string="Can be undone", compute="_compute_can_undo", help="Made invoices, and all of them are drafts."
    )

    @api.constrains("cutoff_date")
    def _check_cutoff_date(self):
        for run in self:
            if run._is_too_late():
                raise ValidationError(run._describe_too_late())

    @api.constrains("invoice_date")
    def _check_invoice_date(self):
        last = self._get_last_day()
        for run in self:
            if not FIRST_DAY <= run.invoice_date <= last:
                raise ValidationError(
                    self.env._(
                        "The invoice date lies between %(first)s and %(last)s. Check its year.",
                        first=format_date(self.env, FIRST_DAY),
                        last=format_date(self.env, last),
                    )
                )

    @api.model
    def _get_last_day(self):
        return fields.Date.context_today(self) + LONGEST

    def _is_too_late(self):
        return self.cutoff_date > self._get_last_day()

    def _describe_too_late(self):
        last = self._get_last_day()
        return self.env._(
            "Bill up to %(last)s at the latest, not up to %(day)s.",
            last=format_date(self.env, last),
            day=format_date(self.env, self.cutoff_date),
        )

    @api.depends("partner_ids")
    def _compute_scope_text(self):
        for run in self:
            names = ", ".join(run.partner_ids.mapped("display_name"))
            run.scope_text = names or self.env._("All that have something to bill")

    @api.depends("move_ids.state", "state")
    def _compute_can_undo(self):
        rows = self.env["account.move"]._read_group(
            [("psa_billing_run_id", "in", self.ids)], ["psa_billing_run_id"], ["state:array_agg_distinct"]
        )
        states = {run.id: set(found) for run, found in rows}
        for run in self:
            run.can_undo = run.state in ("done", "problems") and states.get(run.id) == {"draft"}

    @api.depends("move_ids")
    def _compute_move_count(self):
        counts = dict(
            self.env["account.move"]._read_group(
                [("psa_billing_run_id", "in", self.ids)], ["psa_billing_run_id"], ["__count"]
            )
        )
        for run in self:
            run.move_count = counts.get(run, 0)

    @api.depends("move_ids")
    def _compute_item_count(self):
        rows = self.env["psa.billing.item"]._read_group(
            [("move_id.psa_billing_run_id", "in", self.ids)], ["move_id"], ["__count"]
        )
        for run in self:
            run.item_count = sum(count for move, count in rows if move.psa_billing_run_id == run)

    @api.model_create_multi
    def create(self, vals_list):
        runs = super().create(guard_create(self, vals_list, STATE_FIELDS))
        today = fields.Date.context_today(self)
        for run in runs.filtered(lambda run: run.name == "/"):
            run.name = run.company_id._psa_next_number("psa.billing.run", today, monthly=True)
        return runs

    def write(self, vals):
        guard_write(self, vals, STATE_FIELDS.keys())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        if any(run.state == "running" or run.move_ids for run in self):
            raise UserError(
                self.env._("A billing run that made invoices cannot be deleted. Undo it, then delete it.")
            )

    # ------------------------------------------------------------------
    # Running
    # ------------------------------------------------------------------

    def action_run(self):
        """Collect, then make the invoices. Pressed again it goes on where it stopped: nothing is billed twice.

        The first batch is made at once; a longer run goes on in the background and the page may be closed.
        """
        self.ensure_one()
        run = self.with_company(self.company_id)
        run._check_may_bill()
        run._lock()
        if run.state != "running":
            run.problem_ids.unlink()
            run._set_state(
                "running", user_id=self.env.uid, started_at=fields.Datetime.now(), finished_at=False
            )
            run._prepare_collect(run.cutoff_date)
        if run._bill_batch():
            # The job is the administrator's; starting it once is all that is done with it.
            self.env.ref("psa_contracts.psa_contracts_cron_billing_run").sudo()._trigger()

    def action_undo(self):
        """Delete the draft invoices of this run: their items are free again and the run can start over."""
        self.ensure_one()
        self._check_may_bill()
        if any(move.state != "draft" for move in self.move_ids):
            raise UserError(
                self.env._(
                    "%(run)s cannot be undone because some of its invoices are posted. Credit those instead.",
                    run=self.name,
                )
            )
        count = len(self.move_ids)
        self.move_ids.unlink()
        self._set_state("draft", remaining_count=0)
        self.message_post(body=self.env._("Undone: %(count)s draft invoices deleted.", count=count))

    def action_open_moves(self):
        """The invoices of this run, in the host's list."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice_type")
        context = {"default_move_type": "out_invoice", "create": False}
        return action | {"domain": [("psa_billing_run_id", "=", self.id)], "context": context}

    def action_open_items(self):
        """The billing items that this run put on invoices."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "psa_contracts.psa_billing_item_action_explanation"
        )
        return action | {"domain": [("move_id.psa_billing_run_id", "=", self.id)]}

    @api.model
    def _cron_bill(self):
        """Go on with what is running, a commit after each batch, until the time of the job is up.

        A run works with the rights of who started it. A batch that fails as a whole leaves the run as it was: the
        next call takes it up again, and what is on an invoice is not looked at any more.
        """
        for run in self.search([("state", "=", "running")], order="id"):
            before = None
            while run.try_lock_for_update(allow_referencing=True) and run.state == "running":
                remaining = run._continue()
                if not self.env["ir.cron"]._commit_progress(BATCH, remaining=remaining):
                    return
                if remaining == before:
                    break  # items held by another transaction; the next call finds them
                before = remaining

    def _continue(self):
        """One batch with the rights of who started the run; where those no longer suffice the run stops and says so."""
        try:
            with self.env.cr.savepoint():
                run = self.with_user(self._get_biller()).with_company(self.company_id)
                run._check_may_bill()
                return run._bill_batch()
        except UserError as problem:
            self._set_state("problems")
            self.message_post(body=self.env._("Stopped: %(why)s", why=str(problem)))
            return 0

    def _get_biller(self):
        """As whom the run goes on. Nobody is not the superuser."""
        if not self.user_id.active:
            raise UserError(
                self.env._("Whoever started this run is no longer here. Somebody else presses Retry.")
            )
        return self.user_id

    def _set_state(self, state, **values):
        # Whoever may run it was checked; nobody sets where a run stands by hand.
        self.sudo().write({"state": state, **values})

    def _check_may_bill(self):
        self.check_access("write")
        if not self.env["account.move"].has_access("create"):
            raise UserError(
                self.env._("Billing makes invoices, and you may not. Ask for the right 'Invoicing' as well.")
            )

    def _lock(self):
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise LockError(self.env._("%(run)s is running at this moment.", run=self.name)) from error

    def _get_contracts(self):
        """The contracts whose charges and blocks this run bills."""
        domain = [("company_id", "=", self.company_id.id), ("state", "in", ("active", "ended"))]
        if self.partner_ids:
            customers = self.partner_ids.ids
            domain += [
                "|",
                ("partner_id", "child_of", customers),
                ("invoice_partner_id", "child_of", customers),
            ]
        return self.env["psa.contract"].with_context(active_test=False).search(domain)

    def _get_item_domain(self):
        """The items this run may take: approved, free, due, of no contract on hold."""
        domain = [
            ("company_id", "=", self.company_id.id),
            ("is_billed", "=", False),
            ("state", "=", "approved"),
            ("due_date", "<=", self.cutoff_date),
            ("cover", "!=", "non_billable"),
            "|",
            ("contract_id", "=", False),
            ("contract_id.on_hold", "=", False),
        ]
        return domain + self._get_customer_domain()

    def _get_customer_domain(self):
        """Items of the chosen customers: they use the contract, or pay for it."""
        customers = self.partner_ids.ids
        if not customers:
            return []
        return ["|", ("partner_id", "child_of", customers), ("contract_id.partner_id", "child_of", customers)]

    def _finish(self):
        self._set_state("problems" if self.problem_ids else "done", finished_at=fields.Datetime.now())
        self.message_post(
            body=self.env._(
                "%(invoices)s invoices made, %(problems)s customers with a problem.",
                invoices=self.move_count,
                problems=len(self.problem_ids),
            )
        )
