from freezegun import freeze_time

from odoo.exceptions import LockError
from odoo.tests import tagged

from odoo.addons.psa_contracts.logic.block_ledger import Request

from .common import HOUR, PsaContractsCase, day


@tagged("post_install", "-at_install")
class TestContractCover(PsaContractsCase):
    """Balances are read from the ledger; allocation sees frozen draws; low balance is told once an episode."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._make_contract()

    def _ask(self, key, date, hours):
        return Request(key, (day(date), key), day(date), hours * 6000)

    def _draw(self, block, minutes, **values):
        return self._make_work(
            self.contract,
            minutes,
            amount=0,
            cover="covered",
            block_id=block.id,
            draw_hundredths=minutes * 100,
            **values,
        )

    def _covers(self, requests):
        ledger = self.contract._allocate_draws(requests)
        return {
            one.key: (
                [(draw.lot, draw.hundredths // 6000) for draw in one.draws],
                one.overage // 6000,
                one.pending // 6000,
            )
            for one in ledger.allocations
        }

    # Balance

    def test_the_balance_is_the_sum_of_the_draws_and_nothing_else(self):
        block = self._make_block(self.contract, 10)
        items = self._draw(block, 120) + self._draw(block, 60, state="draft")
        self.assertEqual((block.used_minutes, block.remaining_minutes), (180, 420))
        items[1].with_user(self.approver)._write_off("mistake")
        self.assertEqual(block.remaining_minutes, 480)
        self.env["psa.billing.item"]._withdraw(items[0].source_model, [items[0].source_id])
        self.assertEqual(block.remaining_minutes, 600)

    def test_hundredths_of_a_minute_are_kept_and_shown_without_promising_too_much(self):
        block = self._make_block(self.contract, 1)
        self._draw(block, 0)
        self._make_work(self.contract, 0, cover="covered", block_id=block.id, draw_hundredths=4050)
        self.assertEqual(
            (block.drawn_hundredths, block.used_minutes, block.remaining_minutes), (4050, 41, 19)
        )

    def test_a_credited_draw_stays_until_it_is_withdrawn(self):
        """Rule D9.60."""
        block = self._make_block(self.contract, 10)
        item = self._draw(block, 120)
        move = self._bill("03-31")
        move.action_post()
        move._reverse_moves(cancel=True)
        self.assertEqual((item.is_billed, block.remaining_minutes), (False, 480))
        self.env["psa.billing.item"]._withdraw(item.source_model, [item.source_id])
        self.assertEqual(block.remaining_minutes, 600)

    def test_the_debt_of_one_block_opens_the_next_one_lower(self):
        """Rule D9.30: balance -3, the next block of 10 opens at 7."""
        self.contract.overage_mode = "negative"
        first = self._make_block(self.contract, 10, date_end=day("03-31"))
        self._draw(first, 13 * HOUR)
        self.assertEqual(first.remaining_minutes, -3 * HOUR)
        second = self._make_block(self.contract, 10, date_start=day("04-01"))
        self.assertEqual((first.remaining_minutes, second.remaining_minutes), (0, 7 * HOUR))

    @freeze_time("2026-03-20")
    def test_the_contract_shows_what_is_free_on_blocks_valid_today(self):
        self._make_block(self.contract, 3, date_end=day("03-19"))
        block = self._make_block(self.contract, 10)
        self._make_block(self.contract, 5, date_start=day("04-01"))
        self._draw(block, 60)
        self.assertEqual(self.contract.available_minutes, 9 * HOUR)

    # Allocation

    def test_billed_and_changed_draws_are_frozen(self):
        """Rule D9.26: A and B are invoiced, C of an earlier day is typed later and is overage."""
        block = self._make_block(self.contract, 2, date_start=day("03-01"))
        self._draw(block, 120, date=day("03-10"))
        self._bill("03-20")
        self.assertEqual(self._covers([self._ask("C", "03-05", 1)]), {"C": ([], 1, 0)})

    def test_open_draws_are_allocated_again_whatever_was_typed_first(self):
        """Rule D9.26: C typed before the invoice takes the first hour, A the second."""
        block = self._make_block(self.contract, 2, date_start=day("03-01"))
        self._draw(block, 120, date=day("03-10"))
        requests = [self._ask("A", "03-10", 2), self._ask("B", "03-20", 1), self._ask("C", "03-05", 1)]
        expected = {"C": ([(block.id, 1)], 0, 0), "A": ([(block.id, 1)], 1, 0), "B": ([], 1, 0)}
        self.assertEqual(self._covers(requests), expected)
        self.assertEqual(self._covers(requests[::-1]), expected)

    def test_the_order_of_blocks_is_a_switch_of_the_contract(self):
        """Rule D9.25."""
        year = self._make_block(self.contract, 5, date_end=day("12-31"))
        june = self._make_block(self.contract, 5, date_start=day("02-01"), date_end=day("06-30"))
        self.assertEqual(
            self._covers([self._ask("a", "03-10", 6)]), {"a": ([(june.id, 5), (year.id, 1)], 0, 0)}
        )
        self.contract.block_order = "start"
        self.assertEqual(
            self._covers([self._ask("a", "03-10", 6)]), {"a": ([(year.id, 5), (june.id, 1)], 0, 0)}
        )

    def test_what_happens_when_blocks_are_empty_is_the_contracts_choice(self):
        """Rule D9.30."""
        block = self._make_block(self.contract, 10)
        for mode, expected in (
            ("bill", ([(block.id, 10)], 3, 0)),
            ("negative", ([(block.id, 10), (block.id, 3)], 0, 0)),
            ("hold", ([(block.id, 10)], 0, 3)),
        ):
            self.contract.overage_mode = mode
            self.assertEqual(self._covers([self._ask("a", "03-10", 13)]), {"a": expected}, mode)

    def test_a_contract_that_somebody_else_rates_says_so(self):
        # A contract no other transaction can see; a second cursor would wait for this test to end.
        gone = self.env["psa.contract"].browse(2**31 - 1)
        with self.assertRaisesRegex(LockError, "somebody else"):
            gone._lock_for_rating()

    def test_contracts_are_locked_in_one_statement(self):
        contracts = self.contract | self._make_contract()
        self.env.flush_all()
        with self.assertQueryCount(1):
            contracts._lock_for_rating()

    # Low balance: Rule D9.62

    def _told(self):
        return self.contract.activity_ids.mapped("summary")

    def test_low_balance_is_told_at_equality_once_an_episode(self):
        block = self._make_block(self.contract, 10)
        self._draw(block, 479)
        self.assertFalse(self._told())
        last = self._draw(block, 1)
        self.assertEqual(self._told(), [f"{block.name}: 2:00 of 10:00 hours left"])
        self.assertEqual(self.contract.activity_ids.user_id, self.approver)
        self._draw(block, 10)
        self.assertEqual(len(self._told()), 1)
        self.assertTrue(self.contract.has_low_balance)
        self.assertIn(self.contract, self.env["psa.contract"].search([("has_low_balance", "=", True)]))
        self.env["psa.billing.item"]._withdraw(last.source_model, [last.source_id])
        self.assertEqual(len(self._told()), 1)

    def test_a_new_episode_is_told_again(self):
        block = self._make_block(self.contract, 10)
        self._draw(block, 479)
        one = self._draw(block, 1)
        self.env["psa.billing.item"]._withdraw(one.source_model, [one.source_id])
        self.assertFalse(self.contract.has_low_balance)
        self.assertNotIn(self.contract, self.env["psa.contract"].search([("has_low_balance", "=", True)]))
        self._draw(block, 1)
        self.assertEqual(len(self._told()), 2)

    def test_the_second_threshold_is_told_too(self):
        block = self._make_block(self.contract, 10)
        self._draw(block, 480)
        self._draw(block, 90)
        self.assertEqual(
            sorted(self._told()),
            [f"{block.name}: 0:30 of 10:00 hours left", f"{block.name}: 2:00 of 10:00 hours left"],
        )

    def test_topping_up_ends_the_episode(self):
        block = self._make_block(self.contract, 10)
        self._draw(block, 480)
        block.minutes = 700
        self.assertFalse(self.contract.has_low_balance)

    def test_balances_cost_the_same_queries_for_twice_the_blocks(self):
        blocks = self.env["psa.contract.block"]
        for _number in range(20):
            blocks |= self._make_block(self._make_contract(), 10)

        def read(number):
            blocks[:number].mapped("available_minutes")

        ten, twenty = self._count_queries(read)
        self.assertEqual(ten, twenty)
