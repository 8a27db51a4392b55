from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import HOUR, PsaContractsCase, day


@tagged("post_install", "-at_install")
class TestBillingInvoice(PsaContractsCase):
    """What stands on the native invoice: quantities, covered work, taxes, discounts, credit notes, the print."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._make_contract()

    def _make_covered(self, contract, block, hours, **values):
        return self._make_work(
            contract,
            hours * HOUR,
            amount=0,
            cover="covered",
            block_id=block.id,
            draw_hundredths=hours * 6000,
            **values,
        )

    # Quantity shown: Rule D9.20

    def test_50_minutes_at_100_are_83_33_and_read_0_50_x_100_00_h(self):
        self._make_work(self.contract, 50)
        [move] = self._bill("03-31")
        line = move.invoice_line_ids.filtered("psa_minutes")
        self.assertEqual(self._lines(move), [(1.0, 83.33, 83.33)])
        self.assertEqual(
            (line.psa_minutes, line.psa_rate, line.psa_time_text), (50, 100.0, "0:50 x 100.00/h")
        )
        self.assertEqual(line.product_uom_id, self.env.ref("uom.product_uom_unit"))
        self.assertEqual(move.amount_total, 100.0)

    def test_75_minutes_at_95_are_hours_times_rate(self):
        self._make_work(self.contract, 75, 95)
        [move] = self._bill("03-31")
        self.assertEqual(self._lines(move), [(1.25, 95.0, 118.75)])
        self.assertEqual(
            move.invoice_line_ids.filtered("psa_minutes").product_uom_id, self.env.ref("uom.product_uom_hour")
        )

    def test_a_rate_is_not_rounded_on_the_line(self):
        """Rule D9.17: 87.35 x 1.5 = 131.025; 10 h = 1,310.25."""
        self._make_work(self.contract, 10 * HOUR, 131.025)
        [move] = self._bill("03-31")
        self.assertEqual(self._lines(move), [(10.0, 131.025, 1310.25)])
        self.assertEqual(move.invoice_line_ids.filtered("psa_minutes").psa_time_text, "10:00 x 131.025/h")

    def test_three_times_50_minutes_are_249_99_in_every_layout(self):
        """Rule D9.18."""
        for layout, number in (("itemised", 3), ("by_ticket", 1), ("one_line", 1)):
            contract = self._make_contract(name=layout, layout=layout)
            for _number in range(3):
                self._make_work(contract, 50, work_ref="T000123 Printer jam")
            [move] = self._bill("03-31")
            self.assertEqual((len(self._lines(move)), move.amount_untaxed), (number, 249.99), layout)
            shown = move.invoice_line_ids.filtered("psa_minutes")
            self.assertEqual(sum(shown.mapped("psa_minutes")), 150)

    def test_rolled_up_work_says_the_ticket_or_the_days(self):
        for layout, name in (
            ("by_ticket", "03/10/2026 to 03/12/2026, T000123 Printer jam"),
            ("one_line", "03/10/2026 to 03/12/2026: work"),
        ):
            contract = self._make_contract(name=layout, layout=layout)
            refs = {"by_ticket": ["T000123 Printer jam"] * 2, "one_line": ["T1", "T2"]}[layout]
            for number, ref in enumerate(refs):
                self._make_work(contract, 60, name=f"w{number}", work_ref=ref, date=day(f"03-1{2 * number}"))
            [move] = self._bill("03-31")
            self.assertEqual(move.invoice_line_ids.filtered("psa_minutes").name, name)

    # Cover and tax: Rule D9.34

    def test_a_block_is_taxed_when_sold_covered_work_is_free_and_overage_is_taxed(self):
        block = self._make_block(self.contract, 10, price=90, date_start=day("03-01"))
        [sale] = self._bill("03-01")
        self.assertEqual((sale.amount_untaxed, sale.amount_tax), (900.0, 180.0))
        self.assertEqual(self._lines(sale), [(10.0, 90.0, 900.0)])
        self._make_covered(self.contract, block, 10)
        self._make_work(
            self.contract, 2 * HOUR, 110, kind="overage", cover="overage", product_id=self.overage.id
        )
        [move] = self._bill("03-31")
        covered = move.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and not line.price_total
        )
        self.assertEqual(
            (covered.price_unit, covered.tax_ids, covered.psa_minutes), (0.0, self.tax.browse(), 600)
        )
        self.assertIn(f"covered by {block.name}", covered.name)
        self.assertEqual(covered.psa_time_text, "10:00 h")
        self.assertEqual((move.amount_untaxed, move.amount_tax), (220.0, 44.0))
        self.assertEqual(block.remaining_minutes, 0)

    def test_covered_work_alone_is_an_invoice_over_nothing(self):
        """Rule D9.56."""
        block = self._make_block(self.contract, 10)
        self._bill("01-31")
        self._make_covered(self.contract, block, 1)
        [move] = self._bill("03-31")
        self.assertEqual((move.move_type, move.amount_total), ("out_invoice", 0.0))
        move.with_user(self.accountant).action_post()
        self.assertEqual(move.state, "posted")

    def test_a_block_without_a_price_is_sold_for_nothing_once(self):
        self._make_block(self.contract, 10)
        self.assertEqual(self._bill("01-31").amount_total, 0.0)
        self.assertFalse(self._bill("02-28"))

    def test_taxes_go_through_the_fiscal_position_of_the_customer(self):
        """Rule D7: the host maps the product's tax."""
        free = self.tax.copy({"name": "Export", "amount": 0})
        position = self.env["account.fiscal.position"].create(
            {"name": "Abroad", "company_id": self.company.id}
        )
        free.write(
            {
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.tax.ids)],
            }
        )
        self.customer.with_company(self.company).property_account_position_id = position
        self._make_work(self.contract)
        [move] = self._bill("03-31")
        self.assertEqual(move.invoice_line_ids.tax_ids, free)
        self.assertEqual((move.amount_untaxed, move.amount_tax), (100.0, 0.0))

    def test_tax_is_rounded_over_the_invoice_on_rounded_lines(self):
        """Rule D9.54: three lines of 10.10 at 8.25 % are 2.50; 2.01 + 0.83 for two taxes."""
        county = self.tax.copy({"name": "County", "amount": 8.25})
        product = self._create_product(name="County work", type="service", taxes_id=county)
        for _number in range(3):
            self._make_work(self.contract, 60, 10.10, product_id=product.id)
        self.assertEqual(self._bill("03-31").amount_tax, 2.5)
        self._make_work(self.contract, 60, 10.03, product_id=product.id)
        self._make_work(self.contract, 60, 10.03)
        self.assertEqual(self._bill("03-31").amount_tax, 2.84)

    def test_the_work_type_decides_account_and_tax_where_the_item_names_no_product(self):
        account = self.copy_account(self.company_data["default_account_revenue"])
        product = self._create_product(
            name="Travel", type="service", taxes_id=self.tax, property_account_income_id=account.id
        )
        travel = self.env["psa.work.type"].create({"name": "Trip", "code": "TRIP", "product_id": product.id})
        self._make_work(self.contract, work_type_id=travel.id, product_id=False)
        line = self._bill("03-31").invoice_line_ids.filtered("psa_minutes")
        self.assertEqual((line.product_id, line.account_id), (product, account))

    # Fees, discounts, credit notes

    def test_a_fee_shows_quantity_price_and_its_own_period(self):
        self._make_charge(self.contract, 95, quantity=18, date_start=day("02-15"))
        [move] = self._bill("02-28")
        names = move.invoice_line_ids.filtered(lambda line: line.display_type == "product").sorted("sequence")
        self.assertEqual(
            names.mapped("name"),
            ["Managed services, 02/15/2026 to 02/28/2026", "Managed services, 03/01/2026 to 03/31/2026"],
        )
        self.assertEqual(self._lines(move), [(1.0, 855.0, 855.0), (18.0, 95.0, 1710.0)])

    def test_a_discount_is_part_of_the_item(self):
        """Rule D9.57: 3 x 33.33 less 10 % is 89.99."""
        self.contract.discount = 10
        self._make_charge(self.contract, 33.33, quantity=3, in_advance=False, date_start=day("03-01"))
        self.assertEqual(self._lines(self._bill("03-31")), [(1.0, 89.99, 89.99)])

    def test_a_charge_has_its_own_discount_or_that_of_the_contract(self):
        self.contract.discount = 10
        self._make_charge(self.contract, 100, discount=50, in_advance=False, date_start=day("03-01"))
        self.assertEqual(self._bill("03-31").amount_untaxed, 50.0)

    def test_a_sum_below_zero_is_a_credit_note(self):
        """Rule D9.56: one seat fewer from 20 March is a credit of 9.68."""
        self.contract.credits_decreases = True
        charge = self._make_charge(
            self.contract, 25, quantity=10, date_start=day("03-01"), date_end=day("03-31")
        )
        self._bill("02-28")
        charge.change_ids = [Command.create({"date": day("03-20"), "quantity": 9})]
        [move] = self._bill("03-31")
        self.assertEqual((move.move_type, move.amount_untaxed), ("out_refund", 9.68))
        move.with_user(self.accountant).action_post()

    def test_a_currency_without_cents_is_rounded_to_its_unit(self):
        yen = self.setup_other_currency("JPY", rounding=1.0)
        contract = self._make_contract(name="Tokyo", currency_id=yen.id)
        self._make_charge(contract, 1000, in_advance=False, date_start=day("03-16"))
        self.assertEqual(self._bill("03-31").amount_untaxed, 516.0)

    @mute_logger("odoo.addons.psa_contracts.models.psa_billing_run_invoice")
    def test_a_tax_included_in_the_price_is_refused(self):
        tax = self.tax.copy({"name": "Included", "price_include_override": "tax_included"})
        product = self._create_product(name="Included", type="service", taxes_id=tax)
        self._make_work(self.contract, product_id=product.id)
        self.assertFalse(self._bill("03-31"))

    # Margin and print

    def test_revenue_reaches_the_analytic_account_of_the_contract(self):
        self._make_work(self.contract, 50)
        [move] = self._bill("03-31")
        move.with_user(self.accountant).action_post()
        account = self.contract.analytic_account_id
        lines = self.env["account.analytic.line"].search(
            [(f"{account.plan_id._column_name()}", "=", account.id)]
        )
        self.assertEqual(lines.mapped("amount"), [83.33])

    def test_the_invoice_prints_time_and_rate_instead_of_one_unit(self):
        self._make_work(self.contract, 50)
        [move] = self._bill("03-31")
        html, _type = self.env["ir.actions.report"]._render_qweb_html("account.account_invoices", move.ids)
        text = html.decode()
        self.assertIn("0:50 x 100.00/h", text)
        self.assertIn("Printer fixed", text)

    def test_the_invoice_speaks_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        self._make_charge(self.contract, 95, in_advance=False, date_start=day("03-01"))
        line = self._bill("03-31").invoice_line_ids.filtered(lambda line: line.display_type == "product")
        self.assertIn("01/03/2026", line.name)
