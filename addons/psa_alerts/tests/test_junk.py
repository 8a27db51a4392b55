from odoo.tests import tagged

from odoo.addons.psa_crm.tests.common_junk import JunkMixin

from .common import PsaAlertsCase


@tagged("post_install", "-at_install")
class TestJunk(JunkMixin, PsaAlertsCase):
    junk_addon = "psa_alerts"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        japan = cls.env["res.company"].create({"name": "Brightwater Test Japan"})
        cls.foreign = cls.env["psa.alert.source"].create({"name": "Tokyo", "company_id": japan.id})

    def test_junk_is_refused_in_words(self):
        self._say("10:00")
        self._say("10:01", key="unknown", customer="old-mill")
        super().test_junk_is_refused_in_words()

    def _get_junk_users(self):
        return [self.technician, self.mia]

    def _get_junk_foreign(self, user):
        return [self.foreign]
