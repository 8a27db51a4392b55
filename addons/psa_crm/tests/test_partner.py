from ast import literal_eval

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import PsaCrmCase


@tagged("post_install", "-at_install")
class TestPsaPartner(PsaCrmCase):
    def test_contacts_and_sites_take_class_and_lead_technician_from_their_customer(self):
        premier = self.env.ref("psa_crm.psa_account_class_premier")
        self.harbor.with_user(self.manager).write(
            {"psa_account_class_id": premier.id, "psa_lead_technician_id": self.lead.id}
        )
        newcomer = self.env["res.partner"].create({"name": "Leo Park", "parent_id": self.harbor.id})
        for partner in (self.mia, self.westgate, newcomer):
            self.assertEqual(partner.psa_account_class_id, premier)
            self.assertEqual(partner.psa_lead_technician_id, self.lead)
        self.harbor.with_user(self.manager).psa_account_class_id = False
        self.assertFalse(self.mia.psa_account_class_id)

    def test_a_site_has_an_address_of_its_own(self):
        self.harbor.street = "1 Harbor Street"
        site = self._make_site(self.harbor, "Main", street="9 Main Street")
        self.assertEqual(site.type, "other")
        self.assertEqual(site.street, "9 Main Street")
        self.assertEqual(site.commercial_partner_id, self.harbor)
        self.harbor.street = "2 Harbor Street"
        self.assertEqual(site.street, "9 Main Street")

    def test_beside_its_customer_a_site_shows_its_own_name(self):
        self.assertEqual(self.westgate.display_name, "Harbor Dental Group, Westgate clinic")
        short = (self.westgate | self.mia).with_context(psa_site_name_only=True)
        self.assertEqual(short.mapped("display_name"), ["Westgate clinic", "Harbor Dental Group, Mia Torres"])

    def test_what_is_no_address_of_a_customer_is_no_site(self):
        for values in ({"is_company": True}, {"type": "contact"}, {"parent_id": False}):
            with self.subTest(values=values), self.assertRaisesRegex(ValidationError, "cannot be a site"):
                self._make_site(self.harbor, "Wrong", **values)

    def test_a_contact_becomes_a_site_by_one_tick_in_its_form(self):
        with Form(self.mia.with_user(self.manager)) as form:
            form.psa_is_site = True
        self.assertEqual(self.mia.type, "other")

    def test_a_new_site_is_made_from_the_customers_button(self):
        action = self.harbor.with_user(self.manager).action_psa_open_sites()
        sites = self.env["res.partner"].with_user(self.manager).with_context(action["context"])
        with Form(sites, "base.view_partner_form") as form:
            form.name = "Depot"
        depot = form.record
        self.assertRecordValues(
            depot, [{"psa_is_site": True, "type": "other", "commercial_partner_id": self.harbor.id}]
        )

    def test_a_site_without_customer_is_refused_by_the_form(self):
        sites = self.env["res.partner"].with_user(self.manager)
        sites = sites.with_context(default_psa_is_site=True, default_type="other")
        with self.assertRaisesRegex(AssertionError, "parent_id is a required field"):
            with Form(sites, "base.view_partner_form") as form:
                form.name = "Depot"

    def test_numbers_on_the_buttons_equal_what_they_open(self):
        self._make_asset(self.harbor, site_id=self.westgate.id)
        self._make_asset(self.harbor, name="HDG-SQL02")
        self._make_asset(self.harbor, name="HDG-GONE", active=False)
        self._make_asset(self.cobalt, name="COB-ESX1")
        for partner, assets, sites in (
            (self.harbor, 2, 1),
            (self.mia, 2, 1),
            (self.westgate, 1, 1),
            (self.cobalt, 1, 0),
        ):
            partner = partner.with_user(self.user)
            with self.subTest(partner=partner.name):
                self.assertEqual(partner.psa_asset_count, assets)
                self.assertEqual(partner.psa_site_count, sites)
                opened = self.env["psa.asset"].with_user(self.user)
                self.assertEqual(opened.search_count(partner.action_psa_open_assets()["domain"]), assets)
                opened = self.env["res.partner"].with_user(self.user)
                self.assertEqual(opened.search_count(partner.action_psa_open_sites()["domain"]), sites)

    def test_the_number_of_assets_leaves_out_other_companies(self):
        self._make_asset(self.harbor)
        self._make_asset(self.harbor, name="theirs", company_id=self.company_b.id)
        self.assertEqual(self.harbor.with_user(self.user).psa_asset_count, 1)

    def test_counting_costs_the_same_for_twice_as_many_customers(self):
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {number}", "is_company": True} for number in range(40)]
        )
        self.env["psa.asset"].create(
            [
                {"name": "Server", "partner_id": customer.id, "company_id": self.company_a.id}
                for customer in customers
            ]
        )
        for customer in customers:
            self._make_site(customer, "Main")

        def queries(partners):
            partners = partners.with_user(self.user)
            partners.env.invalidate_all()
            partners.mapped("name")
            before = self.env.cr.sql_log_count
            partners.mapped("psa_asset_count")
            partners.mapped("psa_site_count")
            return self.env.cr.sql_log_count - before

        queries(customers[:1])
        self.assertEqual(queries(customers[:20]), queries(customers))
        self.assertEqual(queries(customers), 2)

    def test_assets_move_with_a_customer_that_becomes_part_of_another(self):
        shop = self._make_customer("Harbor Shop")
        asset = self._make_asset(shop)
        spare = self._make_asset(shop, name="spare", active=False)
        shop.with_user(self.manager).write({"is_company": False, "parent_id": self.harbor.id})
        self.assertEqual((asset + spare).partner_id, self.harbor)

    def test_an_independent_subsidiary_keeps_its_assets(self):
        shop = self._make_customer("Harbor Shop")
        asset = self._make_asset(shop)
        shop.parent_id = self.harbor
        self.assertEqual(asset.partner_id, shop)

    def test_the_customers_menu_shows_customers_and_not_ourselves(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("psa_crm.psa_customer_action")
        found = self.env["res.partner"].search(literal_eval(action["domain"]))
        self.assertIn(self.harbor, found)
        for other in (self.mia, self.westgate, self.company_a.partner_id, self.user.partner_id):
            self.assertNotIn(other, found)
