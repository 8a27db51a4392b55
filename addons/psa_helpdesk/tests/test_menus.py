from odoo.tests import tagged

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestMenus(PsaHelpdeskCase):
    """Opening the application opens what the role begins its day with."""

    def _load(self, user):
        menus = self.env["ir.ui.menu"].with_user(user).load_web_menus(False)
        return menus, menus[self.env.ref("psa_crm.psa_menu_root").id]

    def test_each_role_begins_with_its_own_screen(self):
        for user, path in (
            (self.technician, "my-day"),
            (self.technician_all, "my-day"),
            (self.contractor, "my-day"),
            (self.dispatcher, "dispatch"),
            (self.manager, "service"),
        ):
            _menus, root = self._load(user)
            self.assertEqual(root["actionPath"], path, user.login)

    def test_everybody_on_the_desk_reaches_my_day_at_the_top_and_once(self):
        for user in (self.technician, self.contractor, self.dispatcher, self.manager):
            menus, root = self._load(user)
            found = [
                menu for menu in menus.values() if menu["actionPath"] == "my-day" and menu["id"] != root["id"]
            ]
            self.assertEqual(len(found), 1, user.login)
            self.assertIn(found[0]["id"], root["children"], user.login)

    def test_the_root_of_the_host_is_hidden(self):
        menus, _root = self._load(self.manager)
        self.assertNotIn(self.env.ref("helpdesk_mgmt.helpdesk_ticket_main_menu").id, menus)

    # Empty lists

    def _help(self, user):
        action = self.env.ref("psa_helpdesk.psa_ticket_all_action")
        # As the web client is given it: actions are read for everybody.
        return action.with_user(user).sudo().read(["help", "res_model"])[0]["help"]

    def test_who_has_no_ticket_yet_is_told_where_they_come_from(self):
        self.env["helpdesk.ticket"].with_context(active_test=False).search([]).unlink()
        said = self._help(self.technician)
        self.assertIn("No tickets yet", said)
        self.assertNotIn("mailbox", said, "a technician cannot connect one")
        self.manager.group_ids |= self.env.ref("base.group_system")
        said = self._help(self.manager)
        self.assertRegex(
            said, r'<a href="/odoo/action-mail.action_email_server_tree">Connect a mailbox</a>, or create'
        )
        self._make_ticket()
        self.assertIn("No open tickets", self._help(self.technician))
