from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import day
from .part_common import PsaPartCase


@tagged("post_install", "-at_install")
class TestPartDecided(PsaPartCase):
    """What is decided about a part stays, whatever happens to its ticket, until somebody takes the decision back."""

    def _use_approved(self, **values):
        part = self._use(**values)
        self._item(part).with_user(self.approver).action_approve()
        return part

    def _make_dealer(self):
        """A customer who pays ten per cent less."""
        self.env.ref("base.group_user").implied_ids += self.env.ref("product.group_product_pricelist")
        rule = {"compute_price": "percentage", "percent_price": 10, "applied_on": "3_global"}
        dealers = self.env["product.pricelist"].create(
            {"name": "Dealers", "company_id": self.company.id, "item_ids": [Command.create(rule)]}
        )
        dealer = self._make_other_customer()
        dealer.with_company(self.company).property_product_pricelist = dealers
        return dealer

    def _credit(self, invoice, price=None):
        """Post the invoice and a credit note for it, of `price` per part where given."""
        invoice.action_post()
        reversal = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard = reversal.create({"journal_id": invoice.journal_id.id, "date": day("04-02")})
        credit = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        if price:
            credit.invoice_line_ids.filtered(lambda line: line.product_id == self.fan).price_unit = price
        credit.action_post()

    # The ticket goes elsewhere

    def test_an_approved_part_is_billed_to_whom_it_was_approved_for(self):
        part = self._use_approved()
        self.ticket.partner_id = self._make_other_customer()
        self._bill("03-31")
        item = self._item(part)
        self.assertEqual(
            (item.is_billed, item.partner_id, part.customer_id), (True, self.customer, self.customer)
        )

    def test_an_approved_part_is_billed_though_its_ticket_lost_the_customer(self):
        part = self._use_approved()
        self.ticket.partner_id = False
        run = self._make_run("03-31")
        run.action_run()
        self.assertTrue(self._item(part).is_billed)
        self.assertNotIn("not billed because", " ".join(run.sudo().message_ids.mapped("body")))

    def test_the_ticket_says_which_parts_stay_with_the_old_customer(self):
        self._use_approved()
        self._use()
        self.ticket.with_user(self.joe).partner_id = self._make_other_customer()
        said = [body for body in self.ticket.sudo().message_ids.mapped("body") if "Parts that stay" in body]
        self.assertEqual(len(said), 1)
        self.assertIn(f"with {self.customer.name} because their billing is decided: 1.", said[0])

    def test_taken_back_it_follows_the_ticket_at_the_price_of_its_customer(self):
        part = self._use_approved(quantity=2)
        self.ticket.partner_id = dealer = self._make_dealer()
        item = self._item(part)
        self.assertEqual((item.partner_id, item.amount), (self.customer, 39.8))
        item.with_user(self.approver).action_reopen()
        self.assertEqual((item.partner_id, item.amount, part.customer_id), (dealer, 35.82, dealer))

    def test_taken_back_under_the_same_customer_it_keeps_the_price_of_its_day(self):
        part = self._use_approved()
        self.fan.list_price = 30
        self._item(part).with_user(self.approver).action_reopen()
        self.assertEqual(self._item(part).amount, 19.9)

    def test_what_nobody_reviewed_is_reviewed_where_the_new_contract_asks_for_it(self):
        self.contract.psa_approval_mode = "immediate"
        part = self._use()
        self.assertEqual(self._item(part).state, "approved")
        self.ticket.partner_id = self._make_other_customer()
        self.assertEqual(self._item(part).state, "draft")

    def test_parts_follow_their_ticket_to_another_company(self):
        elsewhere = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        self.env.user.company_ids += elsewhere
        queue = self.env["helpdesk.ticket.team"].create({"name": "There", "company_id": elsewhere.id})
        approved, part = self._use_approved(), self._use()
        self.ticket.write({"company_id": elsewhere.id, "team_id": queue.id})
        self.assertEqual((part.company_id, self._item(part).company_id), (elsewhere, elsewhere))
        self.assertEqual((approved.company_id, self._item(approved).company_id), (self.company, self.company))

    def test_a_product_of_one_company_goes_to_no_other(self):
        elsewhere = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        self.env.user.company_ids += elsewhere
        queue = self.env["helpdesk.ticket.team"].create({"name": "There", "company_id": elsewhere.id})
        self.fan.company_id = self.company
        self._use()
        with self.assertRaises(UserError):
            self.ticket.write({"company_id": elsewhere.id, "team_id": queue.id})

    # Credit

    def test_a_credited_part_is_billed_again_as_it_was(self):
        part = self._use_approved(quantity=2)
        self._credit(self._bill("03-31"))
        self.assertEqual(part.billing_state, "approved")
        with self.assertRaisesRegex(UserError, "billing is decided"):
            part.with_user(self.joe).quantity = 1
        self.assertEqual(self._bill("04-30").amount_untaxed, 39.8)

    def test_a_credited_part_that_is_back_in_review_may_change(self):
        part = self._use_approved(quantity=2)
        self._credit(self._bill("03-31"))
        self._item(part).with_user(self.approver).action_reopen()
        self.assertEqual((part.billing_state, self._item(part).amount), ("open", 39.8))
        part.with_user(self.joe).quantity = 1
        self.assertEqual(self._item(part).amount, 19.9)

    def test_a_part_credited_in_part_stays_on_its_invoice(self):
        part = self._use_approved(quantity=2)
        self._credit(self._bill("03-31"), price=10)
        self.assertEqual(sorted(self._item(part).mapped("amount")), [-20, 39.8])
        self.assertEqual(part.billing_state, "billed")
        self.assertFalse(self._bill("04-30"), "what was credited in part is not billed again")

    # Who approves

    def test_nobody_approves_an_own_part_but_an_owner(self):
        self.contract.owner_id = self.paula
        item = self._item(self._use(user=self.paula))
        item.with_user(self.paula).action_approve()
        self.assertEqual(item.state, "draft")
        item.with_user(self.biller).action_approve()
        self.assertEqual(item.state, "approved")
        self.olga.group_ids += self.env.ref("psa_contracts.psa_contracts_group_biller")
        own = self._item(self._use(user=self.olga))
        own.with_user(self.olga).action_approve()
        self.assertEqual(own.state, "approved")

    def test_who_changed_what_a_part_bills_does_not_approve_it(self):
        self.contract.owner_id = self.paula
        part = self._use()
        item = self._item(part)
        part.with_user(self.paula).quantity = 5
        item.with_user(self.paula).action_approve()
        self.assertEqual(item.state, "draft")
        part.with_user(self.joe).quantity = 4  # the other pair of eyes
        item.with_user(self.paula).action_approve()
        self.assertEqual(item.state, "approved")

    def test_a_serial_number_is_no_change_of_what_is_billed(self):
        self.contract.owner_id = self.paula
        part = self._use()
        part.with_user(self.paula).serial = "SN-1"
        self._item(part).with_user(self.paula).action_approve()
        self.assertEqual(part.billing_state, "approved")

    def test_without_four_eyes_one_person_may_do_both(self):
        self.company.psa_four_eyes = False
        self.contract.owner_id = self.paula
        part = self._use(user=self.paula)
        self._item(part).with_user(self.paula).action_approve()
        self.assertEqual(part.billing_state, "approved")

    def test_a_part_without_a_price_is_no_free_part(self):
        self.fan.list_price = 0
        self.contract.psa_approval_mode = "immediate"
        item = self._item(self._use())
        self.assertEqual(item.state, "draft")
        item.with_user(self.approver).action_approve()
        self.assertEqual(item.state, "draft")
        item.with_user(self.approver)._adjust({"price_unit": 12}, "As agreed")
        item.with_user(self.biller).action_approve()
        self.assertEqual((item.state, item.amount), ("approved", 12))
        self.assertEqual(self._item(self._use(free_reason="Warranty")).state, "approved")

    # What a call could send

    def test_whose_a_part_is_and_what_it_costs_is_not_written(self):
        part, other = self._use(), self._make_other_customer()
        # The manager of the desk, who also reads prices: the field itself is open to him.
        self.sam.group_ids += self.env.ref("psa_contracts.psa_contracts_group_biller")
        for values in (
            {"customer_id": other.id},
            {"company_id": self.company.id},
            {"price_unit": 0.01},
            {"price_currency_id": self.currency.id},
            {"pricelist_id": False},
            {"changed_by_id": self.joe.id},
        ):
            with self.subTest(values=values):
                with self.assertRaisesRegex(AccessError, "are not written"):
                    part.with_user(self.sam).write(values)
                with self.assertRaisesRegex(AccessError, "are not written"):
                    self._use(user=self.sam, **values)

    def test_defaults_of_a_client_say_nothing_of_it(self):
        parts = self.env["psa.part"].with_user(self.joe)
        parts = parts.with_context(default_customer_id=self._make_other_customer().id)
        part = parts.create({"ticket_id": self.ticket.id, "product_id": self.fan.id, "date": day("03-10")})
        self.assertEqual((part.customer_id, self._item(part).partner_id), (self.customer, self.customer))

    def test_a_slip_in_the_year_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Check the year"):
            self._use(date="0206-03-10")

    def test_parts_of_a_colleague_are_not_changed_through_the_ticket(self):
        part = self._use(user=self.nina)
        for command in (Command.delete(part.id), Command.update(part.id, {"quantity": 9})):
            with self.assertRaises(AccessError):
                self.ticket.with_user(self.joe).write({"psa_part_ids": [command]})
