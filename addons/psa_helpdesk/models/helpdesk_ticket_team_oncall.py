from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    psa_oncall_rota_id = fields.Many2one(
        "psa.oncall.rota",
        string="On-call rota",
        groups="base.group_user",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', 'in', [False, company_id])]",
    )
    psa_oncall_pages = fields.Boolean(
        string="Call for untouched critical tickets",
        groups="base.group_user",
        help="Where a ticket becomes critical without anybody of us having touched it, those on call are told one after "
        "the other until somebody acknowledges. Without a rota the service managers are told.",
    )
