from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..logic.event import match_key
from ..logic.placement import Place


class PsaAlertMapping(models.Model):
    """What a source calls a customer or an asset of ours."""

    _name = "psa.alert.mapping"
    _description = "Mapping of a source"
    _order = "source_id, kind, external_ref, id"
    _rec_name = "external_ref"
    _check_company_auto = True

    source_id = fields.Many2one("psa.alert.source", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="source_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [("customer", "Customer"), ("device", "Asset")], string="Names a", required=True, default="customer"
    )
    external_ref = fields.Char(
        string="Name there",
        required=True,
        help="Name or id as the source writes it. Capitals and invisible characters do not count.",
    )
    external_key = fields.Char(compute="_compute_external_key", store=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
    )
    site_id = fields.Many2one(
        "res.partner",
        check_company=True,
        ondelete="set null",
        domain="[('psa_is_site', '=', True), ('commercial_partner_id', '=', partner_id)]",
    )
    asset_id = fields.Many2one(
        "psa.asset",
        check_company=True,
        index="btree_not_null",
        ondelete="cascade",
        domain="[('partner_id', '=?', partner_id)]",
    )

    _external_uniq = models.UniqueIndex(
        "(source_id, kind, external_key)", "This source has a mapping for this name already."
    )

    @api.depends("external_ref")
    def _compute_external_key(self):
        for mapping in self:
            mapping.external_key = match_key(mapping.external_ref or "")

    @api.depends("asset_id.partner_id")
    def _compute_partner_id(self):
        for mapping in self:
            if mapping.asset_id:
                mapping.partner_id = mapping.asset_id.partner_id

    @api.constrains("external_ref")
    def _check_external_key(self):
        if not all(mapping.external_key for mapping in self):
            raise ValidationError(self.env._("The name there needs at least one visible character."))

    @api.constrains("partner_id", "site_id", "asset_id")
    def _check_customer(self):
        for mapping in self:
            customer = mapping.partner_id
            if customer != customer.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(ref)s cannot stand for %(contact)s because that is a contact or a site. Choose the"
                        " customer, and the site beside it.",
                        ref=mapping.external_ref,
                        contact=customer.display_name,
                    )
                )
            strangers = (mapping.site_id.commercial_partner_id | mapping.asset_id.partner_id) - customer
            if strangers:
                raise ValidationError(
                    self.env._(
                        "%(ref)s cannot stand for two customers: %(customer)s and %(other)s.",
                        ref=mapping.external_ref,
                        customer=customer.display_name,
                        other=strangers[0].display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings._place_waiting()
        return mappings

    def write(self, vals):
        result = super().write(vals)
        if {"external_ref", "partner_id", "site_id", "asset_id", "kind", "source_id"} & vals.keys():
            self._place_waiting()
        return result

    def _get_place(self):
        """Return what this name stands for today: assets move, and customers are merged, after a mapping was made."""
        asset = self.asset_id
        customer = asset.partner_id or self.partner_id.commercial_partner_id
        sites = (asset.site_id + self.site_id).filtered(lambda site: site.commercial_partner_id == customer)
        return Place(customer.id, sites[:1].id or 0, asset.id or 0)

    def _place_waiting(self):
        """Place what waits in triage and is now known (rule D10.48)."""
        # sudo: alerts are written by nobody directly; who may keep mappings decides whose alerts they are
        waiting = (
            self.env["psa.alert"]
            .sudo()
            .search([("source_id", "in", self.source_id.ids), ("is_in_triage", "=", True)], order="id")
        )
        waiting._place_by_mapping()
