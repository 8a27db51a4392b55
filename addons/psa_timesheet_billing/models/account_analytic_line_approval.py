from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.psa_crm.bulk_report import report_bulk
from odoo.addons.psa_helpdesk.own_word import is_said

USER, APPROVER, MANAGER = (
    f"psa_timesheet_billing.psa_time_group_{rung}" for rung in ("user", "approver", "manager")
)
# Only the buttons change these: who approved what must be true.
STATE_FIELDS = {
    "psa_state",
    "psa_approved_by_id",
    "psa_approved_at",
    "psa_sent_back_reason",
    "psa_is_billed",
    "psa_is_settled",
    "psa_customer_id",
}
# What an approver decides about money (Rule D9.11); technicians type time, not bills.
BILL_FIELDS = {"psa_bill_minutes", "psa_bill_minutes_set", "psa_bill_rate"}
# An approver may still change these on approved time; it is rated again at once.
RERATED_FIELDS = BILL_FIELDS | {"psa_contract_id", "psa_role_id", "psa_work_type_id"}
# What was worked, when and for whom: locked by approval for everybody.
LOCKED_FIELDS = {
    "name",
    "date",
    "unit_amount",
    "psa_minutes",
    "psa_start_at",
    "psa_end_at",
    "employee_id",
    "user_id",
    "project_id",
    "task_id",
    "partner_id",
    "company_id",
    "psa_ticket_id",
}
# Where work is kept; none of it decides what is billed.
PLACE_FIELDS = {"project_id", "task_id"}


