from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PsaTimeCase, day


@tagged("post_install", "-at_install")
class TestSettled(PsaTimeCase):
    """What an invoice or a person has settled keeps its figures and draws; the rest is rated again (Rules D9.26, D9.60)."""

    def _make_gold(self, hours=1, **values):
        contract = self._make_contract(
            **{"is_default": True, "name": "Gold support", "overage_rate": 120.0, **values}
        )
        self._make_block(contract, hours)
        return contract

    def _approve_item(self, line, cover):
        item = self._items(line).filtered(lambda item: item.cover == cover)
        item.with_user(self.biller).action_approve()
        return item

    def _credit(self, move):
        move.with_user(self.accountant).action_post()
        move.with_user(self.accountant)._reverse_moves(cancel=True)

    # ------------------------------------------------------------------
    # One part of an entry is on an invoice
    # ------------------------------------------------------------------

    def test_a_block_is_not_spent_twice_when_only_the_overage_was_invoiced(self):
        contract = self._make_gold(hours=1)
        a = self._log_approved(120, date=day("03-10"))
        self._approve_item(a, "overage")
        self.assertEqual(self._bill("03-31").amount_untaxed, 120.0)
        b = self._log_approved(60, date=day("03-05"))
        self.assertEqual(self._figures(b), [("overage", 60, 120.0)])
        self.assertEqual(self._figures(a), [("covered", 60, 0.0), ("overage", 60, 120.0)])
        self.assertEqual(contract.block_ids.drawn_hundredths, 6000)

    def test_a_held_rest_is_covered_by_a_block_bought_later(self):
        contract = self._make_gold(hours=1, overage_mode="hold", psa_approval_mode="on_timesheet")
        line = self._log_approved(150)
        self._bill("03-31")
        self.assertTrue(line.psa_is_billed)
        self._make_block(contract, 1)
        contract._psa_collect_labour()
        self.assertEqual(
            self._figures(line), [("covered", 60, 0.0), ("covered", 60, 0.0), ("overage", 30, 60.0)]
        )
        covered, later, held = self._items(line)
        self.assertEqual((covered.is_billed, later.state, held.state), (True, "approved", "on_hold"))
        self._make_block(contract, 5)
        contract._psa_collect_labour()
        self.assertEqual(self._figures(line), [("covered", 60, 0.0)] * 2 + [("covered", 30, 0.0)])
        self.assertEqual(line.psa_bill_minutes, 150)
        self.assertEqual(sum(self._items(line).mapped("draw_hundredths")), 15000)

    def test_a_held_rest_waits_in_the_order_of_the_work(self):
        """The hour goes to who worked first, held rest or new entry (Rule D9.24)."""
        contract = self._make_gold(hours=1, overage_mode="hold", psa_approval_mode="on_timesheet")
        line = self._log_approved(120, date=day("03-10"))
        self._bill("03-31")
        earlier = self._log_approved(60, date=day("03-05"))
        self.assertEqual(self._items(earlier).state, "on_hold")
        self._make_block(contract, 1)
        contract._psa_collect_labour()
        self.assertEqual(self._figures(earlier), [("covered", 60, 0.0)])
        self.assertEqual(self._items(line)[-1].state, "on_hold")

    def test_a_rest_that_a_person_released_stays_overage(self):
        contract = self._make_gold(hours=1, overage_mode="hold", psa_approval_mode="on_timesheet")
        line = self._log_approved(90)
        self._approve_item(line, "overage")
        self._items(line)[0].with_user(self.biller)._hold("ask")
        self._bill("03-31")
        self._make_block(contract, 1)
        contract._psa_collect_labour()
        self.assertEqual(self._figures(line), [("covered", 60, 0.0), ("overage", 30, 60.0)])

    def test_a_write_off_undone_beside_an_invoice_costs_nothing_again(self):
        self._make_gold(hours=1)
        line = self._log_approved(90)
        covered = self._items(line)[0]
        self._approve_item(line, "overage")
        covered.with_user(self.biller)._write_off("goodwill")
        self.assertEqual(covered.amount, 100.0)
        self._bill("03-31")
        covered.with_user(self.biller).action_reopen()
        self.assertEqual((covered.amount, covered.cover, covered.rate), (0.0, "covered", 0.0))
        self.assertEqual(covered.derivation["steps"][-1]["do"], "covered")

    # ------------------------------------------------------------------
    # Credited, to be billed again
    # ------------------------------------------------------------------

    def test_credited_work_is_billed_again_as_it_was(self):
        """Rule D9.60: earlier work typed meanwhile, and another rate, change nothing of it."""
        contract = self._make_gold(hours=2, psa_approval_mode="on_timesheet")
        a = self._log_approved(150, user=self.nina, date=day("03-10"))
        self.assertEqual(self._figures(a), [("covered", 120, 0.0), ("overage", 30, 60.0)])
        first = self._bill("03-31")
        self._credit(first)
        self.assertFalse(a.psa_is_billed)
        contract.overage_rate = 150
        c = self._log_approved(60, date=day("03-05"))
        self.assertEqual(self._figures(a), [("covered", 120, 0.0), ("overage", 30, 60.0)])
        self.assertEqual(self._figures(c), [("overage", 60, 150.0)])
        self.assertEqual(contract.block_ids.remaining_minutes, 0)
        again = self._bill("03-31")
        self.assertEqual(again.amount_untaxed, first.amount_untaxed + 150.0)

    def test_credited_work_is_rated_again_when_somebody_says_so(self):
        self._make_contract(is_default=True, psa_approval_mode="on_timesheet")
        line = self._log_approved(60)
        self._credit(self._bill("03-31"))
        line.with_user(self.sam).psa_work_type_id = self.after_hours
        self.assertEqual(self._figures(line), [("billable", 60, 150.0)])

    def test_credited_work_gives_its_block_back_when_it_is_withdrawn(self):
        contract = self._make_gold(hours=2, psa_approval_mode="on_timesheet")
        line = self._log_approved(120)
        self._credit(self._bill("03-31"))
        self.assertEqual(contract.block_ids.remaining_minutes, 0)
        line.with_user(self.sam)._psa_send_back("wrong day")
        self.assertEqual(contract.block_ids.remaining_minutes, 120)

    def test_credited_minutes_count_for_the_rounding_of_their_ticket(self):
        """Rule D9.9: 40 minutes were billed as 60 and will be again; 20 more cost nothing."""
        self._make_contract(
            is_default=True, rounding_scope="ticket", rounding_increment=60, psa_approval_mode="on_timesheet"
        )
        self._log_approved(40, date=day("02-10"))
        self._credit(self._bill("02-28"))
        self.assertEqual(self._figures(self._log_approved(20)), [("no_charge", 20, 0.0)])

    def test_a_deleted_draft_is_rated_again(self):
        """Nobody has seen a draft: what it billed is ordinary open work."""
        contract = self._make_gold(hours=2, psa_approval_mode="on_timesheet")
        self._log_approved(150)
        self._bill("03-31").unlink()
        contract.overage_rate = 150
        self.assertEqual(self._bill("03-31").amount_untaxed, 75.0)

    # ------------------------------------------------------------------
    # Nothing left to do
    # ------------------------------------------------------------------

    def test_work_nobody_pays_for_is_settled_and_needs_no_review(self):
        self._make_contract(is_default=True)
        line = self._log_approved(35, psa_work_type_id=self.internal.id)
        self.assertTrue(line.psa_is_settled)
        self.assertEqual(self._items(line).state, "approved")
        lines = self.env["account.analytic.line"]
        self.assertFalse(lines.search([*lines._psa_get_open_domain(), ("id", "=", line.id)]))

    def test_settled_work_that_gets_a_price_is_reviewed(self):
        self._make_contract(is_default=True)
        line = self._log_approved(60, psa_work_type_id=self.internal.id)
        line.with_user(self.sam).psa_work_type_id = self.remote
        self.assertEqual(self._figures(line), [("billable", 60, 100.0)])
        self.assertEqual(self._items(line).state, "draft")
        self.assertFalse(line.psa_is_settled)

    def test_a_work_type_that_bills_from_now_on_loses_no_work(self):
        self._make_contract(is_default=True)
        line = self._log_approved(60, psa_work_type_id=self.internal.id)
        self.internal.is_billable = True
        self._bill("03-31")
        self.assertEqual(self._figures(line), [("billable", 60, 100.0)])
        self.assertEqual(self._items(line).state, "draft")

    def test_written_off_work_is_settled_until_it_is_reopened(self):
        line = self._log_approved(60)
        self._items(line).with_user(self.biller)._write_off("goodwill")
        self.assertTrue(line.psa_is_settled)
        self._items(line).with_user(self.biller).action_reopen()
        self.assertFalse(line.psa_is_settled)

    # ------------------------------------------------------------------
    # No rate
    # ------------------------------------------------------------------

    def test_work_without_a_rate_is_not_approved_for_nothing(self):
        intern = self.env["project.role"].sudo().create({"name": "Intern"})
        item = self._items(self._log_approved(60, psa_role_id=intern.id))
        report = item.with_user(self.biller).action_approve()
        self.assertEqual(item.state, "on_hold")
        self.assertIn("no rate on that day", report["params"]["message"])
        item.with_user(self.biller)._adjust({"rate": 30.0}, "agreed by phone")
        self.assertEqual(item.amount, 30.0)
        item.with_user(self.manager).action_approve()
        self.assertEqual(item.state, "approved")

    def test_the_run_says_which_work_is_for_nobody(self):
        ticket = self._make_ticket(partner_id=False)
        self._log_approved(90, psa_ticket_id=ticket.id)
        run = self._make_run("03-31")
        run.action_run()
        told = " ".join(run.sudo().message_ids.mapped("body"))
        self.assertIn("1:30 of approved time is not billed", told)
        self.assertIn(ticket.number, told)

    def test_an_invoiced_entry_is_never_sent_back(self):
        self._make_gold(hours=1, psa_approval_mode="on_timesheet")
        line = self._log_approved(90)
        self._bill("03-31")
        with self.assertRaises(UserError):
            line.with_user(self.sam)._psa_send_back("x")
