from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PsaContractsCase, day


@tagged("post_install", "-at_install")
class TestBillingCredit(PsaContractsCase):
    """Rule D9.60, line by line: all of it frees the items, a part of it is an item of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._make_contract()
        cls.first = cls._make_work(cls.contract, name="First", work_ref="[T1] First")
        cls.second = cls._make_work(cls.contract, name="Second", work_ref="[T2] Second", date=day("03-11"))
        cls.move = cls._bill("03-31")
        cls.move.action_post()

    def _credit(self, **prices):
        """A credit note of the lines of `first` and `second` at these prices; a line that is not named is taken out."""
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=self.move.ids)
            .create({"journal_id": self.move.journal_id.id, "date": day("03-31")})
        )
        wizard.refund_moves()
        credit = wizard.new_move_ids
        commands = []
        for name, item in (("first", self.first), ("second", self.second)):
            line = credit.invoice_line_ids.filtered(
                lambda line, item=item: line.psa_source_line_id == item.move_line_id
            )
            if name not in prices:
                commands.append(Command.delete(line.id))
            elif prices[name] != line.price_unit:
                commands.append(Command.update(line.id, {"price_unit": prices[name]}))
        credit.write({"invoice_line_ids": commands})
        credit.action_post()
        return credit

    def _get_corrections(self):
        return self.env["psa.billing.item"].search(
            [("adjusts_item_id", "in", (self.first + self.second).ids)]
        )

    def test_crediting_one_line_frees_its_items_alone(self):
        """100 + 100, one line credited: that work can be billed again, the other cannot."""
        credit = self._credit(first=100.0)
        self.assertEqual([self.first.is_billed, self.second.is_billed], [False, True])
        self.assertFalse(self._get_corrections())
        self.assertEqual(self.first.event_ids[0].reason, f"Credited by {credit.name}")
        self.assertEqual(self._bill("03-31").psa_item_ids, self.first)

    def test_an_invoice_of_which_a_line_was_credited_does_not_go_back_to_draft(self):
        credit = self._credit(first=100.0)
        for move in (self.move, credit):
            with self.assertRaisesRegex(UserError, "free again"):
                move.button_draft()

    def test_a_part_of_an_amount_leaves_the_item_billed_and_says_so_with_a_negative_one(self):
        before = self._snapshot(self.first)
        credit = self._credit(first=40.0)
        self.assertEqual([self.first.is_billed, self.second.is_billed], [True, True])
        self.assertEqual(self._snapshot(self.first), before)
        item = self._get_corrections()
        self.assertEqual(
            (item.amount, item.adjusts_item_id, item.part, item.is_billed, item.move_id),
            (-40.0, self.first, "adj/1", True, credit),
        )
        self.assertFalse(self._bill("03-31"))
        [told] = credit.invoice_line_ids.with_user(self.accountant).get_explanation()
        self.assertIn("40.00", told["amount"])

    def test_what_is_left_may_be_credited_later_and_frees_nothing_then(self):
        self._credit(first=40.0)
        self._credit(first=60.0)
        self.assertTrue(self.first.is_billed)
        self.assertEqual(self._get_corrections().mapped("amount"), [-40.0, -60.0])
        self.assertEqual(self._get_corrections().mapped("part"), ["adj/1", "adj/2"])

    def test_nothing_is_given_back_twice(self):
        self._credit(first=100.0, second=100.0)
        with self.assertRaisesRegex(UserError, "credited already"), self.env.cr.savepoint():
            self._credit(first=100.0, second=100.0)
        again = self._bill("03-31")
        self.assertEqual(again.psa_item_ids, self.first + self.second)

    def test_more_than_is_left_is_refused(self):
        self._credit(first=40.0)
        with self.assertRaisesRegex(UserError, "credited already"), self.env.cr.savepoint():
            self._credit(first=100.0, second=100.0)
        self._credit(first=60.0, second=100.0)
        self.assertEqual(sum(self._get_corrections().mapped("amount")), -100.0)
        self.assertFalse(self.second.is_billed)

    def test_one_line_in_full_and_one_in_part(self):
        self._credit(first=100.0, second=25.0)
        self.assertEqual([self.first.is_billed, self.second.is_billed], [False, True])
        self.assertEqual(self._get_corrections().mapped("amount"), [-25.0])

    def test_a_part_of_a_line_of_several_items_is_spread_over_them(self):
        contract = self._make_contract(name="By month", layout="one_line")
        items = self._make_work(contract, 60) + self._make_work(contract, 30, date=day("03-12"))
        self.move = self._bill("03-31")
        self.move.action_post()
        self.first, self.second = items[0], self.env["psa.billing.item"]
        self._credit(first=80.0)  # 1.5 h at 80.00 instead of 100.00
        corrections = self.env["psa.billing.item"].search([("adjusts_item_id", "in", items.ids)])
        self.assertEqual(corrections.mapped("amount"), [-100.0, -20.0])
        self.assertEqual(corrections.adjusts_item_id, items)

    def test_a_credit_that_is_taken_back_corrects_nothing(self):
        credit = self._credit(first=40.0)
        credit.button_draft()
        self.assertFalse(self._get_corrections())
        credit.action_post()
        self.assertEqual(self._get_corrections().mapped("amount"), [-40.0])
        credit.button_draft()
        credit.unlink()
        self.assertTrue(self.first.is_billed)

    def test_a_credit_note_made_by_hand_frees_nothing(self):
        """It names no invoice: what it is for is for the accountant to say, with the invoice's own credit button."""
        move = self.init_invoice("out_refund", partner=self.customer, amounts=[100.0], post=True)
        self.assertFalse(move.psa_item_count)
        self.assertEqual([self.first.is_billed, self.second.is_billed], [True, True])

    def test_a_line_that_names_the_line_of_another_invoice_frees_nothing_of_it(self):
        other = self._make_work(self.contract, 60, date=day("04-02"))
        self._bill("04-30").action_post()
        wizard_credit = self.move._reverse_moves()
        wizard_credit.invoice_line_ids.filtered("psa_source_line_id")[
            0
        ].psa_source_line_id = other.move_line_id
        wizard_credit.invoice_line_ids.filtered(
            lambda line: line.psa_source_line_id.move_id == self.move and line.price_unit
        )[:1].price_unit = 1
        wizard_credit.invoice_date = day("04-30")
        wizard_credit.action_post()
        self.assertTrue(other.is_billed)
