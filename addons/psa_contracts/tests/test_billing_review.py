from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.psa_crm.exceptions import AppendOnlyError

from .common import HOUR, PsaContractsCase


@tagged("post_install", "-at_install")
class TestBillingReview(PsaContractsCase):
    """Pre-bill: every decision has its author and reason, the original is kept, four eyes see a change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._make_contract()

    def _item(self, minutes=60, **values):
        return self._make_work(self.contract, minutes, **{"state": "draft", **values}).with_user(
            self.approver
        )

    def _review(self, items, action, **values):
        """Open the dialog as the button does, fill it in and apply it."""
        opened = getattr(items, action)()
        form = Form(items.env["psa.billing.review"].with_context(**opened["context"]))
        for name, value in values.items():
            setattr(form, name, value)
        form.save().action_apply()

    def test_approval_keeps_who_and_when(self):
        item = self._item()
        item.action_approve()
        self.assertEqual((item.state, item.approved_by_id), ("approved", self.approver))
        self.assertTrue(item.approved_at)
        self.assertEqual(item.event_ids.mapped("action"), ["approved"])

    def test_hold_and_write_off_ask_for_a_reason(self):
        held, gone = self._item(), self._item()
        self._review(held, "action_hold", reason="customer asked")
        self._review(gone, "action_write_off", reason="our mistake")
        self.assertEqual((held.state, held.reason), ("on_hold", "customer asked"))
        self.assertEqual((gone.state, gone.reason), ("written_off", "our mistake"))
        with self.assertRaises(AssertionError):
            self._review(self._item(), "action_hold")

    def test_blanks_are_no_reason_and_no_change_is_no_change(self):
        with self.assertRaisesRegex(UserError, "Say why"):
            self._review(self._item(), "action_hold", reason="  ")
        with self.assertRaisesRegex(UserError, "Nothing was changed"):
            self._review(self._item(), "action_adjust", reason="goodwill")

    def test_earlier_reasons_are_offered(self):
        self._review(self._item(), "action_hold", reason="waits for order")
        wizard = self.env["psa.billing.review"].with_user(self.approver)
        self.assertEqual(wizard._selection_last_reason(), [("waits for order", "waits for order")])

    def test_a_write_off_bills_and_draws_nothing_and_keeps_the_amount(self):
        """Rule D9.61: 60 min at 95 under a block with 5 h."""
        block = self._make_block(self.contract, 5)
        item = self._item(rate=95, block_id=block.id, draw_hundredths=6000)
        self.assertEqual(block.remaining_minutes, 4 * HOUR)
        item._write_off("goodwill")
        self.assertEqual((item.amount, block.remaining_minutes), (95.0, 5 * HOUR))
        self.assertFalse(self._bill("03-31").filtered(lambda move: item in move.psa_item_ids))

    def test_review_can_be_taken_back(self):
        item = self._item()
        item._write_off("oops")
        item.action_reopen()
        self.assertEqual((item.state, item.reason), ("draft", False))
        self.assertEqual(item.event_ids.sorted("id").mapped("action"), ["written_off", "reopened"])

    def test_a_change_is_rated_again_and_the_original_kept(self):
        """Rule D9.11: 50 min would bill 60; adjusted to 40 at 90 = 60.00."""
        item = self._item(60, rate=90)
        self._review(item, "action_adjust", minutes_billed=40, reason="goodwill")
        self.assertEqual((item.minutes_billed, item.amount), (40, 60.0))
        self.assertEqual((item.original_minutes, item.original_amount), (60, 90.0))
        self._review(item, "action_adjust", minutes_billed=20, reason="more goodwill")
        self.assertEqual((item.amount, item.original_amount), (30.0, 90.0))
        told = [step["why"] for step in item.derivation["steps"]]
        self.assertIn(f"Changed by {self.approver.name}: goodwill", told)

    def test_a_changed_fee_is_quantity_times_price(self):
        charge = self._make_charge(self.contract, 95, quantity=18, in_advance=False, date_start="2026-03-01")
        run = self._make_run("03-31")
        run._prepare_collect(run.cutoff_date)
        item = (
            self.env["psa.billing.item"]
            .search([("source_model", "=", charge._name)])
            .with_user(self.approver)
        )
        item._adjust({"quantity": 17}, "one seat was unused")
        self.assertEqual((item.amount, item.state), (1615.0, "draft"))
        item.with_user(self.second_approver.sudo()).env.invalidate_all()
        self._make_run("03-31").action_run()
        self.assertFalse(item.is_billed)

    def test_the_discount_of_the_contract_holds_for_a_change_too(self):
        self.contract.discount = 10
        item = self._item(60)
        item._adjust({"minutes_billed": 30}, "goodwill")
        self.assertEqual(item.amount, 45.0)

    def test_who_changed_an_item_does_not_approve_it(self):
        item = self._item()
        item._adjust({"rate": 80}, "agreed")
        report = item.action_approve()
        self.assertEqual(item.state, "draft")
        self.assertIn("somebody else", report["params"]["message"])
        self.contract.owner_id = self.second_approver
        item.with_user(self.second_approver).action_approve()
        self.assertEqual(item.state, "approved")

    def test_one_pair_of_eyes_is_enough_where_the_company_says_so(self):
        self.company.psa_four_eyes = False
        item = self._item()
        item._adjust({"rate": 80}, "agreed")
        item.action_approve()
        self.assertEqual(item.state, "approved")

    def test_bulk_approval_reports_what_it_skipped(self):
        items = self._item() | self._item()
        items[0]._write_off("mistake")
        report = items.action_approve()
        self.assertEqual(items.mapped("state"), ["written_off", "approved"])
        self.assertIn("1 approved, 1 skipped: written off", report["params"]["message"])

    def test_covered_work_is_not_priced_by_hand(self):
        item = self._item(cover="covered", amount=0)
        with self.assertRaisesRegex(UserError, "time entry"):
            item._adjust({"rate": 80}, "agreed")

    def test_what_is_on_an_invoice_is_not_decided_again(self):
        item = self._item(state="approved")
        self._bill("03-31")
        for decide in (
            item.action_reopen,
            lambda: item._hold("why"),
            lambda: item._adjust({"rate": 1}, "why"),
        ):
            with self.assertRaisesRegex(UserError, "on an invoice"):
                decide()

    def test_only_approvers_decide_and_only_in_their_scope(self):
        item = self._item()
        with self.assertRaises(AccessError):
            item.with_user(self.technician).action_approve()
        with self.assertRaises(AccessError):
            item.with_user(self.accountant).action_approve()
        with self.assertRaises(AccessError):
            item.with_user(self.second_approver).action_approve()
        self.customer.user_id = self.second_approver
        item.with_user(self.second_approver).action_approve()
        self.assertEqual(item.state, "approved")

    def test_nobody_writes_items_without_a_decision(self):
        item = self._item()
        for user in (self.technician, self.approver, self.biller, self.manager, self.accountant):
            with self.assertRaises(AccessError):
                item.with_user(user).write({"state": "approved"})
            with self.assertRaises(AccessError):
                item.with_user(user).unlink()
            with self.assertRaises(AccessError):
                self.env["psa.billing.item"].with_user(user).create(self._work_values(self.contract))

    def test_the_history_is_written_once_and_outlives_the_item(self):
        item = self._item()
        item._hold("wait")
        event = item.sudo().event_ids
        with self.assertRaises(AppendOnlyError):
            event.write({"reason": "something nicer"})
        with self.assertRaises(AppendOnlyError):
            event.unlink()
        self.env["psa.billing.item"]._withdraw(item.source_model, [item.source_id])
        event.invalidate_recordset()
        self.assertFalse(event.item_id)
        self.assertEqual((event.name, event.before["amount"]), ("Printer fixed", 100.0))

    def test_the_explanation_names_decisions(self):
        item = self._item()
        item._hold("wait")
        [told] = item.get_explanation()
        self.assertEqual(told["decisions"], [f"Put on hold by {self.approver.name}: wait"])
