from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import HOUR, PsaContractsCase, day


@tagged("post_install", "-at_install")
class TestBillingUndo(PsaContractsCase):
    """An invoice that goes away gives its items back exactly; one that stays cannot be changed behind them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._make_contract()
        cls.block = cls._make_block(cls.contract, 10, price=90)
        cls._bill("01-31")
        cls._make_charge(cls.contract, 300, in_advance=False, date_start=day("03-16"), date_end=day("03-31"))
        cls.covered = cls._make_work(
            cls.contract, 2 * HOUR, amount=0, cover="covered", block_id=cls.block.id, draw_hundredths=12000
        )
        cls.worked = cls._make_work(cls.contract, 50)
        cls.billing_run = cls._make_run("03-31")
        cls.billing_run._prepare_collect(cls.billing_run.cutoff_date)
        cls.items = cls.env["psa.billing.item"].search(
            [("contract_id", "=", cls.contract.id), ("kind", "!=", "block")]
        )
        cls.before = cls._snapshot(cls.items)
        cls.billing_run.action_run()
        cls.move = cls.billing_run.sudo().move_ids

    def _assert_free_as_before(self):
        self.assertEqual(self._snapshot(self.items), self.before)
        self.assertEqual(self.block.remaining_minutes, 8 * HOUR)

    def _describe(self, move):
        return (
            [
                (line.display_type, line.name, line.quantity, line.price_unit, line.tax_ids, line.account_id)
                for line in move.invoice_line_ids.sorted("sequence")
            ],
            move.amount_untaxed,
            move.amount_tax,
        )

    def _credit(self, move, modify=False):
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id, "date": day("03-31")})
        )
        wizard.modify_moves() if modify else wizard.refund_moves()
        return wizard.new_move_ids

    # Away and back

    def test_the_invoice_holds_fee_overage_and_covered_work(self):
        self.assertEqual(len(self.items), 3)
        self.assertEqual(self.items.mapped("is_billed"), [True, True, True])
        self.assertEqual(self.move.amount_untaxed, 238.17)

    def test_deleting_the_draft_frees_the_items_and_billing_again_gives_the_same_invoice(self):
        first = self._describe(self.move)
        self.move.with_user(self.accountant).unlink()
        self._assert_free_as_before()
        self.assertEqual(self._describe(self._bill("03-31")), first)

    def test_cancelling_frees_the_items(self):
        self.move.with_user(self.accountant).button_cancel()
        self._assert_free_as_before()

    def test_a_cancelled_invoice_does_not_come_back_beside_its_successor(self):
        self.move.button_cancel()
        with self.assertRaisesRegex(UserError, "free again"):
            self.move.with_user(self.accountant).button_draft()

    def test_reset_to_draft_keeps_the_items(self):
        self.move.with_user(self.accountant).action_post()
        self.move.with_user(self.accountant).button_draft()
        self.assertEqual(self.items.mapped("move_id"), self.move)

    def test_a_full_reversal_frees_the_items(self):
        """Rule D9.60: credit and re-bill give the same total, the balance of the block stays."""
        self.move.with_user(self.accountant).action_post()
        first = self._describe(self.move)
        self.move.with_user(self.accountant)._reverse_moves(cancel=True)
        self._assert_free_as_before()
        self.assertEqual(self._describe(self._bill("03-31")), first)

    def test_a_full_credit_note_frees_the_items_when_it_is_posted(self):
        self.move.with_user(self.accountant).action_post()
        credit = self._credit(self.move)
        self.assertEqual(self.items.mapped("is_billed"), [True, True, True])
        credit.action_post()
        self._assert_free_as_before()
        for move in (credit, self.move):
            with self.assertRaisesRegex(UserError, "free again"):
                move.button_draft()

    def test_a_partial_credit_frees_what_is_credited_in_full_and_corrects_the_rest(self):
        self.move.with_user(self.accountant).action_post()
        credit = self._credit(self.move)
        line = credit.invoice_line_ids.filtered(lambda line: line.price_unit == 154.84)
        line.price_unit = 50
        credit.action_post()
        fee = self.items - self.worked - self.covered
        self.assertEqual([item.is_billed for item in (fee, self.worked, self.covered)], [True, False, False])
        [correction] = self.env["psa.billing.item"].search([("adjusts_item_id", "=", fee.id)])
        self.assertEqual((correction.amount, correction.move_id), (-50.0, credit))
        self.assertEqual(self.block.remaining_minutes, 8 * HOUR)

    def test_reverse_and_create_invoice_hands_the_items_to_the_new_invoice(self):
        self.move.with_user(self.accountant).action_post()
        new = self._credit(self.move, modify=True)
        self.assertEqual((new.move_type, new.state), ("out_invoice", "draft"))
        self.assertEqual(self.items.mapped("move_id"), new)
        self.assertEqual(
            {item: item.move_line_id.price_subtotal for item in self.items},
            {item: item.amount for item in self.items},
        )
        self.assertFalse(self._bill("03-31"))
        new.unlink()
        self._assert_free_as_before()

    def test_deleting_one_line_frees_only_its_items(self):
        line = self.worked.move_line_id
        self.move.with_user(self.accountant).write({"invoice_line_ids": [Command.delete(line.id)]})
        self.assertEqual([self.worked.is_billed, self.covered.is_billed], [False, True])
        self.assertFalse(self.worked.move_id)
        again = self._bill("03-31")
        self.assertEqual(again.psa_item_ids, self.worked)

    def test_what_came_free_is_kept_in_the_history(self):
        self.move.with_user(self.accountant).unlink()
        event = self.worked.event_ids
        self.assertEqual(
            (event.action, event.reason, event.user_id), ("freed", "Invoice line deleted", self.accountant)
        )

    # Not behind the items

    def test_the_amount_of_a_line_with_items_is_not_rewritten(self):
        line = self.worked.move_line_id
        for values in ({"price_unit": 90}, {"quantity": 2}, {"discount": 10}, {"psa_minutes": 55}):
            with self.assertRaisesRegex(UserError, "billing items explain this line"):
                self.move.with_user(self.accountant).write(
                    {"invoice_line_ids": [Command.update(line.id, values)]}
                )

    def test_texts_accounts_and_own_lines_stay_in_the_hands_of_the_accountant(self):
        account = self.copy_account(self.company_data["default_account_revenue"])
        place = self.move.invoice_line_ids.sorted("sequence").ids.index(self.worked.move_line_id.id)
        with Form(self.move.with_user(self.accountant)) as form:
            with form.invoice_line_ids.edit(place) as line:
                line.name = "Server work"
                line.account_id = account
            with form.invoice_line_ids.new() as line:
                line.name = "Cable"
                line.price_unit = 10
        self.move.with_user(self.accountant).action_post()
        self.assertEqual(self.items.mapped("move_id"), self.move)

    def test_customer_and_currency_of_such_an_invoice_are_fixed(self):
        other = self.env["res.partner"].create({"name": "Somebody else"})
        euro = self.setup_other_currency("EUR")
        for values in ({"partner_id": other.id}, {"currency_id": euro.id}):
            with self.assertRaisesRegex(UserError, "cannot change"):
                self.move.with_user(self.accountant).write(values)

    def test_another_address_of_the_customer_is_no_other_customer(self):
        office = self.env["res.partner"].create(
            {"name": "Accounts", "parent_id": self.customer.id, "type": "invoice"}
        )
        self.move.with_user(self.accountant).partner_id = office
        self.assertEqual(self.move.partner_id, office)

    def test_a_line_that_no_longer_is_the_sum_of_its_items_is_not_posted(self):
        line = self.worked.move_line_id
        # Past the guard of write(), as a computed field would be.
        self.env.cr.execute("UPDATE account_move_line SET price_subtotal = 1 WHERE id = %s", [line.id])
        line.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "no longer bills"):
            self.move.with_user(self.accountant).action_post()

    def test_an_invoice_without_items_is_as_free_as_ever(self):
        move = self.init_invoice("out_invoice", products=self.product_a)
        move.invoice_line_ids.price_unit = 5
        move.partner_id = self.customer
        self.assertEqual(move.amount_untaxed, 5.0)
        move.unlink()

    # Explanation

    def test_the_accountant_reads_the_explanation_on_the_native_line(self):
        line = self.worked.move_line_id.with_user(self.accountant)
        self.assertTrue(line.psa_has_why)
        [told] = line.get_explanation()
        self.assertEqual(told["title"], "Printer fixed")
        self.assertEqual([step["what"] for step in told["steps"]], ["50 min worked", "50 min x 100.0"])
        self.assertIn("83.33", told["amount"])
        action = self.move.with_user(self.accountant).action_psa_open_items()
        items = self.env[action["res_model"]].with_user(self.accountant).search(action["domain"])
        self.assertEqual(len(items), self.move.psa_item_count)

    def test_a_technician_reads_own_work_without_money(self):
        told = self.worked.with_user(self.technician).get_explanation()
        self.assertEqual(
            ([step["what"] for step in told[0]["steps"]], told[0]["amount"]), (["50 min worked"], False)
        )
        fee = self.items - self.worked - self.covered
        with self.assertRaises(AccessError):
            fee.with_user(self.technician).get_explanation()
