from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PsaTimeCase


@tagged("post_install", "-at_install")
class TestFourEyes(PsaTimeCase):
    """Whoever sets what is billed for an entry does not approve its billing items."""

    def setUp(self):
        super().setUp()
        # Paula holds both rights of an approver.
        self._make_contract(is_default=True, owner_id=self.paula.id)
        self.line = self._log_approved()

    def _approve_items(self, user):
        items = self._items(self.line)
        items.with_user(user).action_approve()
        return set(items.mapped("state"))

    def test_a_price_set_on_the_entry_is_approved_by_somebody_else(self):
        self.line.with_user(self.paula).psa_bill_rate = 300.0
        self.assertEqual(self.line.psa_bill_set_by_id, self.paula)
        self.assertEqual(self._approve_items(self.paula), {"draft"})
        self.assertEqual(self._approve_items(self.biller), {"approved"})

    def test_minutes_set_on_the_entry_are_approved_by_somebody_else(self):
        self.line.with_user(self.paula).psa_bill_minutes = 480
        self.assertEqual(self._approve_items(self.paula), {"draft"})

    def test_an_entry_nobody_priced_is_approved_as_before(self):
        self.assertEqual(self._approve_items(self.paula), {"approved"})

    def test_without_four_eyes_one_person_may_do_both(self):
        self.company.psa_four_eyes = False
        self.line.with_user(self.paula).psa_bill_rate = 300.0
        self.assertEqual(self._approve_items(self.paula), {"approved"})

    def test_a_price_given_as_default_counts(self):
        defaults = {"default_psa_bill_minutes": 480, "default_psa_bill_minutes_set": True}
        lines = self.env["account.analytic.line"].with_user(self.paula).with_context(**defaults)
        line = lines.create({"name": "x", "psa_ticket_id": self.ticket.id, "psa_minutes": 5})
        self.assertEqual(line.psa_bill_set_by_id, self.paula)

    def test_nobody_says_whose_hand_it_was(self):
        self.line.with_user(self.paula).psa_bill_rate = 300.0
        with self.assertRaises(AccessError):
            self.line.with_user(self.paula).psa_bill_set_by_id = self.sam
        with self.assertRaises(AccessError):
            self._log(user=self.paula, psa_bill_set_by_id=self.sam.id)
