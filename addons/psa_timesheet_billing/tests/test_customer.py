from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import PsaTimeCase, day


@tagged("post_install", "-at_install")
class TestCustomer(PsaTimeCase):
    """Time is billed to the customer of its ticket and on that customer's contract, whatever changes in between."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cobalt = cls.env["res.partner"].create({"name": "Cobalt Freight", "is_company": True})
        cls.gold = cls._make_contract(is_default=True, name="Gold", overage_rate=120.0)
        cls._make_block(cls.gold, 2)
        cls.theirs = cls._make_contract(is_default=True, name="Cobalt time", partner_id=cls.cobalt.id)
        cls.ticket = cls._make_ticket()

    # ------------------------------------------------------------------
    # The customer of a ticket changes
    # ------------------------------------------------------------------

    def test_draft_time_follows_the_customer_of_its_ticket(self):
        line = self._log(60)
        self.assertEqual(line.psa_contract_id, self.gold)
        self.ticket.partner_id = self.cobalt
        self.assertEqual((line.psa_customer_id, line.psa_contract_id), (self.cobalt, self.theirs))
        self.assertEqual(line.sudo().account_id, self.theirs.analytic_account_id)
        self._approve(line)
        self.assertEqual(self._items(line).partner_id, self.cobalt)
        self.assertEqual(self.gold.block_ids.remaining_minutes, 120)

    def test_submitted_time_follows_the_customer_of_its_ticket(self):
        line = self._log(60)
        line.action_psa_submit()
        self.ticket.partner_id = self.cobalt
        line.with_user(self.sam).action_psa_approve()
        self.assertEqual(self._items(line).contract_id, self.theirs)

    def test_draft_time_follows_the_contract_chosen_on_its_ticket(self):
        """Two that fit are left to a person; the choice on the ticket is a choice for its drafts."""
        acme = self.env["res.partner"].create({"name": "Acme"})
        one = self._make_contract(name="One", partner_id=acme.id)
        self._make_contract(name="Two", partner_id=acme.id)
        ticket = self._make_ticket(partner_id=acme.id)
        line = self._log(psa_ticket_id=ticket.id)
        self.assertFalse(line.psa_contract_id)
        ticket.psa_contract_id = one
        self.assertEqual(line.psa_contract_id, one)

    def test_a_customer_found_later_brings_the_contract(self):
        ticket = self._make_ticket(partner_id=False)
        line = self._log(60, psa_ticket_id=ticket.id)
        self.assertFalse(line.psa_contract_id)
        ticket.partner_id = self.customer
        self.assertEqual((line.partner_id, line.psa_contract_id), (self.customer, self.gold))

    def test_a_customer_set_after_approval_is_billed(self):
        ticket = self._make_ticket(partner_id=False)
        line = self._log_approved(60, psa_ticket_id=ticket.id)
        self.assertFalse(self._items(line))
        ticket.partner_id = self.customer
        self.assertEqual((line.psa_customer_id, line.partner_id), (self.customer, self.customer))
        self.assertEqual(self._figures(line), [("covered", 60, 0.0)])

    def test_approved_time_keeps_its_contact_and_the_ticket_says_so(self):
        line = self._log_approved(60)
        self.ticket.partner_id = self.cobalt
        self.assertEqual((line.partner_id, line.psa_customer_id), (self.customer, self.customer))
        self.assertEqual(line.psa_contract_id, self.gold)
        self.assertIn("1:00 of approved time stays with Harbor Dental", self.ticket.message_ids[0].body)
        line._psa_collect()
        self.assertEqual(self._items(line).partner_id, self.customer)

    def test_time_sent_back_takes_the_customer_its_ticket_has_now(self):
        line = self._log_approved(60)
        self.ticket.partner_id = self.cobalt
        line.with_user(self.sam)._psa_send_back("other customer")
        self.assertEqual((line.psa_customer_id, line.psa_contract_id), (self.cobalt, self.theirs))
        self._approve(line)
        self.assertEqual(
            (self._items(line).partner_id, self._items(line).contract_id), (self.cobalt, self.theirs)
        )

    def test_a_customer_put_on_the_project_later_leaves_approved_time_alone(self):
        project = self.company.psa_service_project_id
        line = self._log_approved(60)
        project.sudo().partner_id = self.cobalt
        self.assertEqual(line.partner_id, self.customer)

    def test_no_minute_is_lost_where_the_customer_comes_late(self):
        acme = self.env["res.partner"].create({"name": "Acme"})
        ticket = self._make_ticket(partner_id=False)
        line = self._log_approved(50, psa_ticket_id=ticket.id)
        ticket.partner_id = acme
        self.assertEqual(self._figures(line), [("billable", 50, 83.33)])

    # ------------------------------------------------------------------
    # A contract of somebody else
    # ------------------------------------------------------------------

    def test_time_takes_no_contract_of_another_customer(self):
        line = self._log()
        with self.assertRaisesRegex(ValidationError, "Cobalt Freight"):
            line.with_user(self.joe).psa_contract_id = self.theirs
        with self.assertRaisesRegex(ValidationError, "Cobalt Freight"):
            self._log(psa_contract_id=self.theirs.id)

    def test_time_takes_no_contract_that_is_a_draft(self):
        draft = self._make_contract(activate=False, name="Not signed")
        with self.assertRaises(ValidationError):
            self._log().with_user(self.joe).psa_contract_id = draft

    def test_a_contract_of_the_group_serves_its_sites(self):
        site = self.env["res.partner"].create({"name": "Westgate", "parent_id": self.customer.id})
        contract = self._make_contract(name="Westgate", partner_id=site.id)
        line = self._log()
        line.psa_contract_id = contract
        self.assertEqual(line.psa_contract_id, contract)

    def test_project_time_with_a_contract_keeps_it_when_its_day_changes(self):
        line = (
            self.env["account.analytic.line"]
            .with_user(self.joe)
            .create(
                {
                    "name": "Migration",
                    "project_id": self.company.psa_service_project_id.id,
                    "psa_contract_id": self.theirs.id,
                    "psa_minutes": 30,
                    "date": day("03-10"),
                }
            )
        )
        line.date = day("03-11")
        self.assertEqual(line.psa_contract_id, self.theirs)
        self._approve(line)
        self.assertEqual(self._figures(line), [("billable", 30, 50.0)])

    # ------------------------------------------------------------------
    # A contract that is not valid any more
    # ------------------------------------------------------------------

    def test_work_after_an_earlier_end_goes_to_standard_rates(self):
        """Rule D9.51: the contract ends 15 March, 60 minutes of 16 March are 100.00, draft or approved."""
        self._make_rate(92, contract_id=self.gold.id)
        draft = self._log(60, date=day("03-16"))
        approved = self._log_approved(60, date=day("03-16"))
        within = self._log_approved(60, date=day("03-15"))
        self.gold.date_end = day("03-15")
        self.assertFalse(draft.psa_contract_id)
        self.assertEqual(self._figures(approved), [("billable", 60, 100.0)])
        self.assertFalse(approved.psa_contract_id)
        self.assertEqual(approved.sudo().account_id, approved.sudo().project_id.account_id)
        self._approve(draft)
        self.assertEqual(self._figures(draft), [("billable", 60, 100.0)])
        self.assertEqual(self._figures(within), [("covered", 60, 0.0)])
        self.assertEqual(self.gold.block_ids.remaining_minutes, 60)

    def test_a_contract_picked_by_hand_must_be_valid_that_day(self):
        ended = self._make_contract(name="Old", date_end=day("03-09"))
        line = self._log(60)
        with self.assertRaisesRegex(ValidationError, "not valid"):
            line.psa_contract_id = ended

    def test_a_contract_that_is_longer_again_takes_its_drafts(self):
        self.gold.date_end = day("03-09")
        line = self._log(60)
        self.assertFalse(line.psa_contract_id)
        self.gold.date_end = False
        self.assertEqual(line.psa_contract_id, self.gold)

    def test_invoiced_work_keeps_its_contract(self):
        self.gold.psa_approval_mode = "on_timesheet"
        line = self._log_approved(60, date=day("03-16"))
        self._bill("03-31")
        self.gold.date_end = day("03-15")
        self.assertEqual(line.psa_contract_id, self.gold)
        self.assertEqual(self._figures(line), [("covered", 60, 0.0)])

    def test_taking_the_contract_off_project_time_takes_its_items_out(self):
        line = (
            self.env["account.analytic.line"]
            .with_user(self.joe)
            .create(
                {
                    "name": "Migration",
                    "project_id": self.company.psa_service_project_id.id,
                    "psa_contract_id": self.theirs.id,
                    "psa_minutes": 30,
                    "date": day("03-10"),
                }
            )
        )
        self._approve(line)
        line.with_user(self.sam).psa_contract_id = False
        self.assertFalse(self._items(line))

    # ------------------------------------------------------------------
    # Cost
    # ------------------------------------------------------------------

    def test_cost_follows_the_contract_when_the_ticket_changes(self):
        other = self._make_ticket(partner_id=self.cobalt.id)
        line = self._log(60)
        self.assertEqual(line.sudo().account_id, self.gold.analytic_account_id)
        line.psa_ticket_id = other
        self.assertEqual(line.sudo().account_id, self.theirs.analytic_account_id)
        loose = self._make_ticket(partner_id=self.env["res.partner"].create({"name": "Acme"}).id)
        line.psa_ticket_id = loose
        self.assertEqual(line.sudo().account_id, line.sudo().project_id.account_id)

    # ------------------------------------------------------------------
    # Rounding without contract
    # ------------------------------------------------------------------

    def test_a_day_without_contract_is_one_customers(self):
        """Rule D9.7: 20 minutes for Acme, billed as 60, pay nothing of the 20 minutes for Birch."""
        self.company.write({"psa_rounding_scope": "day", "psa_rounding_increment": 60})
        acme, birch = self.env["res.partner"].create([{"name": "Acme"}, {"name": "Birch"}])
        tickets = [self._make_ticket(partner_id=customer.id) for customer in (acme, birch)]
        first = self._log_approved(20, psa_ticket_id=tickets[0].id)
        self._items(first).with_user(self.biller).action_approve()
        self._bill("03-31")
        second = self._log_approved(20, psa_ticket_id=tickets[1].id)
        self.assertEqual(self._figures(second), [("billable", 20, 100.0)])

    # ------------------------------------------------------------------
    # Sight
    # ------------------------------------------------------------------

    def test_a_technician_reads_no_customer_more_through_time(self):
        other = self.env["helpdesk.ticket.team"].create({"name": "Elsewhere", "company_id": self.company.id})
        line = self._log(user=self.olga, psa_ticket_id=self._make_ticket(team_id=other.id).id)
        with self.assertRaises(AccessError):
            line.with_user(self.joe).read(["psa_customer_id"])
