from odoo.tests import tagged

from .sla_common import PsaSlaCase
from .workflow_common import PsaWorkflowCase


@tagged("post_install", "-at_install")
class TestWorkflowQueries(PsaSlaCase, PsaWorkflowCase):
    """Twenty rules cost the same queries for 20 tickets as for 40."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tags = cls.env["helpdesk.ticket.tag"].create([{"name": f"t{number}"} for number in range(4)])
        for number in range(20):
            event = ("created", "updated", "stage", "message_in")[number % 4]
            cls.make_rule(
                event,
                # Of a tracked field the host writes a message for each ticket.
                ("tag", {"tag_ids": [(4, tags[number % 4].id)]}),
                domain=[
                    ("commercial_partner_id.psa_account_class_id", "=", False),
                    ("priority", "=", "1" if number < 4 else "3"),
                ],
            )
        # What is kept in memory is there.
        cls._make_tickets(2).with_user(cls.technician).write({"name": "Warm"})

    def create(self, number):
        return self.count_queries(lambda: self._make_tickets(number))

    def test_rules_cost_no_query_more_for_more_tickets(self):
        few, many = self.create(20), self.create(40)
        self.env["psa.workflow.rule"].search([]).write({"active": False})
        self.create(2)
        bare_few, bare_many = self.create(20), self.create(40)
        # The host draws each number by itself.
        self.assertLessEqual((many - few) - (bare_many - bare_few), 2)
        self.assertLess(few - bare_few, 80)

    def test_writing_costs_no_query_more_for_more_tickets(self):
        def change(tickets):
            return self.count_queries(lambda: tickets.with_user(self.technician).write({"name": "Changed"}))

        few, many = change(self._make_tickets(20)), change(self._make_tickets(40))
        self.assertLessEqual(many, few + 2)

    def test_without_rules_a_save_asks_for_none(self):
        self.env["psa.workflow.rule"].search([]).write({"active": False})
        tickets = self._make_tickets(2)
        tickets.with_user(self.technician).write({"name": "Warm"})
        with self.assertLogs("odoo.sql_db", "DEBUG") as logs:
            tickets.with_user(self.technician).write({"name": "Changed"})
            self.env.flush_all()
        self.assertFalse([line for line in logs.output if "psa_workflow" in line])

    def test_the_sweep_looks_only_at_what_is_due(self):
        self.make_rule("idle", ("notice", {"audience": "manager"}), domain=[("name", "=", "nothing")])
        self._make_tickets(10)

        def sweep_once():
            return self.count_queries(self.env["psa.workflow.timer"]._cron_sweep)

        with self.no_commit():
            sweep_once()
            few = sweep_once()
            self._make_tickets(30)
            sweep_once()
            many = sweep_once()
        self.assertLessEqual(many, few)
