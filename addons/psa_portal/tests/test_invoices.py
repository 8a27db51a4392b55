from odoo.tests import tagged

from .common import PsaPortalCase, day


@tagged("post_install", "-at_install")
class TestInvoicesOfCustomers(PsaPortalCase):
    """An invoice tells of tickets: who sees only the own ones sees none of it, whatever became of it later."""

    def _reverse(self, modify=False):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=self.invoice.ids)
            .create({"journal_id": self.invoice.journal_id.id, "date": day("04-01")})
        )
        action = wizard.modify_moves() if modify else wizard.refund_moves()
        return self.env["account.move"].browse(action["res_id"])

    def _assert_hidden(self, moves):
        """Leo neither finds nor reads any of these, nor their lines; Mia sees those that are posted."""
        for move in moves:
            self.env.invalidate_all()
            for records in (move, move.line_ids):
                found = self.env[records._name].with_user(self.leo).search([("id", "in", records.ids)])
                self.assertFalse(found, move.name)
                self.assertFalse(any(one.with_user(self.leo).has_access("read") for one in records))
            if move.state == "posted":
                self.assertTrue(move.with_user(self.mia).has_access("read"))

    def test_a_fresh_invoice(self):
        self._assert_hidden(self.invoice)

    def test_an_invoice_credited_in_full_and_its_credit_note(self):
        credit = self.invoice._reverse_moves(cancel=True)
        self.assertFalse(self.invoice.psa_item_ids)
        self._assert_hidden(self.invoice | credit)

    def test_an_invoice_that_was_replaced(self):
        copy = self._reverse(modify=True)
        copy.action_post()
        self._assert_hidden(self.invoice | self.invoice.reversal_move_ids | copy)

    def test_a_partial_credit_note(self):
        credit = self._reverse()
        credit.invoice_line_ids[:1].price_unit = 1
        credit.action_post()
        self._assert_hidden(self.invoice | credit)

    def test_a_duplicate(self):
        copy = self.invoice.copy()
        copy.action_post()
        self._assert_hidden(copy)

    def test_whoever_it_is_addressed_to_sees_it(self):
        self.invoice.message_subscribe(self.leo.partner_id.ids)
        self.assertTrue(self.invoice.with_user(self.leo).has_access("read"))

    def test_customers_do_not_ask_for_the_mark(self):
        plain = self.env["account.move"].create({"move_type": "out_invoice", "partner_id": self.harbor.id})
        self.assertFalse(plain.psa_tells_work)
        self.assertTrue(self.invoice.psa_tells_work)
