from odoo import models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """Hide the root of the host: its screens are reached through ours."""
        hidden = super()._load_menus_blacklist()
        root = self.env.ref("helpdesk_mgmt.helpdesk_ticket_main_menu", raise_if_not_found=False)
        return [*hidden, root.id] if root else hidden
