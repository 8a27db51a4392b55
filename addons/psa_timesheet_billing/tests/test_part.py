from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import day
from .part_common import PsaPartCase

TOKEN = "parts0000000000000000000000000001"


@tagged("post_install", "-at_install")
class TestPart(PsaPartCase):
    """Tuesday 10 March 2026: parts from the ticket to the invoice."""

    # The ledger

    def test_a_part_waits_for_review_from_the_moment_it_is_written_down(self):
        part = self._use(quantity=3, serial="SN-4711")
        item = self._item(part)
        self.assertEqual(
            (item.kind, item.contract_id, item.partner_id, item.state, item.cover),
            ("part", self.contract, self.customer, "draft", "billable"),
        )
        self.assertEqual((item.quantity, item.price_unit, item.amount), (3, 19.9, 59.7))
        self.assertEqual(item.name, "Fan, serial number SN-4711")
        self.assertEqual(item.work_ref, self.ticket.display_name)
        self.assertEqual(part.billing_state, "open")

    def test_a_part_free_of_charge_says_why_and_costs_nothing(self):
        item = self._item(self._use(free_reason="Warranty"))
        self.assertEqual((item.cover, item.amount), ("no_charge", 0))
        self.assertIn("Warranty", item.name)
        with self.assertRaisesRegex(UserError, "without charge has no price"):
            item.with_user(self.approver)._adjust({"price_unit": 5}, "No warranty")

    def test_a_change_of_the_part_changes_what_it_bills(self):
        part = self._use()
        part.with_user(self.joe).write({"quantity": 2, "product_id": self.disk.id})
        item = self._item(part)
        self.assertEqual((len(item), item.amount, item.name), (1, 178.0, "Disk"))
        part.with_user(self.joe).unlink()
        self.assertFalse(item.exists())

    def test_the_price_of_the_day_stays_when_the_catalogue_changes(self):
        part = self._use()
        self.fan.list_price = 25
        part.with_user(self.joe).serial = "SN-1"
        self.assertEqual(self._item(part).amount, 19.9)

    def test_the_price_list_of_the_customer_prices_the_part(self):
        self.env.user.group_ids += self.env.ref("product.group_product_pricelist")
        self.env.ref("base.group_user").implied_ids += self.env.ref("product.group_product_pricelist")
        dealers = self.env["product.pricelist"].create(
            {
                "name": "Dealers",
                "company_id": self.company.id,
                "item_ids": [
                    Command.create(
                        {"compute_price": "percentage", "percent_price": 10, "applied_on": "3_global"}
                    )
                ],
            }
        )
        self.customer.with_company(self.company).property_product_pricelist = dealers
        item = self._item(self._use(quantity=2))
        self.assertEqual(item.amount, 35.82)
        self.assertIn("price list Dealers", item.derivation["steps"][1]["why"])

    def test_a_contract_in_another_currency_is_billed_at_the_rate_of_the_day(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"name": day("03-01"), "currency_id": euro.id, "company_id": self.company.id, "rate": 0.5}
        )
        self.ticket.psa_contract_id = self._make_contract(name="In euros", currency_id=euro.id)
        item = self._item(self._use(quantity=3))
        self.assertEqual((item.currency_id, item.amount), (euro, 29.85))

    def test_what_is_approved_cannot_change_until_it_is_back_in_review(self):
        part = self._use()
        self._item(part).with_user(self.approver).action_approve()
        self.assertEqual(part.billing_state, "approved")
        for change in (
            lambda: part.with_user(self.joe).write({"quantity": 2}),
            lambda: part.with_user(self.sam).write({"quantity": 2}),
            lambda: part.with_user(self.joe).unlink(),
        ):
            with self.assertRaisesRegex(UserError, "billing is decided"):
                change()
        self._item(part).with_user(self.approver).action_reopen()
        part.with_user(self.joe).quantity = 2
        self.assertEqual(self._item(part).amount, 39.8)

    def test_a_run_bills_it_once_on_the_invoice_with_its_ticket(self):
        part = self._use(quantity=2, serial="SN-4711")
        self._item(part).with_user(self.approver).action_approve()
        invoice = self._bill("03-31")
        line = invoice.invoice_line_ids.filtered(lambda one: one.product_id == self.fan)
        self.assertEqual((line.quantity, line.price_unit, line.price_subtotal), (2, 19.9, 39.8))
        self.assertEqual(line.tax_ids, self.tax)
        self.assertIn(self.ticket.number, line.name)
        self.assertIn("SN-4711", line.name)
        self.assertEqual(part.billing_state, "billed")
        self.assertFalse(self._bill("04-30"), "it is billed once")
        invoice.unlink()
        self.assertFalse(self._item(part).is_billed)
        self.assertEqual(self._item(part).amount, 39.8)

    def test_a_part_written_off_bills_nothing_and_stays_as_it_is(self):
        part = self._use()
        self._item(part).with_user(self.approver)._write_off("Goodwill")
        self.assertEqual(part.billing_state, "written_off")
        with self.assertRaises(UserError):
            part.with_user(self.joe).quantity = 2
        self.ticket.partner_id = self._make_other_customer()
        self.assertEqual(self._item(part).partner_id, self.customer)

    def test_the_run_says_which_parts_nobody_pays_for(self):
        self.ticket.partner_id = False
        part = self._use()
        self.assertFalse(self._item(part))
        self.assertEqual(part.billing_state, "nobody")
        run = self._make_run("03-31")
        run.action_run()
        self.assertIn(self.ticket.number, " ".join(run.sudo().message_ids.mapped("body")))
        self.ticket.partner_id = self.customer
        self.assertEqual(self._item(part).amount, 19.9)

    def test_parts_follow_their_ticket_to_another_customer(self):
        part = self._use()
        other = self._make_other_customer()
        self.ticket.partner_id = other
        self.assertEqual((part.customer_id, self._item(part).partner_id), (other, other))
        self.assertFalse(self._item(part).contract_id)

    def test_a_contract_that_ended_before_takes_no_part_when_billed(self):
        part = self._use()
        self.contract.write({"date_end": day("03-09")})
        self._item(part)  # brought in before the contract changed
        self._bill("03-31")
        self.assertFalse(self._item(part).contract_id)

    def test_where_nobody_reviews_parts_are_ready_at_once(self):
        self.contract.psa_approval_mode = "immediate"
        part = self._use()
        self.assertEqual(part.billing_state, "approved")
        part.with_user(self.joe).quantity = 2  # no person decided
        self.assertEqual(self._item(part).amount, 39.8)

    def test_why_this_amount_is_told_with_and_without_money(self):
        item = self._item(self._use(quantity=2))
        [full] = item.with_user(self.biller).get_explanation()
        self.assertEqual(full["amount"], self.currency.format(39.8))
        [own] = item.with_user(self.joe).get_explanation()
        self.assertEqual([step["what"] for step in own["steps"]], ["2 Units used"])
        self.assertFalse(own["amount"])

    # What is no part

    def test_work_is_no_part(self):
        with self.assertRaisesRegex(ValidationError, "no goods"):
            self._use(product=self.labour)

    @mute_logger("odoo.sql_db")
    def test_of_a_part_some_was_used_and_a_reason_says_something(self):
        for values in ({"quantity": 0}, {"quantity": -1}, {"quantity": 100000}, {"free_reason": "  "}):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self._use(**values)

    def test_nothing_is_used_tomorrow(self):
        with self.assertRaisesRegex(ValidationError, "in the future"):
            self._use(date=fields.Date.today() + timedelta(days=2))

    def test_a_part_stays_with_who_used_it(self):
        part = self._use()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            part.with_user(self.joe).user_id = self.nina
        part.with_user(self.sam).user_id = self.nina
        self.assertEqual(self._item(part).user_id, self.nina)

    def test_a_merged_ticket_takes_no_parts(self):
        other = self._make_ticket()
        self.ticket.sudo().psa_merged_into_id = other
        with self.assertRaisesRegex(UserError, other.number):
            self._use()

    # Whose

    def test_everybody_changes_own_parts_and_the_service_manager_all(self):
        part = self._use()
        with self.assertRaises(AccessError):
            part.with_user(self.nina).quantity = 2
        with self.assertRaises(AccessError):
            self._use(user=self.nina, user_id=self.joe.id)
        part.with_user(self.sam).quantity = 2
        self.assertEqual(part.with_user(self.nina).quantity, 2)

    def test_nobody_sees_parts_of_a_ticket_out_of_sight(self):
        part = self._use()
        self.assertFalse(self.env["psa.part"].with_user(self.carl).search([]))
        with self.assertRaises(AccessError):
            part.with_user(self.carl).read(["name"])
        with self.assertRaises(AccessError):
            self._use(user=self.carl)

    def test_a_contractor_sees_own_parts_only(self):
        self.ticket.user_id = self.carl
        hidden, own = self._use(), self._use(user=self.carl)
        self.assertEqual(self.env["psa.part"].with_user(self.carl).search([]), own)
        with self.assertRaises(AccessError):
            hidden.with_user(self.carl).read(["name"])

    def test_technicians_read_no_price(self):
        with self.assertRaises(AccessError):
            self._use().with_user(self.joe).read(["price_unit"])

    def test_the_price_is_asked_once_for_parts_alike(self):
        def create(count):
            values = {"ticket_id": self.ticket.id, "date": day("03-10")}
            return (
                self.env["psa.part"]
                .with_user(self.joe)
                .create([{**values, "product_id": product.id} for product in (self.fan, self.disk) * count])
            )

        few, many = self._count_queries(create)
        self.assertEqual(few, many)

    # The finish sheet

    def _finish(self, user=None, token=TOKEN, **values):
        day_screen = self.env["psa.my.day"].with_user(user or self.joe)
        return day_screen.finish(token, self.ticket.id, {"summary": "Fan changed", **values})

    def test_the_finish_sheet_writes_down_its_parts_once(self):
        self.ticket.user_id = self.joe
        rows = [{"product_id": self.fan.id, "quantity": 2, "serial": "SN-1"}]
        self._finish(parts=rows)
        self._finish(parts=rows)
        part = self.ticket.psa_part_ids
        self.assertEqual(
            (part.product_id, part.quantity, part.serial, part.user_id), (self.fan, 2, "SN-1", self.joe)
        )

    def test_a_part_that_cannot_be_used_refuses_the_whole_sheet(self):
        self.ticket.user_id = self.joe
        gone = self.disk.id
        self.disk.unlink()
        for rows in (
            [{"product_id": self.labour.id, "quantity": 1}],
            [{"product_id": gone, "quantity": 1}],
            [{"product_id": self.fan.id, "quantity": 0}],
            "fan",
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self._finish(parts=rows, minutes=30)
        self.assertFalse(self.ticket.psa_part_ids)
        self.assertFalse(self.ticket.psa_time_ids)

    def test_parts_are_found_by_name_reference_and_barcode(self):
        self.disk.barcode = "4006381333931"
        screen = self.env["psa.my.day"].with_user(self.joe)

        def find(text):
            return [product["id"] for product in screen.find_products(self.ticket.id, text)]

        self.assertIn(self.fan.id, find("fan"))
        self.assertEqual(find("SSD-1T"), self.disk.ids)
        self.assertEqual(find("4006381333931"), self.disk.ids)
        self.assertNotIn(self.labour.id, find("Service work"))
        self.assertEqual(find(""), [])
        self._use(product=self.disk)
        self._use(product=self.fan)
        self.assertEqual(find(""), [self.fan.id, self.disk.id])

    def test_the_story_of_the_ticket_tells_parts(self):
        self._use(quantity=2, serial="SN-1")
        story = self.ticket.with_user(self.joe)._psa_get_timeline_entries()
        told = [entry for entry in story if entry.kind == "part"]
        self.assertEqual(
            [(entry.actor, entry.text) for entry in told], [(self.joe.name, "2 Units used: Fan, SN-1")]
        )

    def test_a_quantity_is_told_to_the_last_digit(self):
        part = self._use(quantity=12345.67)
        self.assertEqual(part._say_quantity(), "12,345.67")
        part.quantity = 2.5
        self.assertEqual(part._say_quantity(), "2.5")
        self.env["res.lang"]._activate_lang("de_DE")
        self.assertEqual(part.with_context(lang="de_DE")._say_quantity(), "2,5")
        part.quantity = 1200
        self.assertEqual(part._say_quantity(), "1,200")
