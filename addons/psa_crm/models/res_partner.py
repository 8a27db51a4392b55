from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

SITE_TYPES = ("delivery", "other")


class ResPartner(models.Model):
    _inherit = "res.partner"

    # What we think of a customer is not for the customer's eyes: portal users may read their own contacts.
    psa_account_class_id = fields.Many2one(
        "psa.account.class",
        string="Account class",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        groups="base.group_user",
        help="How important this customer is. Contacts and sites take it from their customer.",
    )
    psa_account_class_color = fields.Integer(
        related="psa_account_class_id.color", string="Account class colour", groups="base.group_user"
    )
    psa_lead_technician_id = fields.Many2one(
        "res.users",
        string="Lead technician",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False)]",
        groups="base.group_user",
        help="Who knows this customer best. Contacts and sites take it from their customer.",
    )
    psa_is_site = fields.Boolean(
        string="Site",
        help="A place of the customer with its own address, where assets stand and technicians go.",
    )
    psa_site_ids = fields.One2many(
        "res.partner", "parent_id", string="Sites", domain=[("psa_is_site", "=", True)]
    )
    psa_contact_ids = fields.One2many(
        "res.partner",
        "parent_id",
        string="People",
        domain=[("psa_is_site", "=", False), ("is_company", "=", False), ("type", "=", "contact")],
        groups="base.group_user",
        help="The people at this customer.",
    )
    psa_site_count = fields.Integer(
        string="Number of sites", compute="_compute_psa_site_count", groups="base.group_user"
    )
    psa_asset_ids = fields.One2many(
        "psa.asset", "partner_id", string="Assets", groups="psa_crm.psa_crm_group_user"
    )
    psa_asset_count = fields.Integer(
        string="Number of assets", compute="_compute_psa_asset_count", groups="psa_crm.psa_crm_group_user"
    )

    @api.depends("psa_is_site", "name")
    @api.depends_context("psa_site_name_only")
    def _compute_display_name(self):
        """Beside its customer a site needs only its own name: screens ask for that by ``psa_site_name_only``."""
        sites = self.browse()
        if self.env.context.get("psa_site_name_only"):
            sites = self.filtered(lambda partner: partner.psa_is_site and partner.name)
        for site in sites:
            site.display_name = site.name
        return super(ResPartner, self - sites)._compute_display_name()

    @api.depends("psa_is_site", "parent_id")
    def _compute_psa_site_count(self):
        """Sites of the whole customer, also when seen from one of its contacts."""
        counts = dict(
            self._read_group(
                self._psa_get_site_domain(), groupby=["commercial_partner_id"], aggregates=["__count"]
            )
        )
        for partner in self:
            partner.psa_site_count = counts.get(partner.commercial_partner_id, 0)

    @api.depends("psa_asset_ids")
    def _compute_psa_asset_count(self):
        """A site counts what stands there; anybody else counts all of the customer."""
        assets = self.env["psa.asset"]
        sites = self.filtered("psa_is_site")
        at_site = dict(
            assets._read_group(sites._psa_get_asset_domain(), groupby=["site_id"], aggregates=["__count"])
        )
        of_customer = dict(
            assets._read_group(
                (self - sites)._psa_get_asset_domain(), groupby=["partner_id"], aggregates=["__count"]
            )
        )
        for partner in self:
            if partner.psa_is_site:
                partner.psa_asset_count = at_site.get(partner, 0)
            else:
                partner.psa_asset_count = of_customer.get(partner.commercial_partner_id, 0)

    @api.constrains("psa_is_site", "parent_id", "is_company", "type")
    def _check_psa_is_site(self):
        for site in self.filtered("psa_is_site"):
            if not site.parent_id or site.is_company or site.type not in SITE_TYPES:
                raise ValidationError(
                    self.env._(
                        "%(site)s cannot be a site because a site is an address of a customer. Give it a customer"
                        " and the type “Other address” or “Delivery address”.",
                        site=site.display_name,
                    )
                )

    @api.onchange("psa_is_site")
    def _onchange_psa_is_site(self):
        if self.psa_is_site and self.type not in SITE_TYPES:
            self.type = "other"

    @api.onchange("type", "is_company")
    def _onchange_psa_type(self):
        if self.is_company or self.type not in SITE_TYPES:
            self.psa_is_site = False

    @api.model_create_multi
    def create(self, vals_list):
        # A site of the type "contact" would take the customer's own address instead of having one.
        vals_list = [
            {**vals, "type": "other"} if vals.get("psa_is_site") and not vals.get("type") else vals
            for vals in vals_list
        ]
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("psa_is_site") and not vals.get("type"):
            self.filtered(lambda partner: partner.type not in SITE_TYPES).type = "other"
        res = super().write(vals)
        if {"parent_id", "is_company"} & vals.keys():
            self._psa_hand_assets_to_customer()
            self._psa_check_assets_at_sites()
        return res

    def action_psa_open_assets(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("psa_crm.psa_asset_action"),
            "domain": list(self._psa_get_asset_domain()),
            "context": {
                "default_partner_id": self.commercial_partner_id.id,
                "default_site_id": self.psa_is_site and self.id,
            },
        }

    def action_psa_open_sites(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("psa_crm.psa_site_action"),
            "domain": list(self._psa_get_site_domain()),
            "context": {
                "default_parent_id": self.commercial_partner_id.id,
                "default_psa_is_site": True,
                "default_type": "other",
            },
        }

    def _psa_get_asset_domain(self):
        """The assets behind the number on the button: at these sites, or of the whole customers of these partners."""
        sites = self.filtered("psa_is_site")
        customers = (self - sites).commercial_partner_id
        return Domain("site_id", "in", sites.ids) | Domain("partner_id", "in", customers.ids)

    def _psa_get_site_domain(self):
        """The sites of the whole customers of these partners."""
        return Domain("psa_is_site", "=", True) & Domain(
            "commercial_partner_id", "in", self.commercial_partner_id.ids
        )

    def _psa_hand_assets_to_customer(self):
        """A customer that became a contact of another one hands its assets to that one."""
        # sudo: whoever may rearrange contacts need not have rights on assets, and none may stay behind.
        assets = self.env["psa.asset"].sudo().with_context(active_test=False)
        for customer, owned in assets._read_group(
            [("partner_id", "in", self.ids)], groupby=["partner_id"], aggregates=["id:recordset"]
        ):
            if customer.commercial_partner_id != customer:
                owned.write({"partner_id": customer.commercial_partner_id.id})

    def _psa_check_assets_at_sites(self):
        """Refuse to move a site to another customer, or to make it something else, while assets stand at it."""
        # sudo: whoever may rearrange contacts need not have rights on assets, and none may stay behind.
        assets = self.env["psa.asset"].sudo().with_context(active_test=False)
        for asset in assets.search([("site_id", "child_of", self.ids)]):
            if asset.site_id.commercial_partner_id != asset.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(site)s cannot go to another customer because %(asset)s of %(customer)s stands there. "
                        "Move the assets of this site first.",
                        site=asset.site_id.display_name,
                        asset=asset.name,
                        customer=asset.partner_id.display_name,
                    )
                )

    @api.model
    def _commercial_fields(self):
        return super()._commercial_fields() + ["psa_account_class_id", "psa_lead_technician_id"]
