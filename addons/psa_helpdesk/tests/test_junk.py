from odoo.tests import tagged

from odoo.addons.psa_crm.tests.common_junk import JunkMixin

from .call_common import PsaCallCase


@tagged("post_install", "-at_install")
class TestJunk(JunkMixin, PsaCallCase):
    junk_addon = "psa_helpdesk"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._make_ticket(user_id=cls.technician.id)
        cls.call = cls._make_call("Mon 10:00", tickets=cls.ticket)
        cls.elsewhere = cls._make_ticket(
            team_id=cls.other_queue.id, partner_id=cls.ivan.partner_id.id, user_id=cls.outsider.id
        )
        cls.call_elsewhere = cls._make_call("Mon 12:00", tickets=cls.elsewhere, technician_id=cls.outsider.id)

    def _get_junk_users(self):
        # What technicians are refused as a whole is met by who may do it: the board, rules, policies.
        return [self.technician, self.mia, self.dispatcher, self.manager]

    def _get_junk_plausible(self):
        return {
            "ticket_id": self.ticket.id,
            "technician_id": self.technician.id,
            "old_technician_id": self.technician.id,
            "start": "2026-03-02 10:00:00",
            "stop": "2026-03-03 10:00:00",
            "date_from": "2026-03-02",
            "minutes": 60,
            "token": "8c1f0d2e-5a3b-4c6d-9e7f-001122334455",
            "values": {"summary": "Roller changed"},
        }

    def _get_junk_foreign(self, user):
        return [self.elsewhere, self.call_elsewhere] if user in (self.technician, self.mia) else []