class AccountAnalyticLine(models.Model):
    """Draft, submitted, approved, sent back; and what is locked when."""

    _inherit = "account.analytic.line"

    psa_state = fields.Selection(
        [("draft", "Draft"), ("submitted", "Submitted"), ("approved", "Approved")],
        string="Approval",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
    )
    psa_approved_by_id = fields.Many2one("res.users", string="Approved by", readonly=True, copy=False)
    psa_approved_at = fields.Datetime(string="Approved on", readonly=True, copy=False)
    psa_sent_back_reason = fields.Char(string="Sent back because", readonly=True, copy=False)

    # ------------------------------------------------------------------
    # Locks
    # ------------------------------------------------------------------

    @api.model
    def _psa_check_deciding_fields(self, vals_list):
        """Refuse values that only the buttons or an approver may set. Superuser code of the suite passes."""
        if self.env.su:
            return
        named = {name for vals in vals_list for name, value in vals.items() if value}
        if named & STATE_FIELDS or any(STATE_FIELDS & vals.keys() for vals in vals_list if self):
            raise AccessError(
                self.env._(
                    "Approval and customer of a time entry are not written: approval changes by Submit, Approve and "
                    "Send back, the customer is that of the ticket."
                )
            )
        if self and any("user_id" in vals for vals in vals_list):
            self._psa_check_author(vals_list)
        if any(BILL_FIELDS & vals.keys() for vals in vals_list) and not self.env.user.has_group(APPROVER):
            raise AccessError(self.env._("Only who approves time may set how much of it is billed."))

    def _psa_check_author(self, vals_list):
        """Refuse a user other than the employee's: nobody's time is approved or handed over under another name."""
        for vals in vals_list:
            for line in self:
                # sudo: compared only; nothing of the employee is shown
                employee = line.sudo().employee_id
                if vals.get("employee_id"):
                    employee = employee.browse(vals["employee_id"])
                if employee and (vals["user_id"] or False) != employee.user_id.id:
                    raise AccessError(
                        self.env._(
                            "Whose time it is follows from the employee. Choose another employee instead."
                        )
                    )

    @api.model
    def _psa_get_undecided_values(self):
        """Values every new entry begins with where its maker gave none.

        An explicit value beats the defaults that a client may put into the context and anybody into `ir.default`;
        those are added after `_psa_check_deciding_fields` has looked.
        """
        values = {
            "psa_state": "draft",
            "psa_approved_by_id": False,
            "psa_approved_at": False,
            "psa_sent_back_reason": False,
        }
        if not self.env.user.has_group(APPROVER):
            values |= {"psa_bill_minutes": 0, "psa_bill_minutes_set": False}
        return values

    def _is_readonly(self):
        return super()._is_readonly() or self.psa_state == "approved"

    def _check_can_write(self, values):
        """Approved time is locked, also for superusers: approval says that exactly this was worked."""
        result = super()._check_can_write(values)
        locked = self.filtered(lambda line: line._psa_is_locked(values))
        if locked:
            raise UserError(locked[0]._psa_explain_lock())
        return result

    def _psa_is_locked(self, values):
        self.ensure_one()
        if self.psa_state != "approved":
            return False
        if LOCKED_FIELDS & values.keys() and not self._psa_is_moving_to_task(values):
            return True
        changed = RERATED_FIELDS & values.keys()
        if not changed or self.env.su:
            return False
        return self.psa_is_billed or not self.env.user.has_group(APPROVER)

    def _psa_is_moving_to_task(self, values):
        """Say whether our own code moves this time from a ticket to its task: what was approved stays as it is."""
        return is_said(self.env, "psa_moving_to_task") and not LOCKED_FIELDS & values.keys() - PLACE_FIELDS

    def _psa_explain_lock(self):
        self.ensure_one()
        if self.psa_is_billed:
            return self.env._(
                "%(entry)s of %(date)s cannot change because it is on an invoice. "
                "Delete the draft invoice or credit it, then send the entry back.",
                entry=self.name,
                date=self.date,
            )
        return self.env._(
            "%(entry)s of %(date)s cannot change because it is approved. Ask an approver to send it back first.",
            entry=self.name,
            date=self.date,
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        for line in self:
            if line.psa_state == "approved":
                raise UserError(line._psa_explain_lock())

    @api.onchange("psa_bill_minutes_set")
    def _onchange_psa_bill_minutes_set(self):
        if self.psa_bill_minutes_set and not self.psa_bill_minutes:
            self.psa_bill_minutes = self.psa_minutes

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_psa_submit(self):
        """Hand these entries in. Where the contract reviews nothing, they are approved at once."""
        mine = self.env.user.has_group(APPROVER)
        done, skipped = self.browse(), {}
        for line in self:
            if line.psa_state != "draft":
                skipped[line] = self.env._("not a draft")
            elif not mine and line.user_id != self.env.user:
                skipped[line] = self.env._("somebody else's time")
            elif not line.psa_minutes:
                skipped[line] = self.env._("no time")
            else:
                done |= line
        done.check_access("write")
        done._psa_settle_contract()
        # sudo: the state changes by buttons only, and this user may write these very entries.
        done.sudo().write({"psa_state": "submitted", "psa_sent_back_reason": False})
        done._psa_approve_unreviewed()
        return report_bulk(self.env, self.env._("submitted"), done, skipped)

    def action_psa_approve(self):
        """Approve what is submitted; what cannot be approved is skipped and said. Rates the work at once."""
        self._psa_check_approver()
        done, skipped = self.browse(), {}
        for line in self:
            problem = line._psa_explain_unapprovable()
            if problem:
                skipped[line] = problem
            else:
                done |= line
        done._psa_approve()
        return report_bulk(self.env, self.env._("approved"), done, skipped)

    def action_psa_send_back(self):
        """Ask for the reason, which the person who worked will read."""
        self._psa_check_approver()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send back"),
            "res_model": "psa.time.send.back",
            "view_mode": "form",
            "target": "new",
            "context": {"default_line_ids": self.ids},
        }

    # ------------------------------------------------------------------
    # Decisions
    # ------------------------------------------------------------------

    def _psa_check_approver(self):
        if not self.env.user.has_group(APPROVER):
            raise AccessError(self.env._("Only who approves time may do this. Ask your service manager."))
        self.check_access("write")

    def _psa_explain_unapprovable(self):
        """Why this entry cannot be approved by this user now; False if it can."""
        self.ensure_one()
        if self.psa_state != "submitted":
            return (
                self.env._("not submitted") if self.psa_state == "draft" else self.env._("approved already")
            )
        worked = self.user_id | self.employee_id.sudo().user_id  # sudo: whose time it is, whoever asks
        if self.env.user in worked and not self.env.user.has_group(MANAGER):
            return self.env._("your own time")
        return False

    def _psa_approve(self):
        """Approve in the name of the present user and rate."""
        self._psa_settle_contract()
        # sudo: the state changes by buttons only; the caller has checked who may.
        self.sudo().write(
            {
                "psa_state": "approved",
                "psa_approved_by_id": self.env.uid,
                "psa_approved_at": fields.Datetime.now(),
                "psa_sent_back_reason": False,
            }
        )
        self._psa_collect()

    def _psa_approve_unreviewed(self):
        """Approve entries of contracts that bill without review ("immediately")."""
        self.filtered(
            lambda line: line.sudo().psa_contract_id.psa_approval_mode == "immediate"
        )._psa_approve()

    def _psa_send_back(self, reason):
        """Make these entries drafts again, take their open items out of the ledger and tell who worked why.

        :raises UserError: where one of them is on an invoice
        """
        self._psa_check_approver()
        for line in self:
            if line.psa_is_billed:
                raise UserError(line._psa_explain_lock())
        # sudo: as in _psa_approve.
        approved = self.sudo().filtered(lambda line: line.psa_state == "approved")
        before = approved._psa_get_contracts()
        left = approved.psa_contract_id
        self.sudo().write(
            {
                "psa_state": "draft",
                "psa_approved_by_id": False,
                "psa_approved_at": False,
                "psa_sent_back_reason": reason,
            }
        )
        self.env["psa.billing.item"]._withdraw(self._name, approved.ids)
        approved._psa_take_contact()
        approved._psa_settle_contract()
        approved._psa_follow_contract(before)
        left._psa_collect_labour()
        approved.filtered(lambda line: not before[line.id][0])._psa_collect()
        self._psa_tell_sent_back(reason)

    def _psa_tell_sent_back(self, reason):
        """Notify each person once, through the ticket where there is one."""
        for (user, ticket), lines in self.grouped(lambda line: (line.user_id, line.psa_ticket_id)).items():
            if ticket and user and user != self.env.user:
                ticket.message_notify(
                    partner_ids=user.partner_id.ids,
                    subject=self.env._("%(number)s: time sent back", number=ticket.number),
                    body=self.env._(
                        "%(count)s of your time entries were sent back: %(reason)s",
                        count=len(lines),
                        reason=reason,
                    ),
                )
