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
