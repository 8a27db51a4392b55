from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PsaTimeCase, day


@tagged("post_install", "-at_install")
class TestConvert(PsaTimeCase):
    """Time of a ticket that becomes a task: it moves, and is billed once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = (
            cls.env["project.project"]
            .sudo()
            .create({"name": "New clinic", "company_id": cls.company.id, "privacy_visibility": "employees"})
        )

    def _convert(self):
        return self.ticket.with_user(self.joe)._psa_convert_to_task(self.project, "Cabling").sudo()

    def test_time_in_every_state_moves_to_the_task(self):
        draft, approved = self._log(20), self._log_approved(50)
        task = self._convert()
        self.assertEqual((draft | approved).task_id, task)
        self.assertEqual((draft | approved).project_id, self.project)
        self.assertEqual(task.effective_hours, sum((draft | approved).mapped("unit_amount")))
        self.assertEqual((draft | approved).psa_ticket_id, self.ticket, "the way back")

    def test_approved_time_keeps_its_items_and_is_not_rated_again(self):
        contract = self._make_contract(is_default=True)
        line = self._log_approved(50)
        items = self._items(line)
        before = items.read(["amount", "minutes_worked", "state", "contract_id"])
        self._convert()
        self.assertEqual(self._items(line), items)
        self.assertEqual(items.read(["amount", "minutes_worked", "state", "contract_id"]), before)
        self.assertEqual((line.psa_state, line.psa_contract_id), ("approved", contract))

    def test_billed_time_is_not_billed_twice(self):
        line = self._log_approved(60)
        self._items(line).with_user(self.biller).action_approve()
        move = self._bill("03-31")
        self.assertTrue(line.psa_is_billed)
        self._convert()
        self.assertTrue(line.psa_is_billed)
        self.assertEqual(len(self._items(line)), 1)
        self.assertFalse(self._bill("03-31"))
        self.assertEqual(len(move.invoice_line_ids.filtered("psa_minutes")), 1)

    def test_open_time_is_billed_once_after_the_conversion(self):
        line = self._log(60, date=day("03-10"))
        self._convert()
        self._approve(line)
        self.assertEqual(len(self._items(line)), 1)

    def test_nobody_else_moves_approved_time(self):
        line = self._log_approved(50)
        for user in (self.joe, self.sam):
            with self.assertRaises(UserError):
                line.with_user(user).with_context(psa_moving_to_task=True).project_id = self.project
