"""What only buttons set is set neither by an API call nor by a default in the context."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PsaContractsCase, day


@tagged("post_install", "-at_install")
class TestGuarded(PsaContractsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._make_contract()
        cls.clerk = cls._make_user("clerk", "psa_contracts.psa_contracts_group_biller")
        cls.cron = cls.env.ref("psa_contracts.psa_contracts_cron_billing_run")

    # Billing run

    def test_nobody_starts_a_run_past_the_button(self):
        for values in ({"state": "running"}, {"user_id": self.biller.id}, {"state": "done"}):
            with self.assertRaises(AccessError, msg=values):
                self._make_run("03-31", user=self.clerk, **values)
        run = self._make_run("03-31", user=self.clerk)
        for values in ({"state": "running"}, {"user_id": self.biller.id}, {"remaining_count": 3}):
            with self.assertRaises(AccessError, msg=values):
                run.write(values)

    def test_a_default_in_the_context_or_of_the_user_starts_no_run(self):
        runs = self.env["psa.billing.run"].with_user(self.clerk)
        self.env["ir.default"].with_user(self.clerk).set("psa.billing.run", "state", "running", user_id=True)
        run = runs.with_context(default_state="running", default_user_id=self.biller.id).create(
            {"cutoff_date": day("03-31"), "invoice_date": day("03-31")}
        )
        self.assertEqual((run.state, run.user_id.id), ("draft", False))

    def _continue(self, run):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        return run.state, run.sudo().move_count

    def test_a_run_of_nobody_bills_nothing(self):
        self._make_work(self.contract)
        run = self._make_run("03-31")
        run.sudo().write({"state": "running", "user_id": False})
        self.assertEqual(self._continue(run), ("problems", 0))

    def test_a_run_of_somebody_who_left_bills_nothing(self):
        self._make_work(self.contract)
        run = self._make_run("03-31")
        run.sudo().write({"state": "running", "user_id": self.biller.id})
        self.biller.active = False
        self.assertEqual(self._continue(run), ("problems", 0))

    def test_a_run_of_a_clerk_without_the_right_to_invoice_bills_nothing(self):
        self._make_work(self.contract)
        run = self._make_run("03-31", user=self.clerk)
        run.sudo().write({"state": "running", "user_id": self.clerk.id})
        self.assertEqual(self._continue(run), ("problems", 0))

    def test_a_day_far_away_is_a_slip_of_the_keyboard(self):
        with self.assertRaisesRegex(ValidationError, "at the latest"):
            self._make_run("03-31").cutoff_date = "2206-03-31"
        run = self.env["psa.billing.run"].new({"company_id": self.company.id, "cutoff_date": "9999-12-31"})
        self.assertIn("at the latest", run.preview)

    # Contract

    def test_nobody_activates_a_contract_past_its_checks(self):
        contract = self._make_contract(activate=False, name="Empty").with_user(self.manager)
        with self.assertRaises(AccessError):
            contract.state = "active"
        with self.assertRaises(AccessError):
            contract.copy({"state": "active"})
        made = contract.with_context(default_state="active").create(
            {"name": "By default", "partner_id": self.customer.id}
        )
        self.assertEqual(made.state, "draft")
        made.action_activate()
        self.assertEqual(made.state, "active")

    def test_ending_a_draft_does_nothing(self):
        contract = self._make_contract(activate=False, name="Draft").with_user(self.manager)
        contract.action_end()
        self.assertEqual(contract.state, "draft")

    def test_an_active_contract_is_not_archived(self):
        contract = self.contract.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "End it first"):
            contract.action_archive()
        contract.action_end()
        contract.action_archive()
        self.assertFalse(contract.active)

    # Invoice

    def test_the_accountant_sets_no_bookkeeping_of_ours(self):
        self._make_work(self.contract)
        move = self._bill("03-31")
        run = self._make_run("03-31")
        move.button_cancel()
        mine = move.with_user(self.accountant)
        for values in (
            {"psa_items_freed": False},
            {"psa_billing_run_id": run.id},
            {"psa_replaces_id": move.id},
        ):
            with self.assertRaises(AccessError, msg=values):
                mine.write(values)
        with self.assertRaises(AccessError):
            mine.create({"move_type": "out_invoice", "psa_billing_run_id": run.id})
        made = mine.with_context(default_psa_billing_run_id=run.id).create({"move_type": "out_invoice"})
        self.assertFalse(made.psa_billing_run_id)

    # One bad contract

    def _break(self, contract, error):
        """Whatever collects the charges of this contract fails."""
        original = type(self.env["psa.contract.charge"])._prepare_items

        def prepare(charges, cutoff):
            if contract in charges.contract_id:
                raise error
            return original(charges, cutoff)

        self.patch(type(self.env["psa.contract.charge"]), "_prepare_items", prepare)

    def test_a_contract_that_cannot_be_collected_stops_no_other(self):
        bad = self._make_contract(
            name="Bad", partner_id=self.env["res.partner"].create({"name": "Cobalt", "is_company": True}).id
        )
        for contract in (self.contract, bad):
            self._make_charge(contract, 300, in_advance=False, date_start=day("03-01"))
        self._make_work(bad)
        for error in (KeyError("USD"), ValueError("minutes"), UserError("being rated by somebody else")):
            with self.subTest(error=error), self.env.cr.savepoint() as savepoint:
                self._break(bad, error)
                run = self._make_run("03-31")
                with mute_logger("odoo.addons.psa_contracts.models.psa_billing_run_collect"):
                    run.action_run()
                self.assertEqual(run.state, "problems")
                self.assertEqual(run.sudo().move_ids.partner_id, self.customer)
                self.assertEqual(run.problem_ids.partner_id, bad.partner_id)
                savepoint.rollback()

    # Customers of a run

    def test_a_chosen_customer_is_billed_whoever_pays(self):
        payer = self.env["res.partner"].create({"name": "Holding", "is_company": True})
        self.contract.invoice_partner_id = payer
        item = self._make_work(self.contract, partner_id=payer.id)
        self._make_work(self._make_contract(name="Other", partner_id=payer.id))
        move = self._bill("03-31", partner_ids=self.customer.ids)
        self.assertEqual((move.partner_id, move.psa_item_ids), (payer, item))

    def test_all_sites_of_a_customer_share_one_invoice(self):
        """Rule D9.55: one invoice a customer."""
        site = self.env["res.partner"].create({"name": "Depot", "parent_id": self.customer.id})
        contract = self._make_contract(name="Depot", partner_id=site.id)
        self._make_charge(contract, 300, in_advance=False, date_start=day("03-01"))
        self._make_work(self.env["psa.contract"])
        [move] = self._bill("03-31")
        self.assertEqual((move.partner_id, move.amount_untaxed), (self.customer, 400.0))
