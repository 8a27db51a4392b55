from pathlib import Path

from odoo.tests import tagged

from odoo.addons.psa_crm.tests.common import RoleMatrixMixin

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestRoleMatrix(RoleMatrixMixin, PsaHelpdeskCase):
    matrix_path = Path(__file__).with_name("role_matrix.csv")
    matrix_module = "psa_helpdesk"

    def _get_roles(self):
        return {
            "technician": self.technician,
            "technician_all": self.technician_all,
            "dispatcher": self.dispatcher,
            "manager": self.manager,
            "contractor": self.contractor,
            "plain": self.plain,
            "portal": self.mia,
            "public": self.env.ref("base.public_user"),
        }
