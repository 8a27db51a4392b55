from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import PsaCrmCase


@tagged("post_install", "-at_install")
class TestPsaCrmAccess(PsaCrmCase):
    def test_an_asset_of_another_company_stays_hidden(self):
        theirs = self._make_asset(self.harbor, company_id=self.company_b.id)
        ours = self._make_asset(self.harbor, name="HDG-UPS-1")
        found = self.env["psa.asset"].with_user(self.user).search([("partner_id", "=", self.harbor.id)])
        self.assertEqual(found, ours)
        with self.assertRaises(AccessError):
            theirs.with_user(self.user).name = "taken over"
        with self.assertRaises(AccessError):
            self.env["psa.asset"].with_user(self.user).create(
                {"name": "X", "partner_id": self.harbor.id, "company_id": self.company_b.id}
            )

    def test_a_portal_user_reads_neither_assets_nor_what_we_think_of_the_customer(self):
        self._make_asset(self.harbor)
        self.harbor.psa_account_class_id = self.env.ref("psa_crm.psa_account_class_jeopardy")
        customer = self.harbor.with_user(self.portal)
        self.assertEqual(customer.name, "Harbor Dental Group")
        for field in (
            "psa_account_class_id",
            "psa_account_class_color",
            "psa_lead_technician_id",
            "psa_asset_ids",
            "psa_asset_count",
            "psa_site_count",
        ):
            with self.subTest(field=field), self.assertRaises(AccessError):
                customer.read([field])
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(self.portal).search(
                [("psa_account_class_id.code", "=", "jeopardy")]
            )

    def test_a_plain_user_sees_the_class_but_no_assets(self):
        self.harbor.psa_account_class_id = self.env.ref("psa_crm.psa_account_class_premier")
        customer = self.harbor.with_user(self.plain)
        self.assertEqual(customer.psa_account_class_id.code, "premier")
        with self.assertRaises(AccessError):
            customer.read(["psa_asset_count"])
        self.assertNotIn("psa_asset_count", customer.get_view(view_type="form")["arch"])

    def test_a_user_opens_and_fills_the_customers_form(self):
        arch = self.harbor.with_user(self.user).get_view(
            self.env.ref("base.view_partner_form").id, view_type="form"
        )["arch"]
        for field in ("psa_account_class_id", "psa_lead_technician_id", "psa_site_ids", "psa_asset_count"):
            self.assertIn(f'name="{field}"', arch)
