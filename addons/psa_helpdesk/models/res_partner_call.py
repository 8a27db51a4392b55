from odoo import fields, models


class ResPartner(models.Model):
    """A customer, site or contact of service calls: contractors see those of the calls they are on."""

    _inherit = "res.partner"

    psa_service_call_ids = fields.One2many(
        "psa.service.call",
        "partner_id",
        string="Service calls",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    psa_site_call_ids = fields.One2many(
        "psa.service.call",
        "site_id",
        string="Service calls here",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    psa_contact_call_ids = fields.One2many(
        "psa.service.call",
        "contact_id",
        string="Service calls with this contact",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
