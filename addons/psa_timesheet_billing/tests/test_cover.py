from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import PsaTimeCase, day


@tagged("post_install", "-at_install")
class TestCover(PsaTimeCase):
    """The sentence that says who pays, before and after approval, with amounts only for those who see prices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._make_contract(
            is_default=True, name="Gold support", overage_rate=120.0, owner_id=cls.paula.id
        )
        cls._make_block(cls.contract, 1, date_start=day("01-01"))
        cls.block = cls.contract.block_ids
        cls.ticket = cls._make_ticket()

    def _read_cover(self, line, user):
        line.invalidate_recordset(["psa_cover_text"])
        return line.with_user(user).psa_cover_text

    def test_a_draft_tells_what_would_become_of_it(self):
        line = self._log(80)
        self.assertEqual(self._read_cover(line, self.joe), f"1:00 covered by {self.block.name}, 0:20 overage")

    def test_amounts_are_told_only_to_those_who_see_prices(self):
        line = self._log(80)
        paulas = self._read_cover(line, self.paula)
        self.assertIn("0:20 overage (", paulas)
        self.assertIn("40.00", paulas)
        self.assertNotIn("40.00", self._read_cover(line, self.sam))

    def test_approved_time_tells_what_the_ledger_holds(self):
        line = self._log_approved(80)
        self.assertEqual(self._read_cover(line, self.joe), f"1:00 covered by {self.block.name}, 0:20 overage")
        self._items(line)[1].with_user(self.biller)._write_off("goodwill")
        self.assertIn("0:20 written off", self._read_cover(line, self.joe))

    def test_work_that_is_not_billed_says_so(self):
        line = self._log(30, psa_work_type_id=self.internal.id)
        self.assertEqual(self._read_cover(line, self.joe), "0:30 non-billable")

    def test_work_without_contract_says_so(self):
        loose = self._make_ticket(partner_id=self.env["res.partner"].create({"name": "Acme"}).id)
        line = self._log(30, psa_ticket_id=loose.id)
        self.assertEqual(self._read_cover(line, self.joe), "No contract: 0:30 billable")

    def test_the_sentence_is_live_while_typing(self):
        lines = self.env["account.analytic.line"].with_user(self.joe)
        with Form(
            lines.with_context(default_psa_ticket_id=self.ticket.id, is_timesheet=1),
            "psa_timesheet_billing.account_analytic_line_view_form_dialog",
        ) as form:
            form.name = "Roller changed"
            form.psa_minutes = 30
            self.assertEqual(form.psa_cover_text, f"0:30 covered by {self.block.name}")
            form.psa_minutes = 90
            self.assertEqual(form.psa_cover_text, f"1:00 covered by {self.block.name}, 0:30 overage")
            form.psa_work_type_id = self.internal
            self.assertEqual(form.psa_cover_text, "1:30 non-billable")

    def test_the_ticket_tells_the_balance(self):
        self.assertEqual(
            self.ticket.with_user(self.joe).psa_cover_text,
            "Gold support: 1:00 of 1:00 left",
        )
        self._log_approved(20)
        self._log(10)
        self.ticket.invalidate_recordset()
        self.assertEqual(
            self.ticket.with_user(self.joe).psa_cover_text,
            "Gold support: 0:40 of 1:00 left, 0:10 waiting for approval",
        )

    def test_the_ticket_tells_the_price_past_the_block_to_those_who_may_know(self):
        self.assertIn("120.00", self.ticket.with_user(self.paula).psa_cover_text)
        self.assertNotIn("120", self.ticket.with_user(self.sam).psa_cover_text)

    def test_a_ticket_without_contract_says_so(self):
        loose = self._make_ticket(partner_id=self.env["res.partner"].create({"name": "Acme"}).id)
        self.assertEqual(loose.with_user(self.joe).psa_cover_text, "No contract: standard rates")

    def test_the_ticket_leads_to_its_contract(self):
        action = self.ticket.with_user(self.joe).action_psa_open_contract()
        self.assertEqual((action["res_model"], action["res_id"]), ("psa.contract", self.contract.id))

    def test_contractors_see_no_cover(self):
        self.ticket.user_id = self.carl
        line = self._log(30, user=self.carl)
        with self.assertRaises(AccessError):
            line.with_user(self.carl).read(["psa_cover_text"])
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.carl).read(["psa_cover_text"])
