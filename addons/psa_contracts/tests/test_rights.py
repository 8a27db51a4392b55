from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PsaContractsCase, day

PRICES = {
    "psa.contract": ["overage_rate", "discount", "purchase_order_limit"],
    "psa.contract.charge": ["price_unit", "discount"],
    "psa.contract.block": ["price_hour"],
    "psa.work.type": ["surcharge_amount", "rate_amount"],
    "psa.billing.item": ["rate", "price_unit", "discount", "amount", "derivation", "original_amount"],
}
# What an approver reads for the contracts in scope
SHOWN = {
    "psa.contract": ["monthly_amount", "terms_text"],
    "psa.contract.charge": ["shown_price"],
    "psa.contract.block": ["shown_price"],
}


@tagged("post_install", "-at_install")
class TestRights(PsaContractsCase):
    """Who may do what, asked as the lowest user of each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._make_contract(overage_rate=140, discount=5)
        cls.charge = cls._make_charge(cls.contract, 95)
        cls.block = cls._make_block(cls.contract, 10, price=120)
        cls.item = cls._make_work(cls.contract)

    # Prices

    def test_prices_are_out_of_reach_without_the_right(self):
        self.technician.group_ids += self.env.ref("base.group_allow_export")
        for model, names in PRICES.items():
            records = self.env[model].with_user(self.technician)
            for name in names + SHOWN.get(model, []):
                with self.assertRaises(AccessError, msg=f"read {model}.{name}"):
                    records.search([], limit=1).read([name])
                with self.assertRaises(AccessError, msg=f"search {model}.{name}"):
                    records.search([(name, "!=", False)])
                self.assertNotIn(name, records.fields_get())
                if self.env[model]._fields[name].store:
                    with self.assertRaises(AccessError, msg=f"group {model}.{name}"):
                        records.formatted_read_group([], [], [f"{name}:max"])
                    with self.assertRaises(AccessError, msg=f"order {model}.{name}"):
                        records.search([], order=name)
                with self.assertRaises(AccessError, msg=f"export {model}.{name}"):
                    records.search([], limit=1).export_data([name])

    def test_prices_hide_behind_no_relation_either(self):
        contracts = self.env["psa.contract"].with_user(self.technician)
        for path in ("charge_ids.price_unit", "block_ids.price_hour", "item_ids.amount", "rate_ids.amount"):
            with self.assertRaises(AccessError, msg=path):
                contracts.search([(path, ">", 1)])
        with self.assertRaises(AccessError):
            self.env["psa.rate"].with_user(self.technician).search([])

    def test_contract_and_balance_are_readable_without_prices(self):
        contract = self.contract.with_user(self.technician)
        # What other addons add to a contract is theirs to hide.
        names = [
            name
            for name in contract.fields_get()
            if contract._fields[name]._module in ("psa_contracts", "mail")
        ]
        [values] = contract.read(names)
        self.assertNotIn("overage_rate", values)
        self.assertEqual(contract.block_ids.mapped("remaining_minutes"), [600])
        contract.current_block_ids.read()
        contract.next_bill_date  # noqa: B018  computed from prices it must not show

    def test_who_bills_and_accountants_see_prices(self):
        for user in (self.biller, self.accountant):
            for model, names in PRICES.items():
                self.env[model].with_user(user).search([], limit=1).read(names)

    def test_an_approver_sees_the_prices_of_contracts_in_scope_and_of_no_other(self):
        self.contract.purchase_order_limit = 900
        other = self._make_contract(name="B", owner_id=self.manager.id, overage_rate=70)
        other_charge, other_block = self._make_charge(other, 33), self._make_block(other, 5, price=44)
        mine = self.contract.with_user(self.approver)
        self.assertEqual((mine.charge_ids.shown_price, mine.block_ids.shown_price), (95.0, 120.0))
        self.assertEqual(mine.monthly_amount, 90.25)
        for figure in ("140.00", "5.00", "900.00"):
            self.assertIn(figure, mine.terms_text)
        theirs = other.with_user(self.approver)
        self.assertEqual((theirs.monthly_amount, theirs.terms_text), (0.0, False))
        self.assertEqual(other_charge.with_user(self.approver).shown_price, 0.0)
        self.assertEqual(other_block.with_user(self.approver).shown_price, 0.0)
        for model in ("psa.contract", "psa.contract.charge", "psa.contract.block"):
            records = self.env[model].with_user(self.approver)
            for name in PRICES[model]:
                if self.env[model]._fields[name].store:
                    with self.assertRaises(AccessError, msg=f"{model}.{name}"):
                        records.search([(name, "!=", 0)])
                    with self.assertRaises(AccessError, msg=f"{model}.{name}"):
                        records.search([], limit=1).read([name])

    def test_an_approver_decides_in_scope_only_also_about_own_work(self):
        other = self._make_contract(name="B", owner_id=self.manager.id)
        item = self._make_work(other, user_id=self.approver.id, state="draft")
        mine = item.with_user(self.approver)
        for attempt in (mine.action_approve, lambda: mine._write_off("x"), lambda: mine.read(["amount"])):
            with self.assertRaises(AccessError):
                attempt()
        self.assertNotIn(item, mine.search([]))
        # An accountant reads everything, and decides no more than an approver does.
        self.approver.group_ids += self.env.ref("account.group_account_invoice")
        with self.assertRaisesRegex(AccessError, "account manager"):
            mine.action_approve()

    # Scope

    def test_a_technician_sees_the_items_of_own_work_only(self):
        other = self._make_work(self.contract, user_id=self.manager.id)
        items = self.env["psa.billing.item"].with_user(self.technician).search([])
        self.assertIn(self.item, items)
        self.assertNotIn(other, items)

    def test_an_approver_sees_own_contracts_customers_and_projects(self):
        project = self.env["project.project"].sudo().create({"name": "P", "user_id": self.second_approver.id})
        theirs = self._make_contract(name="B", owner_id=self.manager.id, project_id=project.id)
        customer = self.env["res.partner"].create(
            {"name": "Own customer", "user_id": self.second_approver.id}
        )
        mine = self._make_work(
            self._make_contract(name="C", owner_id=self.manager.id, partner_id=customer.id)
        )
        projects = self._make_work(theirs)
        found = self.env["psa.billing.item"].with_user(self.second_approver).search([])
        self.assertEqual(found, mine | projects)
        self.assertIn(self.item, self.env["psa.billing.item"].with_user(self.biller).search([]))

    def test_an_approver_sees_standard_rates_and_those_in_scope(self):
        own = self._make_rate(90, contract_id=self.contract.id)
        other = self._make_rate(90, contract_id=self._make_contract(name="B", owner_id=self.manager.id).id)
        rates = self.env["psa.rate"].with_user(self.approver).search([])
        self.assertIn(own, rates)
        self.assertNotIn(other, rates)
        self.assertTrue(rates.filtered(lambda rate: not rate.contract_id and not rate.partner_id))

    def test_nothing_of_another_company_is_seen(self):
        other = self.setup_other_company()["company"]
        self._make_rate(100, company_id=other.id)
        contract = self._make_contract(company_id=other.id, owner_id=self.approver.id)
        self._make_charge(contract, 1)
        self._make_block(contract, 1)
        self._make_work(contract, user_id=self.technician.id)
        self.env["psa.billing.run"].create({"company_id": other.id, "cutoff_date": day("03-31")})
        for user in (self.technician, self.approver, self.biller, self.manager, self.accountant):
            for model in PRICES.keys() - {"psa.work.type"}:
                found = self.env[model].with_user(user).search([("company_id", "=", other.id)])
                self.assertFalse(found, f"{user.login} {model}")
            if user not in (self.technician, self.approver):
                self.assertFalse(
                    self.env["psa.billing.run"].with_user(user).search([("company_id", "=", other.id)])
                )

    # Nobody else

    def test_technicians_change_no_contract(self):
        contract = self.contract.with_user(self.technician)
        for attempt in (
            lambda: contract.write({"name": "x"}),
            contract.action_activate,
            contract.action_hold,
            contract.action_end,
            contract.unlink,
            lambda: self.block.with_user(self.technician).write({"minutes": 1}),
            lambda: self.charge.with_user(self.technician).unlink(),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_who_approves_does_not_bill(self):
        with self.assertRaises(AccessError):
            self._make_run("03-31", user=self.approver)
        run = self._make_run("03-31")
        with self.assertRaises(AccessError):
            run.with_user(self.approver).action_run()
        with self.assertRaises(AccessError):
            run.with_user(self.accountant).action_run()

    def test_the_accountant_has_no_menu_of_ours(self):
        visible = self.env["ir.ui.menu"].with_user(self.accountant)._visible_menu_ids()
        ours = [
            self.env.ref(f"psa_contracts.{name}").id
            for name in ("psa_menu_contracts", "psa_menu_billing", "psa_menu_configuration_money")
        ]
        self.assertFalse(set(ours) & set(visible))

    def test_a_decision_dialog_is_seen_by_its_user_only(self):
        review = (
            self.env["psa.billing.review"]
            .with_user(self.approver)
            .create({"decision": "on_hold", "item_ids": [Command.set(self.item.ids)], "reason": "x"})
        )
        with self.assertRaises(AccessError):
            review.with_user(self.second_approver).action_apply()

    def test_a_decision_dialog_tells_nothing_of_items_of_another_company(self):
        japan = self.env["res.company"].create({"name": "Brightwater Test Japan"})
        foreign = self._make_work(self.contract)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE psa_billing_item SET company_id = %s WHERE id = %s", (japan.id, foreign.id)
        )
        self.env.invalidate_all()
        reviews = self.env["psa.billing.review"].with_user(self.approver)
        values = {"decision": "adjusted", "item_ids": [Command.set(foreign.ids)], "reason": "x"}
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            reviews.create(values)
        # What a browser asks for while somebody types is written down nowhere, and told all the same.
        with self.assertRaises(AccessError):
            reviews.onchange(values, ["item_ids"], {"name": {}, "price_unit": {}, "item_ids": {}})

    def test_a_hold_is_seen_by_its_user_only_and_holds_what_the_user_may_write(self):
        other = self._make_user("manager2", "psa_contracts.psa_contracts_group_manager")
        hold = (
            self.env["psa.contract.hold"]
            .with_user(self.manager)
            .create({"contract_ids": [Command.set(self.contract.ids)], "reason": "x"})
        )
        with self.assertRaises(AccessError):
            hold.with_user(other).action_apply()
        with self.assertRaises(AccessError):
            self.env["psa.contract.hold"].with_user(self.biller).create(
                {"contract_ids": [Command.set(self.contract.ids)], "reason": "x"}
            )
        with self.assertRaises(AccessError):
            self.contract.with_user(self.biller)._hold("x")

    def test_items_are_linked_to_lines_by_nobody_from_outside(self):
        move = self.init_invoice("out_invoice", products=self.product_a)
        with self.assertRaises(AccessError):
            move.invoice_line_ids.with_user(self.accountant).write(
                {"psa_item_ids": [Command.link(self.item.id)]}
            )
