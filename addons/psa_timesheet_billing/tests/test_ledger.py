from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.psa_timesheet_billing.logic import replay

from .common import PsaTimeCase, at, day


@tagged("post_install", "-at_install")
class TestLedger(PsaTimeCase):
    """From approved time over items to the invoice; and that no minute and no cent gets lost on the way."""

    def _make_gold(self, hours=2, **values):
        """A service contract with a block and an overage rate."""
        contract = self._make_contract(
            **{"is_default": True, "name": "Gold support", "overage_rate": 120.0, **values}
        )
        self._make_block(contract, hours, price=100)
        return contract

    def _approve_items(self, lines):
        self._items(lines).with_user(self.biller).action_approve()

    # ------------------------------------------------------------------
    # The promise
    # ------------------------------------------------------------------

    def test_fifty_minutes_at_one_hundred_are_invoiced_at_83_33(self):
        """50 min at 100.00 is 83.33, printed as 0:50 x 100.00/h; the host alone would bill 0.83 h = 83.00."""
        self._make_contract(is_default=True)
        line = self._log_approved(50)
        self.assertEqual(self._figures(line), [("billable", 50, 83.33)])
        self._approve_items(line)
        move = self._bill("03-31")
        self.assertEqual(move.amount_untaxed, 83.33)
        [time_line] = move.invoice_line_ids.filtered(lambda row: row.display_type == "product")
        self.assertEqual((time_line.quantity, time_line.price_subtotal), (1, 83.33))
        self.assertEqual((time_line.psa_minutes, time_line.psa_rate), (50, 100.0))
        html, _kind = (
            self.env["ir.actions.report"].sudo()._render_qweb_html("account.account_invoices", move.ids)
        )
        printed = " ".join(html.decode().split())
        self.assertIn("0:50 x 100.00/h", printed)
        move.with_user(self.accountant).action_post()
        self.assertEqual(move.state, "posted")

    def test_three_entries_of_fifty_minutes_are_249_99(self):
        """Rule D9.18."""
        self._make_contract(is_default=True, psa_approval_mode="on_timesheet")
        self._log_approved(50)
        self._log_approved(50)
        self._log_approved(50)
        self.assertEqual(self._bill("03-31").amount_untaxed, 249.99)

    # ------------------------------------------------------------------
    # Blocks
    # ------------------------------------------------------------------

    def test_a_block_covers_and_the_rest_is_overage(self):
        contract = self._make_gold(hours=1)
        line = self._log_approved(80)
        self.assertEqual(self._figures(line), [("covered", 60, 0.0), ("overage", 20, 40.0)])
        self.assertEqual(contract.block_ids.remaining_minutes, 0)

    def test_covered_work_is_printed_at_zero_and_overage_is_priced(self):
        self._make_gold(hours=1, psa_approval_mode="on_timesheet")
        self._log_approved(80)
        move = self._bill("03-31")
        lines = {
            (row.psa_minutes, row.price_subtotal, bool(row.tax_ids))
            for row in move.invoice_line_ids
            if row.psa_minutes
        }
        self.assertEqual(lines, {(60, 0.0, False), (20, 40.0, True)})

    def test_whoever_worked_first_is_covered_however_late_it_was_typed(self):
        """Rules D9.24 and D9.26."""
        self._make_gold(hours=2)
        a = self._log_approved(120, date=day("03-10"))
        self.assertEqual(self._figures(a), [("covered", 120, 0.0)])
        c = self._log_approved(60, date=day("03-05"))
        self.assertEqual(self._figures(c), [("covered", 60, 0.0)])
        self.assertEqual(self._figures(a), [("covered", 60, 0.0), ("overage", 60, 120.0)])

    def test_what_is_on_an_invoice_keeps_its_cover(self):
        """Rule D9.26: C is overage on the next invoice."""
        self._make_gold(hours=2, psa_approval_mode="on_timesheet")
        a = self._log_approved(120, date=day("03-10"))
        self._bill("03-31")
        c = self._log_approved(60, date=day("03-05"))
        self.assertEqual(self._figures(c), [("overage", 60, 120.0)])
        self.assertEqual(self._figures(a), [("covered", 120, 0.0)])

    def test_sending_time_back_gives_its_cover_to_the_next(self):
        self._make_gold(hours=1)
        first = self._log_approved(60, date=day("03-05"))
        second = self._log_approved(60, date=day("03-10"))
        self.assertEqual(self._figures(second), [("overage", 60, 120.0)])
        first.with_user(self.sam)._psa_send_back("wrong ticket")
        self.assertEqual(self._figures(second), [("covered", 60, 0.0)])

    def test_drafts_reserve_but_do_not_keep_hours(self):
        """Rule D9.23: used 2:00, reserved 2:00, free -2:00."""
        contract = self._make_gold(hours=2)
        draft = self._log(120, date=day("03-03"))
        approved = self._log_approved(120, date=day("03-05"))
        self.assertEqual(self._figures(approved), [("covered", 120, 0.0)])
        block = contract.block_ids
        self.assertEqual(
            (block.used_minutes, block.reserved_minutes, block.available_minutes), (120, 120, -120)
        )
        self._approve(draft)
        self.assertEqual(self._figures(approved), [("overage", 120, 240.0)])

    def test_weighted_work_draws_more_than_it_takes(self):
        """Rule D9.27: 50 min x 1.5 = 75 weighted, 60 left: 40 min covered, 10 min overage at 120 = 20.00."""
        contract = self._make_gold(hours=1)
        line = self._log_approved(50, psa_work_type_id=self.after_hours.id)
        self.assertEqual(self._figures(line), [("covered", 40, 0.0), ("overage", 10, 20.0)])
        self.assertEqual(contract.block_ids.remaining_minutes, 0)

    def test_overage_may_wait_for_consent(self):
        """Rule D9.30: held with its amount; once released it stays released."""
        self._make_gold(hours=1, overage_mode="hold", psa_approval_mode="on_timesheet")
        line = self._log_approved(90)
        covered, overage = self._items(line)
        self.assertEqual((covered.state, overage.state), ("approved", "on_hold"))
        self.assertIn("consent", overage.reason)
        self.assertEqual(overage.amount, 60.0)
        overage.with_user(self.biller).action_approve()
        self._log_approved(15, date=day("03-11"))
        self.assertEqual(overage.state, "approved")

    def test_a_balance_may_go_below_zero(self):
        contract = self._make_gold(hours=1, overage_mode="negative")
        line = self._log_approved(120)
        self.assertEqual(self._figures(line), [("covered", 120, 0.0)])
        self.assertEqual(contract.block_ids.remaining_minutes, -60)

    # ------------------------------------------------------------------
    # Quantity
    # ------------------------------------------------------------------

    def test_the_contract_rounds_a_ticket_and_spreads_it(self):
        """Rule D9.8: 45 + 45 + 5 at 60 by ticket is 57 + 57 + 6."""
        self._make_contract(is_default=True, rounding_scope="ticket", rounding_increment=60)
        a = self._log_approved(45, psa_start_at=at("03-10", "08:00"), psa_end_at=at("03-10", "08:45"))
        b = self._log_approved(
            45, user=self.nina, psa_start_at=at("03-10", "09:00"), psa_end_at=at("03-10", "09:45")
        )
        c = self._log_approved(5, psa_start_at=at("03-10", "10:00"), psa_end_at=at("03-10", "10:05"))
        self.assertEqual([self._items(line).amount for line in (a, b, c)], [95.0, 133.0, 10.0])
        self.assertEqual([line.psa_bill_minutes for line in (a, b, c)], [57, 57, 6])

    def test_a_ticket_over_two_invoices_is_rounded_once(self):
        """Rule D9.9: February 40 -> 60 billed; March 25 more -> 60 more; another 20 -> nothing."""
        self._make_contract(
            is_default=True, rounding_scope="ticket", rounding_increment=60, psa_approval_mode="on_timesheet"
        )
        self._log_approved(40, date=day("02-10"))
        self.assertEqual(self._bill("02-28").amount_untaxed, 100.0)
        march = self._log_approved(25, date=day("03-03"))
        self.assertEqual(self._figures(march), [("billable", 25, 100.0)])
        self._bill("03-31")
        april = self._log_approved(20, date=day("04-02"))
        self.assertEqual(self._figures(april), [("no_charge", 20, 0.0)])

    def test_work_without_contract_is_rounded_by_the_company(self):
        self.company.psa_rounding_increment = 30
        self.assertEqual(self._figures(self._log_approved(50)), [("billable", 50, 100.0)])

    def test_a_minimum_of_the_work_type_holds(self):
        line = self._log_approved(5, psa_work_type_id=self.on_site.id)
        self.assertEqual(self._figures(line), [("billable", 5, 100.0)])
        self.assertEqual(line.psa_bill_minutes, 60)

    def test_zero_set_by_the_approver_is_zero(self):
        """Rule D9.3."""
        line = self._log(265)
        line.with_user(self.sam).psa_bill_minutes = 0
        self._approve(line)
        self.assertEqual(self._figures(line), [("non_billable", 265, 0.0)])

    def test_internal_work_is_never_billed(self):
        line = self._log_approved(35, psa_work_type_id=self.internal.id)
        self.assertEqual(self._figures(line), [("non_billable", 35, 0.0)])

    def test_an_approvers_rate_is_final(self):
        """Rule D9.11: 50 min would bill 60; adjusted to 40 at 90 is 60.00."""
        self._make_contract(is_default=True, rounding_increment=60)
        line = self._log(50, psa_work_type_id=self.after_hours.id)
        line.with_user(self.paula).write({"psa_bill_minutes": 40, "psa_bill_rate": 90})
        self._approve(line)
        self.assertEqual(self._figures(line), [("billable", 50, 60.0)])

    # ------------------------------------------------------------------
    # Rates
    # ------------------------------------------------------------------

    def test_the_rate_is_that_of_the_worked_date(self):
        """Rules D9.16 and D9.59."""
        contract = self._make_contract(is_default=True)
        self._make_rate(95, contract_id=contract.id, date_to=day("03-15"))
        self._make_rate(99, contract_id=contract.id, date_from=day("03-16"))
        with freeze_time("2026-04-02 10:00:00"):
            before, after = (
                self._log_approved(60, date=day("03-15")),
                self._log_approved(60, date=day("03-16")),
            )
        self.assertEqual((self._items(before).amount, self._items(after).amount), (95.0, 99.0))

    def test_customer_and_contract_rates_beat_the_standard_one(self):
        self._make_rate(96, partner_id=self.customer.id)
        self.assertEqual(self._items(self._log_approved(60)).amount, 96.0)
        contract = self._make_contract(is_default=True)
        self._make_rate(92, contract_id=contract.id)
        self.assertEqual(self._items(self._log_approved(60)).amount, 92.0)
        emergency = self._log_approved(60, psa_work_type_id=self.after_hours.id)
        self.assertEqual(self._items(emergency).amount, 138.0)

    def test_a_foreign_rate_is_converted_at_the_worked_date(self):
        """Rule D9.55: 180 USD at 0.90 EUR, 50 min: 135.00."""
        euro = self.env.ref("base.EUR")
        euro.sudo().active = True
        self.env["res.currency.rate"].sudo().create(
            [
                {"currency_id": euro.id, "company_id": self.company.id, "name": day("03-10"), "rate": 0.9},
                {"currency_id": euro.id, "company_id": self.company.id, "name": day("03-11"), "rate": 0.5},
            ]
        )
        architect = self.env["project.role"].sudo().create({"name": "Architect"})
        self._make_rate(180, role_id=architect.id)
        self._make_contract(is_default=True, currency_id=euro.id)
        item = self._items(self._log_approved(50, psa_role_id=architect.id))
        self.assertEqual((item.amount, item.currency_id), (135.0, euro))

    def test_a_work_type_that_was_archived_still_prices_its_work(self):
        euro = self.env.ref("base.EUR")
        euro.sudo().active = True
        self.env["res.currency.rate"].sudo().create(
            {"currency_id": euro.id, "company_id": self.company.id, "name": day("01-01"), "rate": 0.9}
        )
        travel = self.env["psa.work.type"].create({"name": "By ship", "code": "SHIP", "rate_amount": 50})
        self._make_contract(is_default=True, currency_id=euro.id)
        line = self._log_approved(60, psa_work_type_id=travel.id)
        amount = self._items(line).amount
        travel.active = False
        line._psa_collect()
        self.assertEqual(self._items(line).amount, amount)

    def test_work_without_a_rate_is_held_and_not_free(self):
        intern = self.env["project.role"].sudo().create({"name": "Intern"})
        line = self._log_approved(60, psa_role_id=intern.id)
        item = self._items(line)
        self.assertEqual((item.state, item.cover), ("on_hold", "billable"))
        self.assertIn("No rate", item.reason)
        self._make_rate(30, role_id=intern.id)
        line._psa_collect()
        self.assertEqual((item.state, item.amount, item.reason), ("draft", 30.0, False))

    def test_the_discount_of_the_contract_is_inside_the_item(self):
        """Rule D9.57: 20 min at 100 less 10 %: 30.00."""
        self._make_contract(is_default=True, discount=10)
        self.assertEqual(self._items(self._log_approved(20)).amount, 30.0)

    # ------------------------------------------------------------------
    # The ledger
    # ------------------------------------------------------------------

    def test_collecting_again_changes_nothing(self):
        self._make_gold(hours=1)
        lines = self._log_approved(80) | self._log_approved(30, user=self.nina, date=day("03-12"))
        before = self._snapshot(self._items(lines))
        lines._psa_collect()
        self.assertEqual(self._snapshot(self._items(lines)), before)

    def test_a_run_rates_anew_before_it_bills(self):
        """A rate changed after approval counts until the work is on an invoice."""
        contract = self._make_contract(is_default=True, psa_approval_mode="on_timesheet")
        self._log_approved(60)
        self._make_rate(92, contract_id=contract.id)
        self.assertEqual(self._bill("03-31").amount_untaxed, 92.0)

    def test_deleting_the_draft_and_billing_again_gives_the_same_invoice(self):
        self._make_gold(hours=1, psa_approval_mode="on_timesheet")
        self._log_approved(80)
        first = self._bill("03-31")
        told = self._lines(first)
        first.unlink()
        self.assertEqual(self._lines(self._bill("03-31")), told)

    def test_work_moved_to_another_contract_leaves_the_old_one(self):
        gold = self._make_gold(hours=1)
        other = self._make_contract(name="Project")
        first = self._log_approved(60, date=day("03-05"))
        second = self._log_approved(60, date=day("03-10"))
        first.with_user(self.sam).psa_contract_id = other
        self.assertEqual(self._figures(first), [("billable", 60, 100.0)])
        self.assertEqual(self._figures(second), [("covered", 60, 0.0)])
        self.assertEqual(gold.block_ids.remaining_minutes, 0)

    def test_a_write_off_keeps_the_amount_and_gives_the_block_its_time_back(self):
        """Rule D9.61: the covered hour would have cost 100.00; the next one is covered instead."""
        contract = self._make_gold(hours=1)
        first = self._log_approved(60, date=day("03-05"))
        second = self._log_approved(60, date=day("03-10"))
        self._items(first).with_user(self.biller)._write_off("Our own mistake")
        self.assertEqual(self._items(first).amount, 100.0)
        self.assertEqual(self._figures(second), [("covered", 60, 0.0)])
        self.assertEqual(contract.block_ids.remaining_minutes, 0)
        self._items(first).with_user(self.biller).action_reopen()
        self.assertEqual(self._figures(first), [("covered", 60, 0.0)])
        self.assertEqual(self._figures(second), [("overage", 60, 120.0)])

    def test_what_a_person_changed_stays_and_its_draws_are_kept(self):
        self._make_gold(hours=1)
        line = self._log_approved(90, date=day("03-05"))
        overage = self._items(line)[1]
        overage.with_user(self.biller)._adjust({"minutes_billed": 15}, "goodwill")
        other = self._log_approved(60, date=day("03-01"))
        self.assertEqual(self._figures(line), [("covered", 60, 0.0), ("overage", 30, 30.0)])
        self.assertEqual(self._figures(other), [("overage", 60, 120.0)])

    def test_no_minute_is_lost(self):
        """Worked = billed + covered + non-billable + written off + pending."""
        self._make_gold(hours=2)
        cobalt = self.env["res.partner"].create({"name": "Cobalt Freight"})
        loose = self._make_ticket(partner_id=cobalt.id)
        lines = self._log_approved(95) | self._log_approved(50, psa_work_type_id=self.internal.id)
        lines |= self._log_approved(70, user=self.nina, psa_work_type_id=self.after_hours.id)
        lines |= self._log_approved(25, psa_ticket_id=loose.id)
        written_off = self._log_approved(33, date=day("03-20"))
        self._items(written_off).with_user(self.biller)._write_off("goodwill")
        pending = self._log(40)
        everything = lines | written_off | pending
        buckets = {}
        for item in self._items(everything):
            bucket = item.state if item.state == "written_off" else item.cover
            buckets[bucket] = buckets.get(bucket, 0) + item.minutes_worked
        buckets["pending"] = pending.psa_minutes
        self.assertEqual(sum(buckets.values()), sum(everything.mapped("psa_minutes")))
        self.assertEqual(
            set(buckets), {"covered", "overage", "billable", "non_billable", "written_off", "pending"}
        )
        for line in lines:
            self.assertEqual(sum(self._items(line).mapped("minutes_worked")), line.psa_minutes)

    def test_every_stored_figure_follows_from_its_derivation(self):
        self._make_gold(hours=1, rounding_increment=15, discount=5)
        lines = self._log_approved(95) | self._log_approved(50, psa_work_type_id=self.internal.id)
        lines |= self._log_approved(
            20, user=self.nina, psa_work_type_id=self.after_hours.id, date=day("03-12")
        )
        items = self._items(lines)
        self.assertGreaterEqual(len(items), 4)
        for item in items:
            self.assertEqual(float(replay.reprice(item.derivation)), item.amount)
            self.assertTrue(all(step["why"] for step in item.derivation["steps"]))
            self.assertEqual(item.derivation["context"]["ticket"], self.ticket.number)

    def test_time_that_is_not_on_tickets_stays_the_hosts(self):
        """Work on tasks without a contract is billed by nobody here; sale_timesheet may do that."""
        line = (
            self.env["account.analytic.line"]
            .with_user(self.joe)
            .create(
                {"name": "Meeting", "project_id": self.company.psa_service_project_id.id, "psa_minutes": 30}
            )
        )
        self._approve(line)
        self.assertFalse(self._items(line))

    def test_task_time_with_a_contract_is_billed_by_it(self):
        contract = self._make_contract()
        line = (
            self.env["account.analytic.line"]
            .with_user(self.joe)
            .create(
                {
                    "name": "Migration",
                    "project_id": self.company.psa_service_project_id.id,
                    "psa_contract_id": contract.id,
                    "partner_id": self.customer.id,
                    "psa_minutes": 30,
                    "date": day("03-10"),
                }
            )
        )
        self._approve(line)
        self.assertEqual(self._figures(line), [("billable", 30, 50.0)])
