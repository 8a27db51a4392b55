from pathlib import Path

from odoo.tests import new_test_user, tagged

from odoo.addons.psa_crm.tests.common import RoleMatrixMixin

from .common import PsaTimeCase


@tagged("post_install", "-at_install")
class TestRoleMatrix(RoleMatrixMixin, PsaTimeCase):
    matrix_path = Path(__file__).with_name("role_matrix.csv")
    matrix_module = "psa_timesheet_billing"

    def _get_roles(self):
        return {
            "technician": self.joe,
            "service_manager": self.sam,
            "project_manager": self.paula,
            "owner": self.olga,
            "contractor": self.carl,
            "accountant": self.accountant,
            "portal": new_test_user(self.env, "psa_time_portal", "base.group_portal"),
            "public": self.env.ref("base.public_user"),
        }
