from odoo import models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        """ "Reverse and create invoice" copies the lines: the items go with the copy, or they would be billed twice."""
        # The ledger follows the invoice, for whoever may credit it.
        ledger = self.env["psa.billing.item"].sudo()
        items = ledger.search([("move_line_id", "in", self.move_ids.invoice_line_ids.ids)])
        by_line = {line.id: members for line, members in items.grouped("move_line_id").items()}
        action = super().reverse_moves(is_modify=is_modify)
        if is_modify and by_line:
            for copy in self.new_move_ids:
                self._psa_move_items(copy.psa_replaces_id, copy, by_line)
        return action

    def _modify_default_reverse_values(self, origin_move):
        return super()._modify_default_reverse_values(origin_move) | {"psa_replaces_id": origin_move.id}

    def _psa_move_items(self, original, copy, by_line):
        def shown(move):
            return move.invoice_line_ids.sorted(lambda line: (line.sequence, line.id))

        for old, new in zip(shown(original), shown(copy), strict=True):
            if old.id in by_line:
                by_line[old.id]._link_to(new)
        original.psa_items_freed = True
