from odoo import fields, models

from ..price_groups import PRICE_GROUPS


class PsaBillingEvent(models.Model):
    """Who decided what about a billing item, when and why. It outlives the item."""

    _name = "psa.billing.event"
    _description = "Billing decision"
    _inherit = ["psa.append.only.mixin"]
    _order = "id desc"

    item_id = fields.Many2one("psa.billing.item", readonly=True, index="btree_not_null", ondelete="set null")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True, index=True)
    name = fields.Char(string="Billing item", required=True, readonly=True)
    source = fields.Char(readonly=True, help="Key of the item: model, id, kind and part.")
    action = fields.Selection(
        [
            ("approved", "Approved"),
            ("reopened", "Back to review"),
            ("on_hold", "Put on hold"),
            ("written_off", "Written off"),
            ("adjusted", "Changed"),
            ("freed", "Free again"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", string="By", required=True, readonly=True)
    at = fields.Datetime(string="When", required=True, readonly=True)
    before = fields.Json(readonly=True, groups=PRICE_GROUPS)
    after = fields.Json(readonly=True, groups=PRICE_GROUPS)
