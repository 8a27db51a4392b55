from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    psa_sla_policy_id = fields.Many2one(
        "psa.sla.policy",
        string="SLA policy",
        company_dependent=True,
        domain="[('company_id', '=', current_company_id)]",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
        help="Holds for this customer's tickets, unless the asset names another one.",
    )
