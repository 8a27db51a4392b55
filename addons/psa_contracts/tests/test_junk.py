from odoo import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.psa_crm.tests.common_junk import JunkMixin

from .common import PsaContractsCase


@tagged("post_install", "-at_install")
class TestJunk(JunkMixin, PsaContractsCase):
    junk_addon = "psa_contracts"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "psa_contracts_portal", "base.group_portal")
        cls.contract = cls._make_contract()
        japan = cls.env["res.company"].create({"name": "Brightwater Test Japan"})
        cls.env.user.company_ids = [Command.link(japan.id)]
        cls.foreign = cls._make_contract(activate=False, company_id=japan.id, owner_id=False)

    def _get_junk_users(self):
        return [self.technician, self.manager, self.portal]

    def _get_junk_foreign(self, user):
        return [self.foreign]
