from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PsaContractsCase, day

RUN = "odoo.addons.psa_contracts.models.psa_billing_run_invoice"


@tagged("post_install", "-at_install")
class TestBillingRun(PsaContractsCase):
    """What a run takes, how it survives trouble, and that it never bills twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._make_contract()

    def _make_customer(self, name):
        return self.env["res.partner"].create({"name": name, "is_company": True})

    # What it takes

    def test_all_contracts_of_a_customer_meet_on_one_invoice_in_sections(self):
        other = self._make_contract(name="Projects")
        self._make_charge(other, 300, in_advance=False, date_start=day("03-01"))
        self._make_work(self.contract)
        self._make_work(self.env["psa.contract"])
        [move] = self._bill("03-31")
        shown = [(line.display_type, line.name) for line in move.invoice_line_ids.sorted("sequence")]
        self.assertEqual(
            [name for kind, name in shown if kind == "line_section"],
            [self.contract.display_name, other.display_name, "Work without contract"],
        )
        self.assertEqual(move.amount_untaxed, 500.0)
        self.assertEqual(move.invoice_origin, move.psa_billing_run_id.name)

    def test_kinds_are_subsections_where_a_contract_has_several(self):
        self._make_charge(self.contract, 300, in_advance=False, date_start=day("03-01"))
        self._make_work(self.contract)
        [move] = self._bill("03-31")
        names = move.invoice_line_ids.filtered(lambda line: line.display_type == "line_subsection").mapped(
            "name"
        )
        self.assertEqual(names, ["Recurring charges", "Work"])

    def test_a_contract_that_wants_its_own_invoice_gets_it(self):
        alone = self._make_contract(name="Project X", is_invoiced_alone=True, purchase_order="PO-7")
        self._make_work(self.contract)
        self._make_work(alone)
        moves = self._bill("03-31")
        self.assertEqual(sorted(move.ref or "" for move in moves), ["", "PO-7"])

    def test_the_cut_off_day_is_included_and_the_next_day_is_not(self):
        self._make_work(self.contract, date=day("03-31"))
        later = self._make_work(self.contract, date=day("04-01"))
        [move] = self._bill("03-31")
        self.assertEqual(move.amount_untaxed, 100.0)
        self.assertFalse(later.is_billed)

    def test_earlier_work_that_is_still_free_comes_along(self):
        """Rule D9.59: at the rate of its day."""
        self._make_work(self.contract, rate=95, date=day("02-26"))
        self._make_work(self.contract, rate=99, date=day("03-02"))
        [move] = self._bill("03-31")
        self.assertEqual([price for _quantity, price, _total in self._lines(move)], [95.0, 99.0])

    def test_what_one_cut_off_takes(self):
        """Rule D9.46: March work, Q1 in arrears, April in advance and the change of the March fee."""
        charge = self._make_charge(self.contract, 25, quantity=10, date_start=day("03-01"))
        self._bill("02-28")
        self._make_charge(
            self.contract, 900, name="Backup", interval="quarter", in_advance=False, date_start=day("02-10")
        )
        charge.change_ids = [(0, 0, {"date": day("03-12"), "quantity": 17})]
        self._make_work(self.contract, 60)
        [move] = self._bill("03-31")
        amounts = sorted(total for _quantity, _price, total in self._lines(move))
        self.assertEqual(amounts, [100.0, 112.9, 425.0, 500.0])

    def test_only_approved_items_of_the_chosen_customers_are_taken(self):
        other = self._make_customer("Cobalt Freight")
        for state in ("draft", "on_hold", "written_off"):
            self._make_work(self.contract, state=state)
        self._make_work(self._make_contract(partner_id=other.id))
        mine = self._make_work(self.contract, 30)
        [move] = self._bill("03-31", partner_ids=self.customer.ids)
        self.assertEqual(move.psa_item_ids, mine)

    def test_a_contract_on_hold_is_not_billed_until_it_is_released(self):
        item = self._make_work(self.contract)
        action = self.contract.action_hold()
        holds = self.env["psa.contract.hold"].with_user(self.manager).with_context(**action["context"])
        holds.create({"reason": "Disputed"}).action_apply()
        self.assertEqual(self.contract.hold_reason, "Disputed")
        self.assertFalse(self._bill("03-31"))
        self.contract.action_release()
        self.assertEqual(self._bill("03-31").psa_item_ids, item)

    def test_non_billable_items_never_reach_an_invoice(self):
        self._make_work(self.contract, cover="non_billable", amount=0)
        self.assertFalse(self._bill("03-31"))

    def test_the_customer_of_the_invoice_is_the_one_the_contract_names(self):
        payer = self._make_customer("Holding")
        self.contract.invoice_partner_id = payer
        self._make_charge(self.contract, 300, in_advance=False, date_start=day("03-01"))
        self.assertEqual(self._bill("03-31").partner_id, payer)

    # Currencies and companies

    def test_each_currency_has_its_own_invoice(self):
        """Rule D9.55."""
        euro = self.setup_other_currency("EUR")
        self._make_work(self.contract)
        self._make_work(self._make_contract(currency_id=euro.id), 50, 162)
        moves = self._bill("03-31")
        amounts = {move.currency_id: move.amount_untaxed for move in moves}
        self.assertEqual(amounts, {self.currency: 100.0, euro: 135.0})

    def test_a_run_bills_its_own_company_only(self):
        other = self.setup_other_company()["company"]
        user = self._make_user(
            "biller2", "psa_contracts.psa_contracts_group_biller,account.group_account_invoice", other
        )
        self._make_rate(120, company_id=other.id)
        mine = self._make_work(self.contract)
        theirs = self._make_work(self._make_contract(company_id=other.id, owner_id=user.id))
        [move] = self._bill("03-31")
        self.assertEqual(move.psa_item_ids, mine)
        self.assertFalse(theirs.is_billed)
        [other_move] = self._bill("03-31", user=user, company_id=other.id)
        self.assertEqual((other_move.company_id, other_move.psa_item_ids), (other, theirs))

    def test_nobody_runs_the_billing_of_another_company(self):
        other = self.setup_other_company()["company"]
        with self.assertRaises(AccessError):
            self._make_run("03-31", company_id=other.id)

    # Numbers

    def test_runs_are_numbered_by_company_and_month(self):
        first, second = self._make_run("03-31"), self._make_run("03-31")
        self.assertRegex(first.name, r"^BR-\d{4}-\d{2}-01$")
        self.assertEqual(second.name, first.name[:-2] + "02")

    # Preview

    def test_the_preview_says_what_the_run_makes_and_writes_nothing(self):
        self._make_charge(self.contract, 300, in_advance=False, date_start=day("03-01"))
        self._make_block(self.contract, 10, price=90)
        self._make_work(self.contract)
        self._make_work(self.contract, state="draft")
        run = self._make_run("03-31")
        ledger = self.env["psa.billing.item"]
        number = ledger.search_count([])
        [row] = run._get_preview()
        self.assertEqual(ledger.search_count([]), number)
        self.assertEqual((row["customer"], row["count"], row["amount"]), ("Harbor Dental", 3, 1300.0))
        self.assertEqual(row["warnings"], ["1 items to review"])
        self.assertIn("1 items to review", run.preview)
        run.action_run()
        self.assertEqual(sum(run.sudo().move_ids.mapped("amount_untaxed")), row["amount"])
        self.assertFalse(run.preview)

    # Twice, killed, failing

    def test_a_second_run_bills_nothing_twice(self):
        self._make_charge(self.contract, 300, in_advance=False, date_start=day("03-01"))
        self._make_work(self.contract)
        run = self._make_run("03-31")
        run.action_run()
        self.assertEqual((run.state, run.move_count, run.item_count), ("done", 1, 2))
        self.assertFalse(self._bill("03-31"))
        run.action_run()
        self.assertEqual(run.move_count, 1)

    def test_a_run_killed_between_two_batches_goes_on_where_it_stopped(self):
        for name in ("Cobalt", "Old Mill", "Pine"):
            self._make_work(self._make_contract(partner_id=self._make_customer(name).id))
        run = self._make_run("03-31")
        with patch(f"{RUN}.BATCH", 1):
            run.action_run()
            self.assertEqual((run.state, run.move_count, run.remaining_count), ("running", 1, 2))
            run.action_run()
            self.assertEqual((run.state, run.move_count, run.remaining_count), ("running", 2, 1))
        with self.enter_registry_test_mode():
            self.env.ref("psa_contracts.psa_contracts_cron_billing_run").method_direct_trigger()
        self.assertEqual((run.state, run.move_count), ("done", 3))
        self.assertEqual(run.sudo().move_ids.create_uid, self.biller)

    def test_a_run_whose_user_may_bill_no_more_stops_and_lets_others_go_on(self):
        other = self._make_user(
            "leaver", "psa_contracts.psa_contracts_group_biller,account.group_account_invoice"
        )
        for name in ("Cobalt", "Old Mill"):
            self._make_work(self._make_contract(partner_id=self._make_customer(name).id))
        first, second = self._make_run("03-31", other), self._make_run("03-31")
        with patch(f"{RUN}.BATCH", 0):
            first.action_run()
            second.action_run()
        other.group_ids -= self.env.ref("account.group_account_invoice")
        with self.enter_registry_test_mode():
            self.env.ref("psa_contracts.psa_contracts_cron_billing_run").method_direct_trigger()
        self.assertEqual((first.state, first.sudo().move_count), ("problems", 0))
        self.assertIn("Stopped", "".join(first.sudo().message_ids.mapped("body")))
        self.assertEqual((second.state, second.move_count), ("done", 2))

    @mute_logger(RUN)
    def test_a_customer_with_a_problem_stops_no_other(self):
        poor = self._make_contract(partner_id=self._make_customer("Poor").id)
        broken = self._make_work(poor, product_id=self._make_included_product().id)
        good = self._make_work(self.contract)
        run = self._make_run("03-31")
        run.action_run()
        self.assertEqual(run.state, "problems")
        self.assertEqual(run.sudo().move_ids.psa_item_ids, good)
        self.assertEqual(run.problem_ids.partner_id, poor.partner_id)
        self.assertIn("tax included", run.problem_ids.reason)
        self.assertFalse(broken.is_billed)

    @mute_logger(RUN)
    def test_a_retry_bills_what_was_put_right(self):
        product = self._make_included_product()
        item = self._make_work(self.contract, product_id=product.id)
        run = self._make_run("03-31")
        run.action_run()
        self.assertFalse(run.sudo().move_ids)
        product.taxes_id = self.tax
        run.action_run()
        self.assertEqual((run.state, run.sudo().move_ids.psa_item_ids), ("done", item))
        self.assertFalse(run.problem_ids)

    def _make_included_product(self):
        tax = self.tax.copy({"name": "20 % included", "price_include_override": "tax_included"})
        return self._create_product(name="Included", type="service", taxes_id=tax)

    def test_items_that_another_transaction_holds_are_left_to_it(self):
        item = self._make_work(self.contract)
        nothing = self.env["psa.billing.item"]
        run = self._make_run("03-31")
        with patch.object(type(item), "try_lock_for_update", lambda items, **kwargs: nothing):
            run.action_run()
        self.assertEqual((run.state, run.remaining_count, run.move_count), ("running", 1, 0))
        run.action_run()
        self.assertEqual((run.state, run.sudo().move_ids.psa_item_ids), ("done", item))

    # Purchase order

    def test_items_beyond_the_limit_of_the_order_are_held_whole(self):
        """Rule D9.58: limit 1,000, used 700; of 200, 150 and 50 the first is billed."""
        self.contract.write({"purchase_order": "PO-1", "purchase_order_limit": 1000})
        self._make_work(self.contract, 420, date=day("02-01"))
        self._bill("02-28")
        billed = self._make_work(self.contract, 120, date=day("03-02"))
        held = self._make_work(self.contract, 90, date=day("03-03")) + self._make_work(
            self.contract, 30, date=day("03-04")
        )
        with mute_logger(RUN):
            [move] = self._bill("03-31")
        self.assertEqual(move.psa_item_ids, billed)
        self.assertEqual(held.mapped("is_billed"), [False, False])
        self.assertIn("PO-1", move.psa_billing_run_id.problem_ids.reason)
        self.contract.purchase_order = "PO-2"
        self.assertEqual(self._bill("03-31").psa_item_ids, held)

    def test_a_missing_order_number_holds_the_contract_and_no_other(self):
        self._make_work(self.contract)
        waiting = self._make_contract(
            name="With order", purchase_order="PO-9", is_purchase_order_required=True
        )
        self._make_work(waiting)
        waiting.purchase_order = False
        with mute_logger(RUN):
            [move] = self._bill("03-31")
        self.assertEqual(move.psa_item_ids.contract_id, self.contract)
        self.assertIn("order number", move.psa_billing_run_id.problem_ids.reason)

    # Undo and rights

    def test_undo_frees_everything_and_the_run_can_start_over(self):
        item = self._make_work(self.contract)
        run = self._make_run("03-31")
        run.action_run()
        run.action_undo()
        self.assertEqual((run.state, item.is_billed), ("draft", False))
        run.action_run()
        self.assertEqual(run.sudo().move_ids.psa_item_ids, item)

    def test_a_run_with_posted_invoices_is_neither_undone_nor_deleted(self):
        self._make_work(self.contract)
        run = self._make_run("03-31")
        run.action_run()
        run.sudo().move_ids.action_post()
        with self.assertRaisesRegex(UserError, "posted"):
            run.action_undo()
        with self.assertRaisesRegex(UserError, "made invoices"):
            run.unlink()

    def test_a_mistyped_year_of_the_invoice_date_is_refused(self):
        run = self._make_run("03-31")
        for mistyped in ("9999-12-31", "0206-03-31"):
            with self.subTest(mistyped), self.assertRaisesRegex(ValidationError, "Check its year"):
                run.invoice_date = mistyped

    def test_billing_needs_the_right_to_invoice(self):
        clerk = self._make_user("clerk", "psa_contracts.psa_contracts_group_biller")
        with self.assertRaisesRegex(UserError, "Invoicing"):
            self._make_run("03-31", user=clerk).action_run()

    def test_a_batch_costs_few_queries_more_for_twice_the_lines(self):
        def bill(number):
            for _number in range(number):
                self._make_work(self.contract, date=day("03-10"))
            self.env.flush_all()
            return self._make_run("03-31")

        counts = []
        for number in (1, 10, 20):
            run = bill(number)
            start = self.env.cr.sql_log_count
            run.action_run()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[2], counts[1] + 2)
