from odoo import Command
from odoo.tests import tagged

from .common import PsaContractsCase, day


@tagged("post_install", "-at_install")
class TestChargeHistory(PsaContractsCase):
    """A charge that was billed and is edited afterwards: no day twice, none lost, and what is billed stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._make_contract()
        cls.seats = cls._make_charge(cls.contract, 25, quantity=10, date_start=day("03-01"))

    def _get_items(self, charge=None):
        charge = charge or self.seats
        return self.env["psa.billing.item"].search(
            [("source_model", "=", charge._name), ("source_id", "=", charge.id)], order="id"
        )

    def _change(self, when, quantity):
        return self.env["psa.contract.charge.change"].create(
            {"charge_id": self.seats.id, "date": day(when), "quantity": quantity}
        )

    def test_units_typed_after_the_advance_invoice_are_billed_by_the_next_one(self):
        self._bill("03-31")
        april = self._get_items()[-1]
        before = self._snapshot(self._get_items())
        self._change("04-01", 17)
        [move] = self._bill("04-02")
        self.assertEqual(move.amount_untaxed, 175.0)
        self.assertEqual(move.psa_item_ids.adjusts_item_id, april)
        self.assertEqual(self._snapshot(self._get_items())[: len(before)], before)
        self.assertFalse(self._bill("04-02"))

    def test_a_billed_change_that_moves_to_an_earlier_day_bills_the_days_between(self):
        change = self._change("03-12", 17)
        self._bill("03-30")
        change.date = day("03-10")
        [move] = self._bill("03-30")
        self.assertEqual(move.amount_untaxed, 11.29)
        [told] = move.psa_item_ids.get_explanation()
        self.assertIn("Puts right what stands already", " ".join(step["what"] for step in told["steps"]))

    def test_a_charge_switched_from_quarters_to_months_goes_on_after_what_is_billed(self):
        charge = self._make_charge(
            self.contract, 300, interval="quarter", in_advance=False, date_start=day("01-01")
        )
        self._bill("03-31")
        charge.write({"interval": "month", "price_unit": 100})
        self._bill("04-30")
        items = self._get_items(charge)
        self.assertEqual(items.mapped("amount"), [300.0, 100.0])
        self.assertEqual(items.mapped("window_start"), [day("01-01"), day("04-01")])

    def test_the_billing_cycle_of_a_billed_contract_holds_from_the_first_free_day(self):
        charge = self._make_charge(self.contract, 100, in_advance=False, date_start=day("01-16"))
        self._bill("03-31")
        self.contract.billing_cycle = "anniversary"
        self._bill("04-15")
        windows = [(item.window_start, item.window_end) for item in self._get_items(charge)]
        self.assertEqual(windows[-1], (day("04-01"), day("04-16")))
        self.assertEqual(len(windows), 4)

    def test_a_new_price_holds_from_the_first_period_that_is_not_billed(self):
        self._bill("03-31")
        self.seats.price_unit = 30
        self._change("04-11", 13)
        [move] = self._bill("04-30")
        self.assertEqual(sorted(move.psa_item_ids.mapped("amount")), [50.0, 390.0])

    def test_units_that_a_person_changed_are_not_billed_again(self):
        """The approver bills 8 instead of 10: that is decided, not an arrear of two."""
        self._make_run("03-30")._prepare_collect(day("03-30"))
        item = self._get_items()
        item.with_user(self.approver)._adjust({"quantity": 8}, "as agreed")
        item.with_user(self.biller).action_approve()
        [move] = self._bill("03-30")
        self.assertEqual(move.amount_untaxed, 200.0)
        self.assertFalse(self._bill("03-30"))

    def test_a_period_that_was_written_off_does_not_come_back_with_other_terms(self):
        self._make_run("03-30")._prepare_collect(day("03-30"))
        self._get_items().with_user(self.approver)._write_off("goodwill")
        self.seats.interval = "quarter"
        [move] = self._bill("03-31")
        self.assertEqual(move.psa_item_ids.window_start, day("04-01"))

    def test_a_later_item_outlives_a_run_with_an_earlier_day(self):
        """April was brought in and put on hold; a run up to the middle of March leaves it where it is."""
        self._make_run("03-31")._prepare_collect(day("03-31"))
        april = self._get_items()[-1]
        april.with_user(self.approver)._hold("disputed")
        self._bill("03-15")
        self.assertTrue(april.exists())
        self.assertEqual(april.state, "on_hold")

    def test_an_open_period_follows_the_terms_of_today(self):
        self._make_run("03-31")._prepare_collect(day("03-31"))
        self.assertEqual(len(self._get_items()), 2)
        self.seats.write({"interval": "quarter", "price_unit": 75})
        self._make_run("03-31")._prepare_collect(day("03-31"))
        self.assertEqual(
            [(item.window_start, item.window_end) for item in self._get_items().sorted("window_start")],
            [(day("03-01"), day("04-01")), (day("04-01"), day("07-01"))],
        )

    def test_the_preview_says_what_the_run_makes_of_edited_terms(self):
        self._bill("03-31")
        self._change("04-11", 13)
        self._make_run("05-31")._prepare_collect(day("05-31"))
        self.seats.interval = "quarter"
        run = self._make_run("04-30")
        [row] = run._get_preview()
        run.action_run()
        move = run.sudo().move_ids
        self.assertEqual((row["count"], row["amount"]), (len(move.psa_item_ids), move.amount_untaxed))

    def test_a_block_that_moves_to_a_later_day_is_not_billed_before_it(self):
        block = self._make_block(self.contract, 10, price=90, date_start=day("03-01"))
        self._make_run("03-01")._prepare_collect(day("03-01"))
        block.date_start = day("06-01")
        move = self._bill("03-30")
        self.assertNotIn("block", move.psa_item_ids.mapped("kind"))

    def test_a_contract_takes_a_hundred_changes_in_one_run(self):
        """Rows of a year of daily reports, typed after everything was billed."""
        self._bill("06-30")
        rows = [
            Command.create({"date": day(f"06-{number:02}"), "quantity": 10 + number})
            for number in range(1, 31)
        ]
        self.seats.change_ids = rows
        [move] = self._bill("06-30")
        # 30 days of June at 11 to 40 seats less the 10 paid, and July at 40 less 10.
        self.assertEqual(round(move.amount_untaxed, 2), round(sum(range(1, 31)) * 25 / 30, 2) + 30 * 25)
