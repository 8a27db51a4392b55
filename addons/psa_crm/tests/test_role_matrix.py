from pathlib import Path

from odoo.tests import tagged

from .common import PsaCrmCase, RoleMatrixMixin


@tagged("post_install", "-at_install")
class TestRoleMatrix(RoleMatrixMixin, PsaCrmCase):
    matrix_path = Path(__file__).with_name("role_matrix.csv")
    matrix_module = "psa_crm"

    def _get_roles(self):
        public = self.env.ref("base.public_user")
        return {
            "user": self.user,
            "manager": self.manager,
            "plain": self.plain,
            "portal": self.portal,
            "public": public,
        }
