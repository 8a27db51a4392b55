from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    psa_is_automation = fields.Boolean(
        string="Signs in a program",
        help="A program signs in as this user. What it does with tickets does not count as work of a person.",
    )

    def action_psa_open_notice_settings(self):
        return self.env["psa.notice.preference"].action_open_mine()
