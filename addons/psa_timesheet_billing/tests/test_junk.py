from odoo.tests import new_test_user, tagged

from odoo.addons.psa_crm.tests.common_junk import JunkMixin

from .common import PsaTimeCase


@tagged("post_install", "-at_install")
class TestJunk(JunkMixin, PsaTimeCase):
    junk_addon = "psa_timesheet_billing"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "psa_time_portal", "base.group_portal")
        cls.ticket.user_id = cls.joe
        far = cls.env["helpdesk.ticket.team"].create({"name": "Far", "company_id": cls.company.id})
        cls.elsewhere = cls._make_ticket(team_id=far.id)
        cls.line = cls._log()
        cls.foreign = cls._log(user=cls.olga, psa_ticket_id=cls.elsewhere.id)

    def _get_junk_users(self):
        return [self.joe, self.carl, self.portal]

    def _get_junk_plausible(self):
        return {
            "ticket_id": self.ticket.id,
            "minutes": 20,
            "work_type_id": self.on_site.id,
            "place": "on_site",
        }

    def _get_junk_foreign(self, user):
        return [self.elsewhere, self.foreign]
