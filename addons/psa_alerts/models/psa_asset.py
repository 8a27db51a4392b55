from odoo import fields, models


class PsaAsset(models.Model):
    _inherit = "psa.asset"

    psa_alert_count = fields.Integer(
        string="Open alerts", compute="_compute_psa_alert_count", groups="psa_alerts.psa_alerts_group_user"
    )

    def _compute_psa_alert_count(self):
        counts = dict(
            self.env["psa.alert"]._read_group(
                [("asset_id", "in", self.ids), ("state", "!=", "resolved")], ["asset_id"], ["__count"]
            )
        )
        for asset in self:
            asset.psa_alert_count = counts.get(asset._origin, 0)

    def action_psa_open_alerts(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("psa_alerts.psa_alert_action"),
            "name": self.env._("Alerts of %(asset)s", asset=self.name),
            "domain": [("asset_id", "=", self.id)],
            "context": {"search_default_live": True},
        }
