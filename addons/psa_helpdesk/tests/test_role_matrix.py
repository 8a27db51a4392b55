import csv
from pathlib import Path

from odoo.tests import tagged

from .common import PsaHelpdeskCase

OPERATIONS = ("read", "write", "create", "unlink")
TABLES = sorted(Path(__file__).parent.glob("role_matrix*.csv"))


@tagged("post_install", "-at_install")
class TestRoleMatrix(PsaHelpdeskCase):
    """Role by model by operation, as `role_matrix*.csv` says; which records, say test_access and test_portal."""

    @staticmethod
    def _read_rows():
        for path in TABLES:
            with path.open() as table:
                yield from csv.DictReader(table)

    def test_each_role_may_do_what_the_matrix_says_and_no_more(self):
        roles = {
            "technician": self.technician,
            "technician_all": self.technician_all,
            "dispatcher": self.dispatcher,
            "manager": self.manager,
            "contractor": self.contractor,
            "plain": self.plain,
            "portal": self.mia,
            "public": self.env.ref("base.public_user"),
        }
        for row in self._read_rows():
            model = self.env[row["model"]].with_user(roles[row["role"]])
            for operation in OPERATIONS:
                with self.subTest(role=row["role"], model=row["model"], operation=operation):
                    self.assertEqual(model.has_access(operation), row[operation] == "yes")

    def test_the_matrix_names_every_model_of_this_addon(self):
        ours = {
            name
            for name, model in self.registry.items()
            if model._original_module == "psa_helpdesk" and not model._abstract
        }
        self.assertLessEqual(ours, {row["model"] for row in self._read_rows()})
