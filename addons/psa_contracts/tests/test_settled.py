from odoo.fields import Domain
from odoo.tests import tagged

from .common import PsaContractsCase, day


@tagged("post_install", "-at_install")
class TestSettled(PsaContractsCase):
    """What an invoice or a person settled stays as it is, whatever is collected later."""

    def _credit(self, move):
        move.action_post()
        move._reverse_moves(cancel=True)

    def test_a_credited_item_stays_as_it_was_until_it_is_withdrawn(self):
        """Rule D9.60."""
        contract = self._make_contract()
        item = self._make_work(contract, 60, source_id=9000)
        self._credit(self._bill("03-31"))
        self.assertEqual((item.is_billed, item.is_credited), (False, True))
        ledger = self.env["psa.billing.item"]
        ledger._collect([self._work_values(contract, 120, source_id=9000)])
        self.assertEqual(item.amount, 100.0)
        ledger._collect([], complete={"psa.test.entry": [9000]})
        self.assertEqual(self._bill("03-31").amount_untaxed, 100.0)

    def test_what_was_on_a_deleted_draft_is_no_credit(self):
        item = self._make_work(self._make_contract(), 60)
        self._bill("03-31").unlink()
        self.assertFalse(item.is_credited)

    def test_an_item_handed_to_a_new_invoice_that_is_deleted_stays_credited(self):
        item = self._make_work(self._make_contract(), 60)
        move = self._bill("03-31")
        move.action_post()
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard.create({"journal_id": move.journal_id.id}).modify_moves()
        self.assertTrue(item.is_billed)
        item.move_id.unlink()
        self.assertEqual((item.is_billed, item.is_credited), (False, True))

    def test_the_draw_of_a_credited_item_is_frozen(self):
        contract = self._make_contract()
        block = self._make_block(contract, 10)
        item = self._make_work(
            contract, 120, amount=0, cover="covered", block_id=block.id, draw_hundredths=12000
        )
        self.assertEqual(contract._get_frozen_draws(), {})
        self._credit(self._bill("03-31"))
        self.assertEqual(contract._get_frozen_draws(), {block.id: 12000})
        self.assertEqual(contract._get_frozen_draws(Domain("id", "=", item.id)), {})

    def test_an_earlier_cut_off_leaves_a_held_fee_alone(self):
        """April's fee is in dispute; a run up to 15 March knows nothing of April."""
        contract = self._make_contract()
        self._make_charge(contract, 300, date_start=day("04-01"))
        move = self._bill("04-30")
        item = move.psa_item_ids.filtered(lambda item: item.window_start == day("04-01"))
        move.unlink()
        item.with_user(self.approver)._hold("in dispute")
        self._bill("03-15")
        self.assertEqual((item.exists().state, item.reason), ("on_hold", "in dispute"))
        self._bill("04-30")
        self.assertFalse(item.is_billed)

    def test_a_fee_the_terms_no_longer_have_goes_when_its_day_comes(self):
        contract = self._make_contract()
        charge = self._make_charge(contract, 300, date_start=day("04-01"))
        move = self._bill("04-30")
        item = move.psa_item_ids.filtered(lambda item: item.window_start == day("04-01"))
        move.unlink()
        charge.date_end = day("04-10")
        self._bill("03-15")
        self.assertTrue(item.exists())
        self.assertEqual(sum(self._bill("04-30").psa_item_ids.mapped("amount")), 100.0, "10 of 30 days")
