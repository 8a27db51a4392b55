from odoo import api, fields, models
from odoo.exceptions import ValidationError


class PsaAsset(models.Model):
    """Something that stands at a customer and that we look after: a server, a printer, a licence."""

    _name = "psa.asset"
    _description = "Asset"
    _inherit = ["mail.thread", "mail.activity.mixin", "properties.base.definition.mixin"]
    _order = "name, id"
    _rec_names_search = ["name", "tag", "serial"]
    _check_company_auto = True

    name = fields.Char(
        required=True,
        tracking=True,
        help="The name people and monitoring systems use for it, such as HDG-DC01.",
    )
    tag = fields.Char(
        string="Asset tag",
        readonly=True,
        copy=False,
        help="The number on the sticker. It is drawn when the asset is saved for the first time.",
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="Which of our companies looks after it.",
    )

    # Where it is
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        tracking=True,
        check_company=True,
        ondelete="restrict",
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
    )
    site_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        tracking=True,
        check_company=True,
        ondelete="restrict",
        domain="[('psa_is_site', '=', True), ('commercial_partner_id', '=', partner_id)]",
        help="The customer's site at which it stands.",
    )
    parent_id = fields.Many2one(
        "psa.asset",
        string="Part of",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        domain="[('partner_id', '=', partner_id), ('id', '!=', id)]",
        help="The asset that contains this one, such as the cabinet of a switch or the host of a server.",
    )
    child_ids = fields.One2many("psa.asset", "parent_id", string="Contains")
    child_count = fields.Integer(string="Number of parts", compute="_compute_child_count")

    # What it is
    product_id = fields.Many2one(
        "product.product", index="btree_not_null", check_company=True, ondelete="restrict", tracking=True
    )
    product_categ_id = fields.Many2one(
        related="product_id.categ_id", string="Type", store=True, index="btree_not_null"
    )
    serial = fields.Char(
        string="Serial number",
        tracking=True,
        index="trigram",
        help="One product cannot have the same serial number twice.",
    )
    install_date = fields.Date(string="Installed on", tracking=True)
    warranty_end_date = fields.Date(string="Warranty ends on", tracking=True)
    licence_end_date = fields.Date(string="Licence ends on", tracking=True)

    _tag_uniq = models.UniqueIndex("(tag)", "Two assets cannot have the same tag.")
    _serial_uniq = models.UniqueIndex(
        "(company_id, product_id, lower(serial)) WHERE serial IS NOT NULL",
        "This product is already recorded with this serial number. Search for the serial number (archived assets"
        " too) and use that asset.",
    )

    @api.depends("name", "tag", "partner_id")
    @api.depends_context("formatted_display_name")
    def _compute_display_name(self):
        """Drop-downs also say tag and customer, because every second customer has a "Server"."""
        for asset in self:
            asset.display_name = asset.name
            if self.env.context.get("formatted_display_name") and asset.name:
                facts = ", ".join(filter(None, (asset.tag, asset.partner_id.name)))
                asset.display_name = f"{asset.name}\t--{facts}--" if facts else asset.name

    @api.depends("child_ids")
    def _compute_child_count(self):
        counts = dict(self._read_group([("parent_id", "in", self.ids)], ["parent_id"], ["__count"]))
        for asset in self:
            asset.child_count = counts.get(asset, 0)

    @api.constrains("partner_id")
    def _check_partner_id(self):
        for asset in self:
            customer = asset.partner_id.commercial_partner_id
            if asset.partner_id != customer:
                raise ValidationError(
                    self.env._(
                        "%(asset)s cannot belong to %(contact)s because that is a contact or a site. Choose the"
                        " customer %(customer)s.",
                        asset=asset.name,
                        contact=asset.partner_id.display_name,
                        customer=customer.display_name,
                    )
                )

    @api.constrains("site_id", "partner_id")
    def _check_site(self):
        for asset in self.filtered("site_id"):
            if asset.site_id.commercial_partner_id != asset.partner_id or not asset.site_id.psa_is_site:
                raise ValidationError(
                    self.env._(
                        "%(asset)s cannot stand at %(site)s because that is no site of %(customer)s. Choose one of"
                        " the customer's sites or leave the site empty.",
                        asset=asset.name,
                        site=asset.site_id.display_name,
                        customer=asset.partner_id.display_name,
                    )
                )

    @api.constrains("parent_id", "partner_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("An asset cannot contain itself. Choose another asset in “Part of”, or none.")
            )
        for asset in self:
            strangers = (asset.parent_id | asset.child_ids).filtered(
                lambda other, asset=asset: other.partner_id != asset.partner_id
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(asset)s and %(other)s cannot contain each other because they belong to different"
                        " customers. Move both, or take them apart first.",
                        asset=asset.name,
                        other=strangers[0].name,
                    )
                )

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.site_id.commercial_partner_id != self.partner_id:
            self.site_id = False
        if self.parent_id.partner_id != self.partner_id:
            self.parent_id = False

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]  # the caller's own stay as they are
        for vals in vals_list:
            self._clean_serial(vals)
            if not vals.get("tag"):
                vals["tag"] = self.env["ir.sequence"].next_by_code("psa.asset")
        return super().create(vals_list)

    def write(self, vals):
        vals = dict(vals)
        self._clean_serial(vals)
        return super().write(vals)

    def copy_data(self, default=None):
        """A copy is another piece of the same kind, so it has no serial number yet."""
        defaults = {"serial": False, **(default or {})}
        # Fields of other addons that this user may not read are left to their defaults; the host would refuse.
        hidden = [
            name
            for name, field in self._fields.items()
            if field.groups and name not in defaults and not self._has_field_access(field, "read")
        ]
        vals_list = super().copy_data(default=dict.fromkeys(hidden, False) | defaults)
        for vals in vals_list:
            for name in hidden:
                vals.pop(name, None)
        if "name" not in defaults:
            for asset, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(name)s (copy)", name=asset.name)
        return vals_list

    def action_open_children(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("psa_crm.psa_asset_action"),
            "name": self.env._("Contained in %(asset)s", asset=self.name),
            "domain": [("parent_id", "=", self.id)],
            "context": {
                "default_parent_id": self.id,
                "default_partner_id": self.partner_id.id,
                "default_site_id": self.site_id.id,
            },
        }

    @api.model
    def _clean_serial(self, vals):
        """Blanks around a serial number, or nothing but blanks, would make two of one."""
        if "serial" in vals:
            vals["serial"] = (vals["serial"] or "").strip() or False
