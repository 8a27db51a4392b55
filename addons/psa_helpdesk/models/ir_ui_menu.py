from odoo import models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """Hide the root of the host, whose screens are reached through ours, and what does not stand first for everybody."""
        hidden = ["helpdesk_mgmt.helpdesk_ticket_main_menu"]
        if self.env.user.has_group("psa_helpdesk.psa_helpdesk_group_dispatcher"):
            hidden.append("psa_helpdesk.psa_menu_my_day")
        menus = [self.env.ref(xml_id, raise_if_not_found=False) for xml_id in hidden]
        return [*super()._load_menus_blacklist(), *(menu.id for menu in menus if menu)]
