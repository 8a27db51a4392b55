from odoo import fields, models


class PsaAsset(models.Model):
    _inherit = "psa.asset"

    psa_sla_policy_id = fields.Many2one(
        "psa.sla.policy",
        string="SLA policy",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
        help="Holds for tickets about this asset, before the one of its customer or queue.",
    )
