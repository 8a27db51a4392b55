from pathlib import Path

from odoo import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.psa_crm.tests.common import RoleMatrixMixin

from .common import PsaContractsCase


@tagged("post_install", "-at_install")
class TestRoleMatrix(RoleMatrixMixin, PsaContractsCase):
    matrix_path = Path(__file__).with_name("role_matrix.csv")
    matrix_module = "psa_contracts"

    def _get_roles(self):
        companies = {"company_id": self.company.id, "company_ids": [Command.set(self.company.ids)]}
        names = ("technician", "approver", "biller", "manager", "accountant")
        return {name: getattr(self, name) for name in names} | {
            "employee": new_test_user(self.env, "matrix_employee", "base.group_user", **companies),
            "portal": new_test_user(self.env, "matrix_portal", "base.group_portal", **companies),
            "public": self.env.ref("base.public_user"),
        }
