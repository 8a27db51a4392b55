from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.psa_helpdesk import hooks

from .common import PsaHelpdeskCase

HOST_STAGES = {
    "new": "New",
    "in_progress": "In Progress",
    "awaiting": "Awaiting",
    "done": "Done",
    "cancelled": "Cancelled",
    "rejected": "Rejected",
}


@tagged("post_install", "-at_install")
class TestInstall(PsaHelpdeskCase):
    """Installing and uninstalling, and what is hidden of the host."""

    def test_enterprise_helpdesk_is_refused(self):
        module = self.env["ir.module.module"].search([("name", "=", "helpdesk")])
        module = module or self.env["ir.module.module"].create({"name": "helpdesk"})
        module.state = "uninstalled"
        hooks.pre_init_hook(self.env)
        for state in ("installed", "to install", "to upgrade"):
            module.state = state
            with self.subTest(state), self.assertRaisesRegex(UserError, "Enterprise Helpdesk"):
                hooks.pre_init_hook(self.env)

    def test_enterprise_helpdesk_cannot_follow_later(self):
        module = self.env["ir.module.module"].search([("name", "=", "psa_helpdesk")])
        self.assertIn("helpdesk", module.exclusion_ids.mapped("name"))

    def test_number_has_our_form_and_the_hosts_after_uninstalling(self):
        sequence = self.env.ref("helpdesk_mgmt.helpdesk_ticket_sequence")
        self.assertRegex(self._make_ticket().number, r"^T\d{6,}$")
        hooks.uninstall_hook(self.env)
        self.assertEqual((sequence.prefix, sequence.padding), ("HT", 5))
        self.assertRegex(self._make_ticket().number, r"^HT\d{5,}$")

    def test_uninstalling_lets_go_of_the_shipped_promises(self):
        """Without it their removal fails, and they stay behind in the calendars of the host."""
        ticket = self._make_ticket()
        self.assertTrue(ticket.psa_sla_clock_ids)
        hooks.uninstall_hook(self.env)
        self.env["psa.sla.policy"].with_context(active_test=False).search([]).unlink()
        self.assertFalse(ticket.psa_sla_clock_ids)

    def test_number_is_left_alone_where_tickets_exist(self):
        self._make_ticket()
        sequence = self.env.ref("helpdesk_mgmt.helpdesk_ticket_sequence")
        sequence.write(hooks.HOST_NUMBER)
        hooks.post_init_hook(self.env)
        self.assertEqual(sequence.prefix, "HT")

    def test_number_form_of_somebody_else_is_left_alone(self):
        self.env["helpdesk.ticket"].with_context(active_test=False).search([]).unlink()
        sequence = self.env.ref("helpdesk_mgmt.helpdesk_ticket_sequence")
        sequence.write({"prefix": "ACME-", "padding": 4})
        hooks.post_init_hook(self.env)
        hooks.uninstall_hook(self.env)
        self.assertEqual(sequence.prefix, "ACME-")

    def test_menu_of_the_host_is_hidden(self):
        root = self.env.ref("helpdesk_mgmt.helpdesk_ticket_main_menu")
        self.assertTrue(root.active, "hidden, not archived: uninstalling brings it back")
        for user in (self.technician, self.manager):
            menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            self.assertNotIn(root.id, menus["root"]["children"])
            self.assertIn(self.env.ref("psa_crm.psa_menu_root").id, menus["root"]["children"])

    def test_queues_and_sources_are_there(self):
        for name in ("psa_queue_service_desk", "psa_queue_noc"):
            self.assertFalse(self.env.ref(f"psa_helpdesk.{name}").company_id)
        names = self.env["helpdesk.ticket.channel"].search([]).mapped("name")
        self.assertGreaterEqual(set(names), {"Monitoring", "Outlook", "Fax"})

    def test_stages_have_our_words_and_the_hosts_after_uninstalling(self):
        stages = self.env["helpdesk.ticket.stage"]
        host = [self.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}") for name in HOST_STAGES]
        scheduled = self.env.ref("psa_helpdesk.psa_stage_scheduled")
        shown = stages.search([("id", "in", [scheduled.id, *(stage.id for stage in host)])])
        self.assertEqual(
            shown.mapped("name"),
            ["New", "In progress", "Waiting for customer", "Scheduled", "Done", "Cancelled"],
        )
        ticket = self._make_ticket(stage_id=scheduled.id)
        hooks.uninstall_hook(self.env)
        ticket.invalidate_recordset()
        self.assertEqual([stage.name for stage in host], list(HOST_STAGES.values()))
        self.assertTrue(all(stage.active for stage in host))
        self.assertEqual(ticket.stage_id.name, "In Progress")

    def test_stage_renamed_by_somebody_keeps_its_name(self):
        waiting = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        waiting.name = "Their turn"
        waiting._psa_name_host_stages()
        self.assertEqual(waiting.name, "Their turn")
        waiting._psa_give_host_stages_back()
        self.assertEqual(waiting.name, "Their turn")
