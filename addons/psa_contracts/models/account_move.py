from odoo import api, fields, models
from odoo.exceptions import UserError

from ..guarded import guard_create, guard_write

LEDGER_FIELDS = {"psa_billing_run_id": False, "psa_replaces_id": False, "psa_items_freed": False}


class AccountMove(models.Model):
    _inherit = "account.move"

    psa_billing_run_id = fields.Many2one(
        "psa.billing.run",
        string="Billing run",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    psa_item_ids = fields.One2many(
        "psa.billing.item",
        "move_id",
        string="Billing items",
        groups="psa_contracts.psa_contracts_group_user,account.group_account_invoice",
    )
    psa_item_count = fields.Integer(string="Number of billing items", compute="_compute_psa_item_count")
    psa_replaces_id = fields.Many2one(
        "account.move",
        string="Replaces",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The credited invoice whose billing items this one bills.",
    )
    psa_items_freed = fields.Boolean(
        string="Billing items are free again",
        readonly=True,
        copy=False,
        help="Cancelled or credited: items of it are billed by another invoice.",
    )

    def _compute_psa_item_count(self):
        # How many there are is no secret; what they say is read under the user's own rights.
        rows = (
            self.env["psa.billing.item"]
            .sudo()
            ._read_group([("move_id", "in", self.ids)], ["move_id"], ["__count"])
        )
        counts = {move.id: count for move, count in rows}
        for move in self:
            move.psa_item_count = counts.get(move.id, 0)

    def action_psa_open_items(self):
        """The billing items behind this invoice."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "psa_contracts.psa_billing_item_action_explanation"
        )
        return action | {"domain": [("move_id", "=", self.id)]}

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(guard_create(self, vals_list, LEDGER_FIELDS))

    def write(self, vals):
        guard_write(self, vals, LEDGER_FIELDS.keys())
        fixed = {"currency_id", "partner_id", "company_id", "move_type"} & vals.keys()
        if (
            fixed
            and self._psa_has_items()
            and any(move._psa_changes(name, vals[name]) for move in self for name in fixed)
        ):
            raise UserError(
                self.env._(
                    "Customer, currency and kind of an invoice made from billing items cannot change. Delete the "
                    "draft or credit the invoice: its items are free again and the next billing run takes them."
                )
            )
        return super().write(vals)

    def _psa_changes(self, name, value):
        """Whether the value differs; another address of the same customer does not count."""
        if name == "partner_id":
            return self.env["res.partner"].browse(value).commercial_partner_id != self.commercial_partner_id
        return (self[name].id if self._fields[name].relational else self[name]) != value

    def _psa_has_items(self):
        # Only whether there is one; nothing of it is shown.
        return bool(self.env["psa.billing.item"].sudo().search_count([("move_id", "in", self.ids)], limit=1))

    # ------------------------------------------------------------------
    # Life of the invoice
    # ------------------------------------------------------------------

    def _post(self, soft=True):
        self.invoice_line_ids._psa_check_amounts()
        posted = super()._post(soft)
        posted._psa_credit_items()
        return posted

    def button_cancel(self):
        result = super().button_cancel()
        self._psa_free_items(self.env._("Invoice cancelled"))
        return result

    def button_draft(self):
        stale = self.filtered("psa_items_freed")
        if stale:
            raise UserError(
                self.env._(
                    "%(moves)s cannot go back to draft because the billing items are free again or on another "
                    "invoice. Run billing to invoice them.",
                    moves=", ".join(stale.mapped("display_name")),
                )
            )
        result = super().button_draft()
        self._psa_withdraw_corrections()
        return result

    def _psa_free_items(self, reason):
        """All items of these invoices are on no invoice any more."""
        # The ledger follows the invoice, whoever may cancel or credit it.
        items = self.env["psa.billing.item"].sudo().search([("move_id", "in", self.ids)])
        moves = items.move_id
        items._free(reason)
        moves.psa_items_freed = True
