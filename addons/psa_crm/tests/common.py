from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon


class PsaCrmCase(BaseCommon):
    """Two customers of two of our companies, and one user of each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a = cls.env["res.company"].create({"name": "Brightwater Test"})
        cls.company_b = cls.env["res.company"].create({"name": "Brightwater Test Europe"})
        companies = {"company_id": cls.company_a.id, "company_ids": [(6, 0, cls.company_a.ids)]}
        cls.user = new_test_user(cls.env, "crm_user", "psa_crm.psa_crm_group_user", **companies)
        cls.partner_user = new_test_user(
            cls.env, "crm_desk", "psa_crm.psa_crm_group_user,base.group_partner_manager", **companies
        )
        cls.manager = new_test_user(cls.env, "crm_manager", "psa_crm.psa_crm_group_manager", **companies)
        cls.plain = new_test_user(cls.env, "crm_plain", "base.group_user", **companies)
        cls.lead = new_test_user(cls.env, "crm_lead", "psa_crm.psa_crm_group_user", **companies)
        cls.harbor = cls._make_customer("Harbor Dental Group")
        cls.cobalt = cls._make_customer("Cobalt Freight Ltd")
        cls.mia = cls.env["res.partner"].create({"name": "Mia Torres", "parent_id": cls.harbor.id})
        cls.portal = new_test_user(
            cls.env,
            "crm_portal",
            "base.group_portal",
            company_id=cls.company_a.id,
            company_ids=[(6, 0, cls.company_a.ids)],
        )
        cls.portal.partner_id.parent_id = cls.harbor
        cls.westgate = cls._make_site(cls.harbor, "Westgate clinic")

    @classmethod
    def _make_customer(cls, name, **values):
        return cls.env["res.partner"].create({"name": name, "is_company": True, **values})

    @classmethod
    def _make_site(cls, customer, name, **values):
        return cls.env["res.partner"].create(
            {"name": name, "parent_id": customer.id, "psa_is_site": True, **values}
        )

    @classmethod
    def _make_asset(cls, customer, name="HDG-DC01", **values):
        return cls.env["psa.asset"].create(
            {"name": name, "partner_id": customer.id, "company_id": cls.company_a.id, **values}
        )
