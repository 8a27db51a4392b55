import csv

from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon

OPERATIONS = {"c": "create", "r": "read", "u": "write", "d": "unlink"}


class RoleMatrixMixin:
    """Role by model by operation, exactly as a table beside the test says; which records, other tests say.

    The table has a row for each model and a column for each role; a cell holds the letters of `OPERATIONS`. It names
    every model of the addon; host models that matter may stand there, too.
    """

    matrix_path = None  # pathlib.Path of the table
    matrix_module = ""

    def _get_roles(self):
        """Return {name of a column: user}."""
        raise NotImplementedError

    def _read_matrix(self):
        with self.matrix_path.open() as table:
            rows = list(csv.DictReader(table))
        return {row.pop("model"): row for row in rows}

    def test_each_role_may_do_exactly_what_the_matrix_says(self):
        roles = self._get_roles()
        for model, row in self._read_matrix().items():
            found = {role: self._get_letters(model, user) for role, user in roles.items()}
            with self.subTest(model=model):
                self.assertEqual(found, row)

    def _get_letters(self, model, user):
        records = self.env[model].with_user(user)
        return "".join(letter for letter, operation in OPERATIONS.items() if records.has_access(operation))

    def test_the_matrix_names_every_model_of_this_addon(self):
        def of_this_addon(names):
            return {name for name in names if self.registry[name]._original_module == self.matrix_module}

        ours = of_this_addon(name for name, model in self.registry.items() if not model._abstract)
        self.assertTrue(ours)
        self.assertEqual(of_this_addon(self._read_matrix()), ours)


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
