from itertools import count

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PsaContractsCase


@tagged("post_install", "-at_install")
class TestBillingItem(PsaContractsCase):
    """The ledger: collecting is idempotent, billed items are history."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._make_contract()
        cls.ledger = cls.env["psa.billing.item"]

    def _collect(self, number, **values):
        return self.ledger._collect(
            [
                self._work_values(self.contract, source_id=source, **values)
                for source in range(9000, 9000 + number)
            ]
        )

    def test_collecting_twice_keeps_the_items(self):
        first = self._collect(3)
        before = self._snapshot(first)
        self.assertEqual(self._collect(3), first)
        self.assertEqual(self._snapshot(first), before)

    def test_a_changed_open_item_is_rewritten(self):
        item = self._collect(1)
        self._collect(1, minutes=90)
        self.assertEqual((item.minutes_billed, item.amount), (90, 150.0))

    def test_a_change_of_the_amount_asks_the_approver_again(self):
        item = self._collect(1, state="draft")
        item.with_user(self.approver).action_approve()
        self._collect(1, minutes=90)
        self.assertEqual(item.state, "draft")
        self.assertFalse(item.approved_by_id)

    def test_a_change_of_the_text_keeps_the_approval(self):
        item = self._collect(1, state="draft")
        item.with_user(self.approver).action_approve()
        self._collect(1, work_text="With a new toner")
        self.assertEqual(item.state, "approved")

    def test_what_a_person_changed_or_wrote_off_is_left_alone(self):
        adjusted, written_off = self._collect(2, state="draft")
        adjusted.with_user(self.approver)._adjust({"minutes_billed": 30}, "goodwill")
        written_off.with_user(self.approver)._write_off("our mistake")
        before = self._snapshot(adjusted + written_off)
        self._collect(2, minutes=120)
        self.assertEqual(self._snapshot(adjusted + written_off), before)

    def test_pieces_that_are_no_more_go(self):
        values = self._work_values(self.contract, source_id=9100)
        first, second = self.ledger._collect([values, {**values, "part": "1", "kind": "overage"}])
        self.ledger._collect([values], complete={"psa.test.entry": [9100]})
        self.assertTrue(first.exists())
        self.assertFalse(second.exists())

    def test_an_entry_without_items_takes_its_items_along(self):
        item = self._collect(1)
        self.ledger._collect([], complete={"psa.test.entry": [9000]})
        self.assertFalse(item.exists())

    def test_withdrawing_leaves_what_is_billed(self):
        billed, free = self._collect(1), self._make_work(self.contract, source_id=9500, date="2026-05-01")
        self._bill("03-31")
        self.ledger._withdraw("psa.test.entry", [9000, 9500])
        self.assertTrue(billed.exists())
        self.assertFalse(free.exists())

    def test_a_billed_item_is_neither_rewritten_nor_changed_nor_deleted(self):
        item = self._collect(1)
        self._bill("03-31")
        before = self._snapshot(item)
        self._collect(1, minutes=240)
        self.assertEqual(self._snapshot(item), before)
        with self.assertRaisesRegex(UserError, "on an invoice"):
            item.sudo().write({"amount": 1})
        with self.assertRaisesRegex(UserError, "on an invoice"):
            item.sudo().unlink()

    def test_a_correction_points_at_the_billed_item(self):
        item = self._collect(1)
        self._bill("03-31")
        correction = self.ledger._collect(
            [
                {
                    **self._work_values(self.contract, -30, source_id=9000),
                    "part": "adj/1",
                    "adjusts_item_id": item.id,
                }
            ]
        )
        self.assertEqual(correction.adjusts_item_id, item)
        credit = self._bill("04-30")
        self.assertEqual((credit.move_type, credit.amount_untaxed), ("out_refund", 50.0))

    def test_collecting_costs_the_same_queries_for_twice_the_items(self):
        def collect(number):
            self.ledger._collect([self._work_values(self.contract) for _number in range(number)])

        ten, twenty = self._count_queries(collect)
        self.assertEqual(ten, twenty)

    def test_recollecting_costs_the_same_queries_for_twice_the_items(self):
        rows = [self._work_values(self.contract) for _number in range(20)]
        self.ledger._collect(rows)
        minutes = count(61)

        def recollect(number):
            changed = {"minutes_billed": next(minutes), "amount": 99.0 + next(minutes)}
            self.ledger._collect([{**row, **changed} for row in rows[:number]])

        ten, twenty = self._count_queries(recollect)
        self.assertEqual(ten, twenty)
