from odoo import models

from ..guarded import OURS


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        """ "Reverse and create invoice" copies the lines: the items go with the copy, or they would be billed twice."""
        # The ledger follows the invoice, for whoever may credit it.
        ledger = self.env["psa.billing.item"].sudo()
        items = ledger.search([("move_line_id", "in", self.move_ids.invoice_line_ids.ids)])
        by_line = dict(items.grouped("move_line_id"))
        ours = self.with_context(**OURS) if is_modify else self
        action = super(AccountMoveReversal, ours).reverse_moves(is_modify=is_modify)
        if is_modify and by_line:
            self._psa_move_items(by_line)
        return action

    def _modify_default_reverse_values(self, origin_move):
        return super()._modify_default_reverse_values(origin_move) | {"psa_replaces_id": origin_move.id}

    def _psa_move_items(self, by_line):
        for new in self.new_move_ids.invoice_line_ids:
            if items := by_line.get(new.psa_source_line_id):
                items._link_to(new)
        self.new_move_ids.psa_replaces_id.sudo().psa_items_freed = True
