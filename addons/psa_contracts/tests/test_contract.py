from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import PsaContractsCase, day


@tagged("post_install", "-at_install")
class TestContract(PsaContractsCase):
    """Life of a contract: its number, what activation asks for, its end, and what must never vanish."""

    def _draft(self, **values):
        return self._make_contract(activate=False, **values).with_user(self.manager)

    # Numbers

    def test_contracts_are_numbered_by_company_and_year(self):
        first, second = self._draft(), self._draft()
        self.assertRegex(first.number, r"^C-2026-\d{4}$")
        self.assertEqual(int(second.number[-4:]), int(first.number[-4:]) + 1)
        other = self.setup_other_company()["company"]
        self.assertEqual(self._make_contract(False, company_id=other.id).number, "C-2026-0001")
        self.assertEqual(self._make_contract(False, date_start="2027-01-01").number, "C-2027-0001")

    def test_blocks_are_numbered_within_the_contract(self):
        contract = self._draft()
        blocks = self._make_block(contract, 10) + self._make_block(contract, 5)
        self.assertEqual(blocks.mapped("name"), [f"{contract.number}/B1", f"{contract.number}/B2"])
        blocks[0].unlink()
        self.assertEqual(self._make_block(contract, 1).name, f"{contract.number}/B3")

    # Activation

    def test_a_contract_with_only_standard_rates_becomes_active_with_an_account_of_its_own(self):
        contract = self._draft()
        contract.action_activate()
        self.assertEqual(contract.state, "active")
        account = contract.sudo().analytic_account_id
        self.assertEqual((account.partner_id, account.company_id), (self.customer, self.company))
        self.assertIn(contract.number, account.name)

    def test_activation_names_everything_that_is_missing(self):
        self.env["psa.rate"].search([("company_id", "=", self.company.id)]).unlink()
        pesetas = self.env["res.currency"].create({"name": "XTS", "symbol": "x"})
        contract = self._draft(is_purchase_order_required=True, currency_id=pesetas.id)
        with self.assertRaises(UserError) as refused:
            contract.action_activate()
        for text in ("nothing to bill", "order number", "without an exchange rate"):
            self.assertIn(text, str(refused.exception))

    def test_a_charge_may_not_begin_before_the_contract(self):
        contract = self._draft(date_start=day("03-01"))
        self._make_charge(contract, 10, date_start=day("02-01"))
        with self.assertRaisesRegex(UserError, "begins before"):
            contract.action_activate()

    def test_only_one_service_contract_of_a_customer_takes_the_work_of_a_day(self):
        self._draft(is_default=True, date_end=day("06-30")).action_activate()
        with self.assertRaisesRegex(UserError, "another service contract"):
            self._draft(is_default=True, date_start=day("06-30")).action_activate()
        self._draft(is_default=True, date_start=day("07-01")).action_activate()
        self._draft(is_default=False, date_start=day("06-30")).action_activate()

    def test_an_active_contract_is_not_activated_again(self):
        contract = self._draft()
        contract.action_activate()
        with self.assertRaisesRegex(UserError, "not a draft"):
            contract.action_activate()

    # End

    @freeze_time("2026-03-20 12:00:00")
    def test_ending_today_or_on_the_last_day(self):
        running, over = self._draft(), self._draft(date_end=day("03-10"))
        (running + over).action_activate()
        (running + over).action_end()
        self.assertEqual(running.date_end, day("03-20"))
        self.assertEqual(over.date_end, day("03-10"))
        self.assertEqual((running + over).mapped("state"), ["ended", "ended"])

    @freeze_time("2026-03-20 12:00:00")
    def test_the_night_job_ends_what_is_past_its_last_day(self):
        over, last_day = self._draft(date_end=day("03-19")), self._draft(date_end=day("03-20"))
        (over + last_day).action_activate()
        self.env["psa.contract"]._cron_end_contracts()
        self.assertEqual((over + last_day).mapped("state"), ["ended", "active"])

    def test_an_ended_contract_still_bills_its_last_periods(self):
        contract = self._make_contract(date_end=day("03-20"))
        self._make_charge(contract, 310, in_advance=False, date_start=day("03-01"))
        contract.action_end()
        self.assertEqual(self._bill("03-31").amount_untaxed, 200.0)

    # What stays

    def test_only_an_unused_draft_is_deleted(self):
        active, used = self._draft(), self._draft()
        active.action_activate()
        self._make_work(used)
        for contract in (active, used):
            with self.assertRaisesRegex(UserError, "End and archive"):
                contract.unlink()
        self._draft().unlink()

    def test_customer_and_currency_are_fixed_once_there_are_items(self):
        contract = self._draft()
        other = self.env["res.partner"].create({"name": "Other"})
        contract.partner_id = other
        contract.partner_id = self.customer
        self._make_work(contract)
        with self.assertRaisesRegex(UserError, "cannot change"):
            contract.partner_id = other
        contract.partner_id = self.customer

    def test_a_sold_block_stays_as_it_was_paid(self):
        contract = self._make_contract()
        block = self._make_block(contract, 10, price=90).with_user(self.manager)
        self._bill("01-31")
        for values in ({"minutes": 300}, {"price_hour": 1}):
            with self.assertRaisesRegex(UserError, "on an invoice"):
                block.write(values)
        block.date_end = day("12-31")
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            block.unlink()

    def test_a_billed_charge_is_ended_not_deleted(self):
        contract = self._make_contract()
        charge = self._make_charge(contract, 100, in_advance=False, date_start=day("03-01"))
        self._bill("03-31")
        with self.assertRaisesRegex(UserError, "Set its last day"):
            charge.with_user(self.manager).unlink()
        charge.with_user(self.manager).date_end = day("03-31")

    def test_a_charge_deleted_before_it_was_billed_takes_its_items_along(self):
        contract = self._make_contract()
        charge = self._make_charge(contract, 100, in_advance=False, date_start=day("03-01"))
        run = self._make_run("03-31")
        run._prepare_collect(run.cutoff_date)
        self.assertEqual(len(contract.item_ids), 1)
        charge.with_user(self.manager).unlink()
        self.assertFalse(contract.item_ids)

    def test_a_charge_that_ends_earlier_loses_its_open_periods(self):
        contract = self._make_contract()
        charge = self._make_charge(contract, 310, in_advance=False, date_start=day("02-01"))
        run = self._make_run("03-31")
        run._prepare_collect(run.cutoff_date)
        self.assertEqual(len(contract.item_ids), 2)
        charge.date_end = day("02-28")
        self.assertEqual(self._bill("03-31").amount_untaxed, 310.0)
        self.assertEqual(len(contract.item_ids), 1)

    # Rates and work types

    def test_a_rate_has_one_version_a_day(self):
        contract = self._make_contract()
        self._make_rate(92, contract_id=contract.id)
        self._make_rate(99, contract_id=contract.id, date_from=day("03-16"))
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self._make_rate(95, contract_id=contract.id)

    def test_a_rate_takes_company_and_currency_of_its_contract(self):
        euro = self.setup_other_currency("EUR")
        contract = self._make_contract(currency_id=euro.id)
        rate = self.env["psa.rate"].create(
            {"contract_id": contract.id, "role_id": self.technician_role.id, "amount": 1}
        )
        self.assertEqual((rate.company_id, rate.currency_id), (self.company, euro))

    def test_shipped_work_types_and_roles(self):
        names = self.env["psa.work.type"].search([("company_id", "=", False)]).mapped("code")
        self.assertLessEqual({"REMOTE", "ONSITE", "TRAVEL", "AFTER", "INTERNAL"}, set(names))
        on_site = self.env.ref("psa_contracts.psa_work_type_on_site")
        after = self.env.ref("psa_contracts.psa_work_type_after_hours")
        internal = self.env.ref("psa_contracts.psa_work_type_internal")
        self.assertEqual((on_site.minimum_minutes, after.multiplier, internal.is_billable), (60, 1.5, False))

    # What it says about itself

    @freeze_time("2026-03-20 12:00:00")
    def test_the_next_bill_and_the_fees_a_month(self):
        contract = self._make_contract(discount=10)
        self._make_charge(contract, 100, quantity=2)
        self._make_charge(contract, 300, interval="quarter", in_advance=False)
        self._make_charge(contract, 999, date_end=day("02-28"))
        self.assertEqual(contract.next_bill_date, day("03-31"))
        self.assertEqual(contract.monthly_amount, 270.0)
        self.assertEqual(contract.kind_names, "Recurring charge, Time and materials")

    @freeze_time("2026-03-20 12:00:00")
    def test_units_of_today(self):
        charge = self._make_charge(self._make_contract(), 25, quantity=10)
        charge.change_ids = [
            (0, 0, {"date": day("03-12"), "quantity": 17}),
            (0, 0, {"date": day("04-01"), "quantity": 20}),
        ]
        self.assertEqual(charge.current_quantity, 17)

    def test_rules_in_words_name_no_price(self):
        contract = self._make_contract(rounding_increment=15, rounding_grace=5, overage_rate=140)
        self._make_block(contract, 10)
        self.assertEqual(
            contract.with_user(self.technician).rules_text.splitlines(),
            [
                "Each entry is rounded up to 0:15.",
                "0:05 past a full step is free.",
                "Drawn first: what expires first.",
                "When the blocks are used up: bill overage.",
            ],
        )

    def test_the_customer_form_counts_what_its_list_shows(self):
        site = self.env["res.partner"].create({"name": "Clinic", "parent_id": self.customer.id})
        self._make_contract()
        self._make_contract(partner_id=site.id)
        self._draft()
        customer = self.customer.with_user(self.technician)
        action = customer.action_psa_open_contracts()
        found = self.env["psa.contract"].with_user(self.technician).search_count(action["domain"])
        self.assertEqual((customer.psa_contract_count, found), (2, 2))

    def test_a_manager_writes_a_whole_contract_in_the_form(self):
        form = Form(self.env["psa.contract"].with_user(self.manager))
        form.name = "Managed services"
        form.partner_id = self.customer
        form.is_default = False
        with form.charge_ids.new() as charge:
            charge.price_unit = 95
            charge.quantity = 18
        with form.block_ids.new() as block:
            block.minutes = 600
            block.price_hour = 120
        with form.rate_ids.new() as rate:
            rate.role_id = self.technician_role
            rate.amount = 92
        contract = form.save()
        contract.action_activate()
        self.assertEqual(contract.charge_ids.name, "Managed services")
        self.assertEqual(contract.rate_ids.currency_id, self.currency)
