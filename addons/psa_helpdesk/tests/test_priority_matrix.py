from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestPriorityMatrix(PsaHelpdeskCase):
    """Impact and urgency set the priority, until somebody chooses another one."""

    def _make(self, **values):
        tickets = self.env["helpdesk.ticket"].with_user(self.technician)
        return tickets.create({"name": "x", "description": "x", **values})

    def test_a_new_ticket_gets_the_priority_of_the_matrix(self):
        self.assertEqual(self._make(psa_impact="high", psa_urgency="high").priority, "3")
        self.assertEqual(self._make(psa_impact="low", psa_urgency="low").priority, "0")
        self.assertEqual(self._make(psa_impact="high").priority, "1", "half a question proposes nothing")
        self.assertEqual(self._make(psa_impact="high", psa_urgency="high", priority="0").priority, "0")

    def test_a_change_of_either_sets_it(self):
        ticket = self._make()
        ticket.psa_impact = "high"
        self.assertEqual(ticket.priority, "1")
        ticket.psa_urgency = "high"
        self.assertEqual(ticket.priority, "3")
        ticket.psa_impact = "low"
        self.assertEqual(ticket.priority, "1")

    def test_a_priority_chosen_afterwards_stays(self):
        ticket = self._make(psa_impact="high", psa_urgency="high")
        ticket.priority = "0"
        ticket.psa_urgency = "medium"
        self.assertEqual(ticket.priority, "0")
        ticket.priority = "2"  # what the matrix says: nothing by hand is left
        ticket.psa_urgency = "low"
        self.assertEqual(ticket.priority, "1")

    def test_a_priority_chosen_in_the_same_save_stays(self):
        ticket = self._make()
        ticket.write({"psa_impact": "high", "psa_urgency": "high", "priority": "0"})
        self.assertEqual(ticket.priority, "0")
        ticket.psa_impact = "medium"
        self.assertEqual(ticket.priority, "0")

    def test_the_form_proposes_before_saving(self):
        with Form(self._make()) as form:
            form.psa_impact = "high"
            form.psa_urgency = "high"
            self.assertEqual(form.priority, "3")
            form.priority = "1"
            form.psa_urgency = "medium"
            self.assertEqual(form.priority, "1")
        self.assertEqual(form.record.priority, "1")

    def test_each_ticket_of_a_bulk_change_is_decided_by_itself(self):
        free, by_hand = (
            self._make(psa_impact="low", psa_urgency="low"),
            self._make(psa_impact="low", psa_urgency="low"),
        )
        by_hand.priority = "2"
        (free | by_hand).psa_impact = "high"
        self.assertEqual((free.priority, by_hand.priority), ("1", "2"))

    def test_each_company_has_its_own_matrix(self):
        japan = self.env["res.company"].create({"name": "Brightwater Test Japan"})
        cells = self.env["psa.priority.cell"].search([("company_id", "=", japan.id)])
        self.assertEqual(len(cells), 9)
        cells.filtered(lambda cell: cell.impact == cell.urgency == "low").priority = "3"
        self.assertEqual(self._make(psa_impact="low", psa_urgency="low").priority, "0")
        queue = self.env["helpdesk.ticket.team"].create({"name": "Tokyo", "company_id": japan.id})
        ticket = self._make_ticket(company_id=japan.id, team_id=queue.id, psa_impact="low", psa_urgency="low")
        self.assertEqual(ticket.priority, "3")

    def test_the_manager_changes_the_matrix_and_nobody_below(self):
        cell = self.env["psa.priority.cell"].search([("company_id", "=", self.env.company.id)], limit=1)
        with self.assertRaises(AccessError):
            cell.with_user(self.dispatcher).priority = "0"
        cell.with_user(self.manager).priority = "2"
        self.assertEqual(self._make(psa_impact=cell.impact, psa_urgency=cell.urgency).priority, "2")

    def test_a_manager_sees_no_matrix_of_a_foreign_company(self):
        japan = self.env["res.company"].create({"name": "Brightwater Test Japan"})
        cells = self.env["psa.priority.cell"].with_user(self.manager)
        self.assertFalse(cells.search([("company_id", "=", japan.id)]))

    def test_what_the_matrix_proposed_is_written_by_the_system_alone(self):
        ticket = self._make(psa_impact="high", psa_urgency="high")
        with self.assertRaises(AccessError):
            ticket.psa_proposed_priority = "0"

    def test_the_clocks_hear_of_the_priority_by_the_matrix(self):
        ticket = self._make()
        policy = self.env.ref("psa_helpdesk.psa_sla_policy_standard")
        self.assertEqual(ticket.psa_sla_policy_id, policy)
        before = ticket.sudo().psa_sla_clock_ids.mapped("target_seconds")
        ticket.write({"psa_impact": "high", "psa_urgency": "high"})
        self.assertLess(sum(ticket.sudo().psa_sla_clock_ids.mapped("target_seconds")), sum(before))

    def test_a_change_by_the_matrix_is_the_persons_touch(self):
        ticket = self._make_ticket().with_user(self.technician)
        self.assertFalse(ticket.psa_touched_at)
        ticket.write({"psa_impact": "high", "psa_urgency": "high"})
        self.assertTrue(ticket.psa_touched_at, "the priority changed by what a person chose")
