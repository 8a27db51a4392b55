from odoo import api, fields, models
from odoo.exceptions import UserError

from ..price_groups import PRICE_GROUPS


class PsaBillingReview(models.TransientModel):
    """One required line of reason, and for a change the new figures."""

    _name = "psa.billing.review"
    _description = "Decision about billing items"
    _inherit = ["psa.dialog.mixin"]

    decision = fields.Selection(
        [("on_hold", "Hold"), ("written_off", "Write off"), ("adjusted", "Change")],
        required=True,
        readonly=True,
    )
    item_ids = fields.Many2many("psa.billing.item", required=True, readonly=True)
    currency_id = fields.Many2one(related="item_ids.currency_id")
    effect_text = fields.Char(string="What it does", compute="_compute_effect_text")
    reason = fields.Char(required=True)
    last_reason = fields.Selection(
        selection="_selection_last_reason",
        string="Used before",
        help="Takes the text of an earlier decision.",
    )
    # The new figures of one item
    is_time = fields.Boolean(string="Is work", compute="_compute_is_time")
    name = fields.Char(string="Text", compute="_compute_figures", store=True, readonly=False)
    minutes_billed = fields.Integer(string="Billed", compute="_compute_figures", store=True, readonly=False)
    rate = fields.Float(
        string="Rate per hour",
        min_display_digits="Product Price",
        compute="_compute_figures",
        store=True,
        readonly=False,
        groups=PRICE_GROUPS,
    )
    quantity = fields.Float(digits="Product Unit", compute="_compute_figures", store=True, readonly=False)
    price_unit = fields.Float(
        string="Price",
        min_display_digits="Product Price",
        compute="_compute_figures",
        store=True,
        readonly=False,
        groups=PRICE_GROUPS,
    )

    def _psa_check_links(self):
        self.item_ids.check_access("read")

    @api.model
    def _selection_last_reason(self):
        """The last five reasons this user gave."""
        rows = self.env["psa.billing.event"]._read_group(
            [("user_id", "=", self.env.uid), ("reason", "!=", False)],
            ["reason"],
            ["id:max"],
            order="id:max desc",
            limit=5,
        )
        return [(reason, reason) for reason, _latest in rows]

    @api.depends("item_ids", "decision")
    def _compute_effect_text(self):
        for review in self:
            review.effect_text = review._describe_effect(len(review.item_ids))

    def _describe_effect(self, count):
        if self.decision == "on_hold":
            if count == 1:
                return self.env._(
                    "The item is not billed until somebody approves it or puts it back to review."
                )
            return self.env._(
                "%(count)s items are not billed until somebody approves them or puts them back to review.",
                count=count,
            )
        if self.decision == "written_off":
            if count == 1:
                return self.env._(
                    "The item bills nothing and draws nothing. What it would have been is kept."
                )
            return self.env._(
                "%(count)s items bill nothing and draw nothing. What they would have been is kept.",
                count=count,
            )
        return self.env._(
            "The original is kept. Where four eyes are asked for, somebody else approves the change."
        )

    @api.depends("item_ids")
    def _compute_is_time(self):
        for review in self:
            review.is_time = set(review.item_ids.mapped("kind")) <= {"labour", "overage"}

    @api.depends("item_ids", "decision")
    def _compute_figures(self):
        for review in self:
            # sudo(False): stored figures are computed by the system; an item is named by a browser before it is checked
            items = review.item_ids.sudo(False)
            item = items if review.decision == "adjusted" else items.browse()
            for name in self._get_figures():
                review[name] = item[name]

    @api.onchange("last_reason")
    def _onchange_last_reason(self):
        if self.last_reason:
            self.reason = self.last_reason

    @api.model
    def _get_figures(self):
        return ("name", "minutes_billed", "rate", "quantity", "price_unit")

    def action_apply(self):
        """Carry the decision out."""
        self.ensure_one()
        if not self.reason.strip():
            raise UserError(self.env._("Say why: the reason is kept with the decision."))
        if self.decision == "on_hold":
            self.item_ids._hold(self.reason)
        elif self.decision == "written_off":
            self.item_ids._write_off(self.reason)
        else:
            changed = {name: self[name] for name in self._get_figures() if self[name] != self.item_ids[name]}
            if not changed:
                raise UserError(self.env._("Nothing was changed."))
            self.item_ids._adjust(changed, self.reason)
        return {"type": "ir.actions.act_window_close"}
