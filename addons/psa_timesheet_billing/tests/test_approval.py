from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.psa_timesheet_billing.models.account_analytic_line_approval import BILL_FIELDS, STATE_FIELDS

from .common import PsaTimeCase, day


@tagged("post_install", "-at_install")
class TestApproval(PsaTimeCase):
    """Draft, submitted, approved, sent back; what is locked when, and for whom."""

    def _send_back(self, lines, user=None, reason="Please say what was replaced"):
        wizard = (
            self.env["psa.time.send.back"]
            .with_user(user or self.sam)
            .create({"line_ids": lines.ids, "reason": reason})
        )
        return wizard.action_send_back()

    def test_the_dialog_of_somebody_else_is_closed_and_names_no_entry_that_one_may_not_see(self):
        line = self._log()
        dialogs = self.env["psa.time.send.back"]
        mine = dialogs.with_user(self.paula).create({"line_ids": line.ids, "reason": "Too short"})
        for deed in (lambda dialog: dialog.read(["reason"]), lambda dialog: dialog.action_send_back()):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                deed(mine.with_user(self.sam))
        japan = self.env["res.company"].create({"name": "Brightwater Test Japan"})
        foreign = self.env["account.analytic.line"].create({"name": "Tokyo", "company_id": japan.id})
        with self.assertRaises(AccessError):
            dialogs.with_user(self.paula).create({"line_ids": foreign.ids, "reason": "x"})

    def test_a_technician_submits_and_the_manager_approves(self):
        line = self._log()
        line.with_user(self.joe).action_psa_submit()
        self.assertEqual(line.psa_state, "submitted")
        line.with_user(self.sam).action_psa_approve()
        self.assertEqual((line.psa_state, line.psa_approved_by_id), ("approved", self.sam))
        self.assertTrue(line.psa_approved_at)

    def test_a_technician_may_not_approve(self):
        line = self._log()
        line.action_psa_submit()
        with self.assertRaises(AccessError):
            line.with_user(self.joe).action_psa_approve()
        with self.assertRaises(AccessError):
            line.with_user(self.joe).action_psa_send_back()

    def test_nobody_writes_the_state_past_the_buttons(self):
        line = self._log()
        for user in (self.joe, self.sam, self.olga):
            with self.assertRaises(AccessError):
                line.with_user(user).psa_state = "approved"
        with self.assertRaises(AccessError):
            self._log(psa_state="approved")
        with self.assertRaises(AccessError):
            line.with_user(self.joe).psa_is_billed = True

    def _log_with_defaults(self, **defaults):
        """An entry whose deciding values come from where a client may put defaults: the context."""
        context = {f"default_{name}": value for name, value in defaults.items()}
        lines = self.env["account.analytic.line"].with_user(self.joe).with_context(**context)
        return lines.create({"name": "x", "psa_ticket_id": self.ticket.id, "psa_minutes": 5})

    def test_no_default_of_the_context_approves_or_bills(self):
        """The ORM adds defaults after our own `create`; every deciding field is tried."""
        values = {
            "psa_state": "approved",
            "psa_approved_by_id": self.sam.id,
            "psa_approved_at": "2026-03-10 09:00:00",
            "psa_sent_back_reason": "x",
            "psa_is_billed": True,
            "psa_bill_minutes": 480,
            "psa_bill_minutes_set": True,
        }
        computed = {"psa_is_settled", "psa_customer_id"}
        self.assertEqual(set(values), (STATE_FIELDS | BILL_FIELDS) - {"psa_bill_rate"} - computed)
        line = self._log_with_defaults(**values)
        self.assertEqual(
            [line[name] for name in values],
            ["draft", self.env["res.users"], False, False, False, 0, False],
        )
        with self.assertRaises(AccessError):
            self._log_with_defaults(psa_bill_rate=500)

    def test_no_default_of_the_user_approves(self):
        """Anybody may keep a default of one's own; it is read after our own `create` as well."""
        self.env["ir.default"].with_user(self.joe).set(
            "account.analytic.line", "psa_state", "approved", user_id=True
        )
        self.env["ir.default"].with_user(self.joe).set(
            "account.analytic.line", "psa_bill_minutes_set", True, user_id=True
        )
        line = self._log()
        self.assertEqual((line.psa_state, line.psa_bill_minutes_set), ("draft", False))

    def test_the_customer_follows_from_the_ticket_and_is_not_written(self):
        cobalt = self.env["res.partner"].create({"name": "Cobalt Freight"})
        line = self._log_with_defaults(psa_customer_id=cobalt.id)
        self.assertEqual(line.psa_customer_id, self.customer)
        with self.assertRaises(AccessError):
            line.with_user(self.joe).psa_customer_id = cobalt

    def test_a_technician_does_not_set_what_is_billed(self):
        line = self._log()
        with self.assertRaises(AccessError):
            line.with_user(self.joe).psa_bill_minutes = 10
        with self.assertRaises(AccessError):
            line.with_user(self.joe).psa_bill_minutes_set = True
        with self.assertRaises(AccessError):
            self._log(psa_bill_minutes=10)

    def test_own_time_is_approved_by_somebody_else_except_by_a_time_manager(self):
        own = self._log(user=self.sam)
        own.action_psa_submit()
        report = own.with_user(self.sam).action_psa_approve()
        self.assertEqual(own.psa_state, "submitted")
        self.assertIn("your own time (1)", report["params"]["message"])
        own.with_user(self.olga).action_psa_approve()
        self.assertEqual(own.psa_state, "approved")
        managers = self._log(user=self.olga, psa_ticket_id=self.ticket.id)
        managers.action_psa_submit()
        managers.with_user(self.olga).action_psa_approve()
        self.assertEqual(managers.psa_state, "approved")

    def test_nobody_gives_own_time_another_name_to_approve_it(self):
        line = self._log(user=self.sam)
        for user in (self.joe, self.env["res.users"]):
            with self.assertRaises(AccessError):
                line.with_user(self.sam).write({"user_id": user.id})
        line.sudo().user_id = self.joe
        line.action_psa_submit()
        report = line.with_user(self.sam).action_psa_approve()
        self.assertIn("your own time", report["params"]["message"])
        self.assertEqual(line.psa_state, "submitted")

    def test_bulk_approval_says_what_it_skipped_and_why(self):
        ready, draft, done = self._log(), self._log(), self._log_approved()
        ready.action_psa_submit()
        report = (ready | draft | done).with_user(self.sam).action_psa_approve()
        self.assertEqual(
            report["params"]["message"], "1 approved, 2 skipped: not submitted (1), approved already (1)"
        )

    def test_bulk_submission_takes_own_drafts_with_time_only(self):
        mine, empty, others = self._log(), self._log(0), self._log(user=self.nina)
        report = (mine | empty | others).with_user(self.joe).action_psa_submit()
        self.assertEqual(mine.psa_state, "submitted")
        self.assertEqual((empty | others).mapped("psa_state"), ["draft", "draft"])
        self.assertIn("no time (1), somebody else's time (1)", report["params"]["message"])

    def test_approved_time_is_locked_for_everybody(self):
        line = self._log_approved()
        for user in (self.joe, self.sam, self.olga):
            for values in ({"psa_minutes": 5}, {"unit_amount": 5}, {"name": "x"}, {"date": day("03-11")}):
                with self.assertRaisesRegex(UserError, "is approved"):
                    line.with_user(user).write(values)
            with self.assertRaisesRegex(UserError, "is approved"):
                line.with_user(user).unlink()
        self.assertTrue(line.with_user(self.joe).readonly_timesheet)

    def test_a_technician_does_not_move_approved_time_to_another_contract(self):
        line = self._log_approved()
        contract = self._make_contract()
        with self.assertRaisesRegex(UserError, "is approved"):
            line.with_user(self.joe).psa_contract_id = contract

    def test_an_approver_changes_work_type_and_minutes_of_approved_time_and_it_is_rated_again(self):
        line = self._log_approved(60)
        self.assertEqual(self._figures(line), [("billable", 60, 100.0)])
        line.with_user(self.sam).psa_work_type_id = self.after_hours
        self.assertEqual(self._figures(line), [("billable", 60, 150.0)])
        line.with_user(self.sam).psa_bill_minutes = 30
        self.assertEqual(self._figures(line), [("billable", 60, 75.0)])
        self.assertEqual(line.psa_minutes, 60, "the timesheet stays as it was worked")

    def test_sent_back_time_is_a_draft_again_with_the_reason(self):
        line = self._log_approved()
        self.assertTrue(self._items(line))
        self._send_back(line)
        self.assertEqual(
            (line.psa_state, line.psa_sent_back_reason), ("draft", "Please say what was replaced")
        )
        self.assertFalse(self._items(line))
        line.with_user(self.joe).psa_minutes = 40
        line.with_user(self.joe).action_psa_submit()
        self.assertFalse(line.psa_sent_back_reason)

    def test_who_worked_is_told_that_time_was_sent_back(self):
        line = self._log_approved()
        self._send_back(line)
        notified = (
            self.env["mail.message"]
            .sudo()
            .search(
                [("model", "=", "helpdesk.ticket"), ("res_id", "=", self.ticket.id)], order="id desc", limit=1
            )
        )
        self.assertEqual(notified.message_type, "user_notification")
        self.assertEqual(notified.notified_partner_ids, self.joe.partner_id)
        self.assertIn("Please say what was replaced", notified.body)

    def test_a_technician_sends_nothing_back(self):
        line = self._log_approved()
        with self.assertRaises(AccessError):
            self._send_back(line, self.joe)

    def test_time_on_an_invoice_is_locked_until_the_invoice_is_gone(self):
        line = self._log_approved()
        self._items(line).with_user(self.biller).action_approve()
        move = self._bill("03-31")
        self.assertTrue(line.psa_is_billed)
        with self.assertRaisesRegex(UserError, "on an invoice"):
            self._send_back(line)
        with self.assertRaisesRegex(UserError, "on an invoice"):
            line.with_user(self.sam).psa_work_type_id = self.after_hours
        move.unlink()
        self.assertFalse(line.psa_is_billed)
        self._send_back(line)
        self.assertEqual(line.psa_state, "draft")

    def test_a_contract_without_review_bills_submitted_time_at_once(self):
        self._make_contract(is_default=True, psa_approval_mode="immediate")
        line = self._log()
        line.with_user(self.joe).action_psa_submit()
        self.assertEqual(line.psa_state, "approved")
        self.assertEqual(self._items(line).state, "approved")

    def test_time_and_billing_are_approved_apart_unless_the_contract_says_otherwise(self):
        """Rule D9.63: manual is the default."""
        contract = self._make_contract(is_default=True)
        self.assertEqual(self._items(self._log_approved()).state, "draft")
        contract.psa_approval_mode = "on_timesheet"
        self.assertEqual(self._items(self._log_approved()).state, "approved")
