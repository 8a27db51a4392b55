from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..time_zones import find_zone


class HelpdeskTicket(models.Model):
    """What a ticket is about and where the work is to be done."""

    _inherit = "helpdesk.ticket"

    psa_asset_id = fields.Many2one(
        "psa.asset",
        string="Asset",
        index="btree_not_null",
        compute="_compute_psa_asset_id",
        store=True,
        readonly=False,
        tracking=True,
        check_company=True,
        ondelete="restrict",
        domain="commercial_partner_id and [('partner_id', '=', commercial_partner_id)] or []",
        help="The installed product of the customer that this ticket is about.",
    )
    psa_site_id = fields.Many2one(
        "res.partner",
        string="Site",
        index="btree_not_null",
        compute="_compute_psa_site_id",
        store=True,
        readonly=False,
        ondelete="restrict",
        domain="[('psa_is_site', '=', True), ('commercial_partner_id', '=', commercial_partner_id)]",
        help="The customer's place where the work is to be done.",
    )

    psa_account_class_id = fields.Many2one(
        related="commercial_partner_id.psa_account_class_id", string="Account class"
    )
    psa_account_class_color = fields.Integer(
        related="psa_account_class_id.color", string="Colour of the class", groups="base.group_user"
    )
    psa_lead_technician_id = fields.Many2one(
        related="commercial_partner_id.psa_lead_technician_id", string="Lead technician"
    )
    psa_contact_phone = fields.Char(related="partner_id.phone", string="Phone")
    psa_customer_zone = fields.Char(
        string="Customer's time",
        compute="_compute_psa_customer_zone",
        compute_sudo=True,
        groups="base.group_user",
        help="The time zone of the site, else of the contact.",
    )
    psa_warranty_end_date = fields.Date(related="psa_asset_id.warranty_end_date", string="Warranty end")

    @api.depends("partner_id")
    def _compute_psa_asset_id(self):
        """Let go of an asset that belongs to somebody else."""
        for ticket in self:
            owner = ticket.psa_asset_id.partner_id
            if owner and ticket.partner_id and owner != ticket.partner_id.commercial_partner_id:
                ticket.psa_asset_id = False

    @api.depends("psa_site_id.tz", "partner_id.tz", "commercial_partner_id.tz")
    def _compute_psa_customer_zone(self):
        for ticket in self:
            ticket.psa_customer_zone = find_zone(
                ticket.psa_site_id.tz, ticket.partner_id.tz, ticket.commercial_partner_id.tz
            )

    @api.depends("partner_id", "psa_asset_id")
    def _compute_psa_site_id(self):
        """Propose the site of the asset, else the one the contact sits at; never one of somebody else."""
        for ticket in self:
            customer = ticket.partner_id.commercial_partner_id
            if ticket.psa_site_id.commercial_partner_id != customer:
                ticket.psa_site_id = False
            if not ticket.psa_site_id:
                ticket.psa_site_id = ticket.psa_asset_id.site_id or ticket.partner_id._psa_get_site()

    @api.constrains("partner_id", "psa_site_id", "psa_asset_id")
    def _check_psa_customer(self):
        for ticket in self.filtered("partner_id"):
            customer = ticket.partner_id.commercial_partner_id
            asset, site = ticket.psa_asset_id, ticket.psa_site_id
            if asset.partner_id and asset.partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "Asset %(asset)s does not belong to %(customer)s. Choose one of this customer's assets.",
                        asset=asset.display_name,
                        customer=customer.display_name,
                    )
                )
            if site and site.commercial_partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "Site %(site)s does not belong to %(customer)s. Choose one of this customer's sites.",
                        site=site.display_name,
                        customer=customer.display_name,
                    )
                )

    def action_psa_open_asset(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "psa.asset",
            "res_id": self.psa_asset_id.id,
            "views": [[False, "form"]],
        }
