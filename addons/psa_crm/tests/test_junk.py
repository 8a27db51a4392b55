from odoo.tests import tagged

from .common import PsaCrmCase
from .common_junk import JunkMixin


@tagged("post_install", "-at_install")
class TestJunk(JunkMixin, PsaCrmCase):
    junk_addon = "psa_crm"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asset = cls._make_asset(cls.harbor)
        cls.foreign = cls._make_asset(cls.cobalt, "CFT-ESX1", company_id=cls.company_b.id)

    def _get_junk_users(self):
        return [self.user, self.portal]

    def _get_junk_plausible(self):
        return {"model": "psa.asset", "domains": [[]]}

    def _get_junk_foreign(self, user):
        return [self.foreign]
