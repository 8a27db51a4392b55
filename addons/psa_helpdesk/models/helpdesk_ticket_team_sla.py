from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    psa_sla_policy_id = fields.Many2one(
        "psa.sla.policy",
        string="SLA policy",
        index="btree_not_null",
        ondelete="restrict",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
        domain="company_id and [('company_id', '=', company_id)] or []",
        help="Holds for the tickets of this queue, unless the asset or the customer names another one.",
    )
