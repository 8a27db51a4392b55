import csv
from pathlib import Path

from odoo.tests import new_test_user, tagged

from .common import PsaTimeCase

OPERATIONS = ("read", "write", "create", "unlink")
TABLE = Path(__file__).with_name("role_matrix.csv")


@tagged("post_install", "-at_install")
class TestRoleMatrix(PsaTimeCase):
    """Role by model by operation, as role_matrix.csv says; which records, says test_access."""

    @staticmethod
    def _read_rows():
        with TABLE.open() as table:
            return list(csv.DictReader(table))

    def test_each_role_may_do_what_the_matrix_says_and_no_more(self):
        roles = {name: getattr(self, name) for name in ("joe", "sam", "carl", "accountant")}
        roles["portal"] = new_test_user(self.env, "psa_time_portal", "base.group_portal")
        roles["public"] = self.env.ref("base.public_user")
        for row in self._read_rows():
            model = self.env[row["model"]].with_user(roles[row["role"]])
            for operation in OPERATIONS:
                with self.subTest(role=row["role"], model=row["model"], operation=operation):
                    self.assertEqual(model.has_access(operation), row[operation] == "yes")

    def test_the_matrix_names_every_model_of_this_addon(self):
        ours = {
            name
            for name, model in self.registry.items()
            if model._original_module == "psa_timesheet_billing" and not model._abstract
        }
        self.assertLessEqual(ours, {row["model"] for row in self._read_rows()})
