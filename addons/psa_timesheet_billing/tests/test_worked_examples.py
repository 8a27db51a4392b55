from freezegun import freeze_time

from odoo.tests import tagged

from .common import PsaTimeCase, at, day


@tagged("post_install", "-at_install")
class TestWorkedExamples(PsaTimeCase):
    """Worked examples of the billing rules, from typed time to the ledger."""

    def _make_gold(self, hours, **block):
        contract = self._make_contract(is_default=True, name="Gold support", overage_rate=120.0)
        self._make_block(contract, hours, **block)
        return contract

    def test_rounding_comes_before_the_weight(self):
        """Rule D9.2: 35 min, rounding 15, multiplier 1.5: 45 min to bill, 67.5 weighted, not 52.5 -> 60."""
        contract = self._make_contract(is_default=True, rounding_increment=15)
        self._make_block(contract, 10)
        line = self._log_approved(35, psa_work_type_id=self.after_hours.id)
        self.assertEqual(line.psa_bill_minutes, 45)
        self.assertEqual(self._items(line).draw_hundredths, 6750)

    def test_a_block_that_ends_that_day_covers_the_whole_entry(self):
        """Rule D9.12: Friday 23:00 to Saturday 01:00 is work of Friday, its last hour too."""
        contract = self._make_gold(2, date_end=day("03-27"))
        line = self._log_approved(psa_start_at=at("03-27", "23:00"), psa_end_at=at("03-28", "01:00"))
        self.assertEqual((line.date, line.psa_minutes), (day("03-27"), 120))
        self.assertEqual(self._figures(line), [("covered", 120, 0.0)])
        self.assertEqual(contract.block_ids.remaining_minutes, 0)

    def test_the_last_day_of_a_block_is_included(self):
        """Rule D9.21: a block to 31 March: 31 March 23:30 draws all its 60 minutes, 1 April 00:00 none."""
        self._make_gold(5, date_end=day("03-31"))
        last = self._log_approved(psa_start_at=at("03-31", "23:30"), psa_end_at=at("04-01", "00:30"))
        after = self._log_approved(psa_start_at=at("04-01", "00:00"), psa_end_at=at("04-01", "01:00"))
        self.assertEqual(self._figures(last), [("covered", 60, 0.0)])
        self.assertEqual(self._figures(after), [("overage", 60, 120.0)])

    def test_only_the_worked_date_decides_who_may_draw(self):
        """Rule D9.22: worked 30 March, approved 9 April, block to 31 March: it draws."""
        self._make_gold(5, date_end=day("03-31"))
        with freeze_time("2026-04-09 10:00:00"):
            line = self._log_approved(60, date=day("03-30"))
        self.assertEqual(self._figures(line), [("covered", 60, 0.0)])

    def test_a_draft_keeps_no_hours_in_a_run(self):
        """Rule D9.23: 2 h left; the older draft only reserves, the run covers what is approved and bills 0."""
        contract = self._make_gold(2)
        contract.psa_approval_mode = "on_timesheet"
        draft = self._log(120, date=day("03-03"))
        self._log_approved(120, date=day("03-05"))
        self.assertEqual(self._bill("03-31").amount_untaxed, 0.0)
        block = contract.block_ids
        self.assertEqual(
            (block.used_minutes, block.reserved_minutes, block.available_minutes), (120, 120, -120)
        )
        self._approve(draft)
        self.assertEqual(self._figures(draft), [("overage", 120, 240.0)])

    def _work_together(self, first, second):
        """An hour of each from 09:00 with one hour left, typed and approved in this order."""
        contract = self._make_contract(is_default=True, name="Gold support")
        self._make_block(contract, 1)
        lines = {}
        for user in (first, second):
            lines[user] = self._log_approved(
                user=user, psa_start_at=at("03-10", "09:00"), psa_end_at=at("03-10", "10:00")
            )
        return lines

    def test_the_employee_code_decides_between_two_who_began_together(self):
        """Rule D9.24: Nina (A1, junior role) is covered, Joe (B2, senior role) is 140.00, though Joe typed first."""
        self._give_codes()
        lines = self._work_together(self.joe, self.nina)
        self.assertEqual(self._figures(lines[self.nina]), [("covered", 60, 0.0)])
        self.assertEqual(self._figures(lines[self.joe]), [("overage", 60, 140.0)])

    def test_the_order_of_typing_changes_nothing(self):
        """Rule D9.24, the other way round."""
        self._give_codes()
        lines = self._work_together(self.nina, self.joe)
        self.assertEqual(self._figures(lines[self.nina]), [("covered", 60, 0.0)])
        self.assertEqual(self._figures(lines[self.joe]), [("overage", 60, 140.0)])

    def _give_codes(self):
        self.nina.employee_id.sudo().write({"barcode": "A1", "psa_role_id": self.technician_role.id})
        self.joe.employee_id.sudo().write({"barcode": "B2", "psa_role_id": self.senior_role.id})

    def test_three_hours_over_are_billed_owed_or_held(self):
        """Rule D9.30, 3 h over at overage 110: 330.00; or balance -3; or 0.00, held, without any draw."""
        expected = {
            "bill": ([("covered", 60, 0.0), ("overage", 180, 330.0)], 0, ["draft", "draft"]),
            "negative": ([("covered", 240, 0.0)], -180, ["draft"]),
            "hold": ([("covered", 60, 0.0), ("overage", 180, 330.0)], 0, ["draft", "on_hold"]),
        }
        for mode, (figures, left, states) in expected.items():
            with self.subTest(mode):
                customer = self.env["res.partner"].create({"name": mode})
                contract = self._make_contract(
                    is_default=True, partner_id=customer.id, overage_rate=110.0, overage_mode=mode
                )
                self._make_block(contract, 1)
                ticket = self._make_ticket(partner_id=customer.id)
                line = self._log_approved(240, psa_ticket_id=ticket.id)
                self.assertEqual(self._figures(line), figures)
                self.assertEqual(self._items(line).mapped("state"), states)
                self.assertEqual(contract.block_ids.remaining_minutes, left)

    def test_what_was_set_to_zero_says_by_whom(self):
        """Rule D9.3."""
        line = self._log(265)
        line.with_user(self.sam).psa_bill_minutes = 0
        self._approve(line)
        self.assertIn(self.sam.name, str(self._items(line).derivation["context"]))
