from datetime import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PsaTimeCase, day


@tagged("post_install", "-at_install")
class TestContractPromise(PsaTimeCase):
    """Asset, contract, customer, queue, default: what the contract of a ticket promises (Rule D10.17)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["psa.sla.policy"].search([("company_id", "=", cls.company.id)]).is_default = False
        cls.standard = cls._make_policy("Promise of the house", 24 * 60, is_default=True)
        cls.gold = cls._make_policy("Gold", 8 * 60)
        cls.contract = cls._make_contract(
            name="Gold support", is_default=True, date_end=day("03-31"), psa_sla_policy_id=cls.gold.id
        )

    @classmethod
    def _make_policy(cls, name, minutes, **values):
        target = {"kind": "resolution", "minutes": minutes, "is_always": True}
        return cls.env["psa.sla.policy"].create(
            {"name": name, "company_id": cls.company.id, "target_ids": [Command.create(target)], **values}
        )

    def _open(self, when="2026-03-31 14:00", **values):
        with freeze_time(when):
            return self._make_ticket(**values)

    def test_the_contract_stands_between_asset_and_customer(self):
        of_asset = self._make_policy("Server", 60)
        of_customer = self._make_policy("Customer", 120)
        self.customer.with_company(self.company).psa_sla_policy_id = of_customer
        server = self.env["psa.asset"].create({"name": "SRV1", "partner_id": self.customer.id})
        self.assertEqual(self._open().psa_sla_policy_id, self.gold)
        server.psa_sla_policy_id = of_asset
        self.assertEqual(self._open(psa_asset_id=server.id).psa_sla_policy_id, of_asset)
        self.contract.psa_sla_policy_id = False
        self.assertEqual(self._open().psa_sla_policy_id, of_customer)

    def test_a_contract_that_ends_under_way_changes_nothing_for_a_running_ticket(self):
        """The worked example: it ends on 31 March."""
        ticket = self._open()
        due = datetime(2026, 3, 31, 22)
        self.assertEqual((ticket.psa_sla_policy_id, ticket.psa_sla_due_at), (self.gold, due))
        with freeze_time("2026-04-01 07:00"):
            self.contract.action_end()
            ticket._psa_sla_refresh(datetime(2026, 4, 1, 7))
            self.assertEqual((ticket.psa_sla_policy_id, ticket.psa_sla_due_at), (self.gold, due))
        self.assertEqual(self._open("2026-04-01 07:00").psa_sla_policy_id, self.standard)

    def test_a_contract_whose_billing_is_on_hold_keeps_its_promise(self):
        self.contract._hold("The customer disputes an invoice")
        self.assertEqual(self._open("2026-03-10 10:00").psa_sla_policy_id, self.gold)

    def test_another_contract_on_the_ticket_is_another_promise(self):
        silver = self._make_policy("Silver", 16 * 60)
        other = self._make_contract(name="Silver support", psa_sla_policy_id=silver.id)
        ticket = self._open("2026-03-10 09:00")
        with freeze_time("2026-03-10 10:00"):
            ticket.with_user(self.joe).psa_contract_id = other
        self.assertEqual(ticket.psa_sla_policy_id, silver)
        self.assertEqual(ticket.psa_sla_due_at, datetime(2026, 3, 11, 1))

    def test_technicians_read_what_is_promised_and_change_nothing(self):
        contract = self.contract.with_user(self.joe)
        self.assertEqual(contract.psa_sla_policy_id, self.gold)
        with self.assertRaises(AccessError):
            contract.psa_sla_policy_id = self.standard
