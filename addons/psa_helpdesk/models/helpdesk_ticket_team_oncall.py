from odoo import api, fields, models


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
    psa_oncall_user_id = fields.Many2one(
        "res.users",
        string="On call now",
        compute="_compute_psa_oncall_user_id",
        groups="psa_helpdesk.psa_helpdesk_group_technician",
        help="Who stands on the first step of the rota that has somebody.",
    )

    @api.depends("psa_oncall_rota_id")
    def _compute_psa_oncall_user_id(self):
        people = self.psa_oncall_rota_id.step_ids._get_people(fields.Datetime.now())
        for team in self:
            steps = team.psa_oncall_rota_id.step_ids
            team.psa_oncall_user_id = next((people[step] for step in steps if step in people), False)
