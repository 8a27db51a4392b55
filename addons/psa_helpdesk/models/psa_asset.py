from odoo import fields, models


class PsaAsset(models.Model):
    _inherit = "psa.asset"

    psa_ticket_ids = fields.One2many("helpdesk.ticket", "psa_asset_id", string="Tickets")
    psa_ticket_count = fields.Integer(
        string="Tickets of this asset", compute="_compute_psa_ticket_count", groups="base.group_user"
    )
    psa_ticket_open_count = fields.Integer(
        string="Open tickets", compute="_compute_psa_ticket_count", groups="base.group_user"
    )

    def _compute_psa_ticket_count(self):
        groups = self.env["helpdesk.ticket"]._read_group(
            [("psa_asset_id", "in", self.ids)], ["psa_asset_id", "psa_is_open"], ["__count"]
        )
        counts = {(asset.id, is_open): count for asset, is_open, count in groups}
        for asset in self:
            asset.psa_ticket_open_count = counts.get((asset.id, True), 0)
            asset.psa_ticket_count = asset.psa_ticket_open_count + counts.get((asset.id, False), 0)

    def action_psa_open_tickets(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("psa_helpdesk.psa_ticket_action")
        return action | {
            "name": self.env._("Tickets of %(asset)s", asset=self.name),
            "domain": [("psa_asset_id", "=", self.id)],
            "context": {
                "search_default_open": True,
                "default_psa_asset_id": self.id,
                "default_partner_id": self.partner_id.id,
            },
        }

    def action_psa_new_ticket(self):
        """Open an empty ticket about this asset."""
        self.ensure_one()
        return self.partner_id._psa_prepare_new_ticket(
            default_psa_asset_id=self.id, default_psa_site_id=self.site_id.id
        )
