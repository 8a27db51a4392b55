from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    psa_item_ids = fields.One2many("psa.billing.item", "move_id", string="Billing items")
