from odoo.tests import tagged

from .common import PsaTimeCase


@tagged("post_install", "-at_install")
class TestLookFirst(PsaTimeCase):
    """A block that is used up while tickets draw on it is among what the service manager looks at first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.ticket"].search([("id", "!=", cls.ticket.id)]).active = False
        cls.contract = cls._make_contract(name="Ten hours")
        cls.block = cls._make_block(cls.contract, 1)
        cls.ticket.psa_contract_id = cls.contract

    def _find(self, user=None, **context):
        home = self.env["psa.service.home"].with_user(user or self.sam).with_context(**context).get_home()
        return [line for line in home["look"] if line["key"].startswith("psa.contract,")]

    def test_no_hours_left_and_open_tickets(self):
        self._log_approved(30)
        self.assertFalse(self._find(), "half of it is left")
        self._log_approved(30)
        [line] = self._find()
        self.assertEqual(line["why"], "No hours left, open tickets: 1")
        self.assertEqual((line["number"], line["name"]), (self.contract.number, "Ten hours"))
        self.assertEqual(
            (line["action"]["res_model"], line["action"]["res_id"]), ("psa.contract", self.contract.id)
        )
        self.assertFalse(self._find(psa_home_user_ids=[self.sam.id]))

    def test_another_block_still_has_hours(self):
        self._log_approved(60)
        self._make_block(self.contract, 1)
        self.assertFalse(self._find())

    def test_without_open_work_nobody_is_told(self):
        self._log_approved(60)
        self.ticket.with_user(self.sam).with_context(psa_override=True).active = False
        self.assertFalse(self._find())

    def test_who_may_not_see_contracts_is_told_nothing_of_them(self):
        self._log_approved(60)
        self.assertFalse(self._find(self.carl))
