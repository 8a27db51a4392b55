from odoo.tests import HttpCase, tagged

from .workflow_common import PsaWorkflowCase


@tagged("post_install", "-at_install")
class TestWorkflowTour(PsaWorkflowCase, HttpCase):
    """Row 3.1: whoever leads the service makes rules in the browser; no program, no technical right."""

    def test_a_service_manager_builds_a_rule_from_nothing_and_a_ticket_obeys_it(self):
        for group in ("base.group_system", "base.group_erp_manager"):
            self.assertFalse(self.manager.has_group(group), group)
        self._make_ticket(priority="3")
        self.start_tour(
            "/odoo/workflow-rules", "psa_workflow_rule_tour", login=self.manager.login, timeout=120
        )
        rule = self.env["psa.workflow.rule"].search([("name", "=", "Fires go to the NOC")])
        self.assertTrue(rule.active)
        self.assertEqual(rule.create_uid, self.manager)
        fire = self._make_ticket(priority="3")
        calm = self._make_ticket(priority="1")
        self.assertEqual(fire.team_id, self.other_queue)
        self.assertEqual(calm.team_id, self.queue)
        self.assertEqual(self.runs(fire).result, "did")
        self.assertIn("Priority is Medium, needs Critical", self.runs(calm).summary)
