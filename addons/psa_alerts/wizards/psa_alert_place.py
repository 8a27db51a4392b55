from odoo import api, fields, models
from odoo.exceptions import UserError

from ..logic.event import match_key


class PsaAlertPlace(models.TransientModel):
    """Gives alerts of unknown customers a customer, and lets their source remember it."""

    _name = "psa.alert.place"
    _description = "Attach a customer"
    _inherit = ["psa.dialog.mixin"]

    alert_ids = fields.Many2many("psa.alert", string="Alerts", required=True)
    alert_count = fields.Integer(string="Number of alerts", compute="_compute_alert_count")
    said = fields.Char(string="The messages say", compute="_compute_alert_count")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
    )
    site_id = fields.Many2one(
        "res.partner", domain="[('psa_is_site', '=', True), ('commercial_partner_id', '=', partner_id)]"
    )
    asset_id = fields.Many2one("psa.asset", domain="[('partner_id', '=', partner_id)]")
    remember = fields.Boolean(
        string="Remember for this source",
        default=True,
        help="Messages that use the same name for the customer or the asset find the customer by themselves.",
    )

    def _psa_check_links(self):
        """The dialog names alerts, a customer and an asset: refuse what the user may not see."""
        for records in (self.alert_ids, self.partner_id, self.site_id, self.asset_id):
            records.check_access("read")

    @api.depends("alert_ids")
    def _compute_alert_count(self):
        for dialog in self:
            dialog.alert_count = len(dialog.alert_ids)
            names = {alert.client_name or alert.device_name or alert.name for alert in dialog.alert_ids}
            dialog.said = ", ".join(sorted(names)[:5])

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.site_id.commercial_partner_id != self.partner_id:
            self.site_id = False
        if self.asset_id.partner_id != self.partner_id:
            self.asset_id = False

    @api.onchange("asset_id")
    def _onchange_asset_id(self):
        if self.asset_id.site_id and not self.site_id:
            self.site_id = self.asset_id.site_id

    def action_apply(self):
        """Attach, and remember where wanted; alerts that still fire get their tickets at once."""
        self.ensure_one()
        self._check_choice()
        # sudo: alerts and mappings are written by nobody directly; that the person may see these alerts, this
        # customer and this asset was checked
        waiting = self.alert_ids.sudo().filtered("is_in_triage")
        waiting._place_by_hand(self.partner_id.commercial_partner_id, self.site_id, self.asset_id)
        if self.remember:
            self._remember(waiting)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s alerts are %(customer)s's now.",
                    count=len(waiting),
                    customer=self.partner_id.display_name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _check_choice(self):
        self._psa_check_links()
        customer = self.partner_id.commercial_partner_id
        if (self.site_id.commercial_partner_id | self.asset_id.partner_id) - customer:
            raise UserError(
                self.env._("Site and asset cannot be attached because they belong to another customer.")
            )
        companies = self.alert_ids.company_id
        if (self.asset_id.company_id | customer.company_id) - companies or (
            len(companies) > 1 and (self.asset_id or customer.company_id)
        ):
            raise UserError(
                self.env._("The alerts are another company's than the customer. Choose a customer of theirs.")
            )

    def _remember(self, alerts):
        """Make a mapping for each name that the sources use for this customer, or for this asset.

        The site goes with the asset: where one machine stands says nothing of the customer's others.
        """
        mappings = self.env["psa.alert.mapping"].sudo()  # see action_apply
        rows = {}
        for alert in alerts:
            if alert.client_ref:
                rows[alert.source_id, "customer", match_key(alert.client_ref)] = {
                    "external_ref": alert.client_ref,
                    "site_id": False if alert.device_ref else self.site_id.id,
                }
            if alert.device_ref and len(alerts) == 1 and (self.asset_id or not alert.client_ref):
                rows[alert.source_id, "device", match_key(alert.device_ref)] = {
                    "external_ref": alert.device_ref,
                    "site_id": self.site_id.id,
                    "asset_id": self.asset_id.id,
                }
        known = {
            (mapping.source_id, mapping.kind, mapping.external_key)
            for mapping in mappings.search([("source_id", "in", alerts.source_id.ids)])
        }
        mappings.create(
            [
                {
                    "source_id": source.id,
                    "kind": kind,
                    "partner_id": self.partner_id.commercial_partner_id.id,
                    **values,
                }
                for (source, kind, key), values in rows.items()
                if key and (source, kind, key) not in known
            ]
        )
