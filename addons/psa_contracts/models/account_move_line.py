from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    psa_item_ids = fields.One2many("psa.billing.item", "move_line_id", string="Billing items")
    psa_minutes = fields.Integer(string="Time", help="Exact minutes billed by this line.")
    psa_rate = fields.Float(string="Rate per hour", digits=(16, 6))
