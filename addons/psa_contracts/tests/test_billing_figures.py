"""What a changed item bills, and in which order and words items reach an invoice."""

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import HOUR, PsaContractsCase, day

FLOAT_PRICES = {"price_unit", "price_hour", "rate", "overage_rate"}
COLLECT = "odoo.addons.psa_contracts.models.psa_billing_run_collect"


@tagged("post_install", "-at_install")
class TestBillingFigures(PsaContractsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._make_contract(credits_decreases=True)

    def _collect(self, charge, cutoff):
        self._make_run(cutoff)._prepare_collect(day(cutoff))
        return self.env["psa.billing.item"].search(
            [("source_model", "=", charge._name), ("source_id", "=", charge.id)], order="window_start, id"
        )

    def _change(self, item, **vals):
        item.with_user(self.approver)._adjust(vals, "agreed")
        return item.amount

    # Change (Rules D9.18, D9.40, D9.57)

    def test_a_changed_fee_keeps_its_share_of_the_period(self):
        fee = self._collect(
            self._make_charge(self.contract, 300, in_advance=False, date_start=day("03-16")), "03-31"
        )
        self.assertEqual(fee.amount, 154.84)
        self.assertEqual(self._change(fee, price_unit=290), 149.68)

    def test_changed_seats_keep_their_share_of_the_period(self):
        """18 seats from 15 February, 14 of 28 days: 855.00; 17 of them 807.50."""
        seats = self._collect(
            self._make_charge(self.contract, 95, quantity=18, in_advance=False, date_start=day("02-15")),
            "02-28",
        )
        self.assertEqual(seats.amount, 855.0)
        self.assertEqual(self._change(seats, quantity=17), 807.5)

    def test_a_changed_credit_of_a_seat_keeps_its_days(self):
        charge = self._make_charge(self.contract, 25, quantity=10, in_advance=False, date_start=day("03-01"))
        charge.change_ids = [(0, 0, {"date": day("03-20"), "quantity": 9})]
        credit = self._collect(charge, "03-31")[-1]
        self.assertEqual(credit.amount, -9.68)
        self.assertEqual(self._change(credit, price_unit=26), -10.06)

    def test_a_changed_fee_keeps_the_discount_it_was_made_with(self):
        fee = self._collect(
            self._make_charge(
                self.contract, 100, quantity=2, discount=50, in_advance=False, date_start=day("03-01")
            ),
            "03-31",
        )
        self.assertEqual(fee.amount, 100.0)
        self.assertEqual(self._change(fee, quantity=1), 50.0)

    def test_a_changed_block_is_sold_without_the_discount_of_the_contract_and_to_the_minute(self):
        self.contract.discount = 10
        block = self.env["psa.contract.block"].create(
            {"contract_id": self.contract.id, "minutes": 50, "price_hour": 60, "date_start": day("03-01")}
        )
        sale = self._collect(block, "03-31")
        self.assertEqual(sale.amount, 50.0)
        self.assertEqual(self._change(sale, price_unit=90), 75.0)

    def test_changed_work_is_less_the_discount_of_the_contract(self):
        self.contract.discount = 10
        item = self._make_work(self.contract, 60, amount=90)
        self.assertEqual(self._change(item, rate=110), 99.0)

    def test_non_billable_work_has_no_price_to_change(self):
        item = self._make_work(self.contract, cover="non_billable", amount=0)
        with self.assertRaisesRegex(UserError, "no price to change"):
            self._change(item, rate=50)
        self._change(item, name="Only the text")

    def test_four_eyes_see_every_change_since_the_last_approval(self):
        item = self._make_work(self.contract)
        item.with_user(self.biller)._adjust({"rate": 50}, "agreed")
        item.with_user(self.manager)._adjust({"name": "Printer repaired"}, "wording")
        for changer in (self.biller, self.manager):
            told = item.with_user(changer).action_approve()
            self.assertIn("somebody else", told["params"]["message"])
        item.with_user(self.approver).action_approve()
        self.assertEqual(item.state, "approved")
        item.with_user(self.approver).action_reopen()
        item.with_user(self.biller).action_approve()
        self.assertEqual(item.state, "approved")

    # Order (Rules D9.24, D9.58)

    def test_an_order_is_used_up_by_what_was_worked_first_however_approved(self):
        """Time before fees, then the number of the source: not the order in which rows were made."""
        contract = self._make_contract(name="PO", purchase_order="PO-1", purchase_order_limit=100)
        late = self._make_work(contract, source_id=900002)
        early = self._make_work(contract, source_id=900001)
        with mute_logger(COLLECT):
            move = self._bill("03-31")
        self.assertEqual((move.psa_item_ids, late.is_billed), (early, False))

    # Words

    def test_a_line_says_when_which_ticket_and_what(self):
        self.customer.lang = "en_US"
        self._make_work(self.contract, work_ref="[T000006] Scanner at the gate", name="Replaced the cable")
        self._make_work(self.contract, work_ref="[T000007] Printer", name="Printer", date=day("03-11"))
        names = self._bill("03-31").invoice_line_ids.filtered("psa_item_ids").mapped("name")
        self.assertEqual(
            names,
            [
                "03/10/2026, [T000006] Scanner at the gate: Replaced the cable",
                "03/11/2026, [T000007] Printer",
            ],
        )

    def test_a_line_names_the_technician_where_the_contract_says_so(self):
        self.contract.shows_technician = True
        self._make_work(self.contract, name="Replaced the cable")
        [line] = self._bill("03-31").invoice_line_ids.filtered("psa_item_ids")
        self.assertIn(f", {self.technician.name}: Replaced the cable", line.name)

    def test_a_line_for_a_ticket_says_its_days(self):
        self.contract.layout = "by_ticket"
        for number, text in ((10, "Looked"), (12, "Repaired")):
            self._make_work(self.contract, work_ref="[T000006] Scanner", name=text, date=day(f"03-{number}"))
        [line] = self._bill("03-31").invoice_line_ids.filtered("psa_item_ids")
        self.assertEqual(line.name, "03/10/2026 to 03/12/2026, [T000006] Scanner")

    def test_dates_and_rates_are_written_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        self._make_work(self.contract, 50, name="Kabel")
        [line] = self._bill("03-31").invoice_line_ids.filtered("psa_item_ids")
        self.assertIn("10.03.2026", line.name)
        self.assertIn("100,00", line.with_context(lang="de_DE").psa_time_text)
        self.assertIn("100.00", line.with_context(lang="en_US").psa_time_text)

    def test_a_converted_rate_is_not_printed_with_all_its_digits(self):
        self._make_work(self.contract, 60, rate=166.22222202, amount=166.22)
        [line] = self._bill("03-31").invoice_line_ids.filtered("psa_item_ids")
        self.assertEqual(line.with_context(lang="en_US").psa_time_text, "1:00 x 166.2222/h")

    # Due date

    def test_without_a_term_an_invoice_is_due_on_its_own_date(self):
        for number, date in enumerate(("03-31", "12-31")):
            self._make_work(self.contract, date=day(f"03-1{number}"))
            [move] = self._bill("03-31", invoice_date=day(date))
            self.assertEqual((move.invoice_date, move.invoice_date_due), (day(date), day(date)))

    def test_with_a_term_an_invoice_is_due_by_the_term(self):
        self.customer.property_payment_term_id = self.env.ref("account.account_payment_term_30days")
        self._make_work(self.contract)
        [move] = self._bill("03-31")
        self.assertEqual(move.invoice_date_due, day("04-30"))

    def test_the_lists_of_invoices_name_the_customer(self):
        self._make_work(self.contract)
        run = self._make_run("03-31")
        run.action_run()
        for action in (run.action_open_moves(), self.contract.action_open_moves()):
            self.assertEqual(action["context"]["default_move_type"], "out_invoice")
        arch = self.env["psa.billing.run"].get_view(view_type="form")["arch"]
        self.assertIn('name="partner_id"', arch.split('name="move_ids"', 1)[1].split("</kanban>")[0])

    def test_the_dialog_says_what_it_does_to_how_many(self):
        items = self._make_work(self.contract) + self._make_work(self.contract)
        reviews = self.env["psa.billing.review"].with_user(self.approver)
        values = {"decision": "written_off", "reason": "x"}
        many = reviews.create({**values, "item_ids": items.ids})
        one = reviews.create({**values, "item_ids": items[:1].ids})
        self.assertRegex(many.effect_text, "^2 items bill nothing")
        self.assertRegex(one.effect_text, "^The item bills nothing")

    def test_pre_bill_shows_items_at_first_sight(self):
        """`expand` unfolds one level: a second one would hide every item."""
        arch = etree.fromstring(self.env["psa.billing.item"].get_view(view_type="list")["arch"])
        self.assertEqual((arch.get("default_group_by"), arch.get("expand")), ("partner_id", "1"))

    def test_money_is_shown_with_its_currency(self):
        for model in (
            "psa.contract",
            "psa.contract.charge",
            "psa.contract.block",
            "psa.rate",
            "psa.billing.item",
        ):
            for kind in ("form", "list", "kanban"):
                arch = etree.fromstring(self.env[model].get_view(view_type=kind)["arch"])
                for node in arch.iter("field"):
                    if node.get("name") in FLOAT_PRICES and node.get("column_invisible") not in ("1", "True"):
                        self.assertEqual(node.get("widget"), "monetary", f"{model} {kind} {node.get('name')}")

    def test_minutes_of_a_block_are_exact(self):
        block = self._make_block(self.contract, 1, price=90)
        self.assertEqual(self._collect(block, "03-31").amount, 90.0)
        self.assertEqual(block.minutes, HOUR)
