"""What a posted credit note means for the billing items of the invoice it credits (Rule D9.60)."""

from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    def _psa_credit_items(self):
        """Line by line: one credited in full frees its items, one credited in part gets negative items."""
        for credit in self.filtered("reversed_entry_id"):
            origin = credit.reversed_entry_id
            # The ledger follows the invoice, whoever may credit it.
            items = self.env["psa.billing.item"].sudo().search([("move_id", "=", origin.id)])
            if items or origin.psa_items_freed:
                credit._psa_check_left(origin)
            if items:
                credit.sudo()._psa_credit_lines(origin.sudo(), items)

    def _psa_check_left(self, origin):
        """Refuse to give back more than was billed: its items were freed, or taken off, by the credit before.

        :raises UserError: naming the credit notes there are
        """
        earlier = (origin.reversal_move_ids - self).filtered(lambda move: move.state == "posted")
        given = sum(earlier.mapped("amount_untaxed"))
        if (
            earlier
            and origin.currency_id.compare_amounts(given + self.amount_untaxed, origin.amount_untaxed) > 0
        ):
            raise UserError(
                self.env._(
                    "%(invoice)s over %(total)s is credited already: %(given)s by %(credits)s. Credit at most what "
                    "is left, or make a credit note of its own for a goodwill.",
                    invoice=origin.name,
                    total=origin.currency_id.format(origin.amount_untaxed),
                    given=origin.currency_id.format(given),
                    credits=", ".join(earlier.mapped("name")),
                )
            )

    def _psa_credit_lines(self, origin, items):
        self.ensure_one()
        by_origin = self.invoice_line_ids.filtered(
            lambda line: line.psa_source_line_id.move_id == origin
        ).grouped("psa_source_line_id")
        is_all = not self.currency_id.compare_amounts(self.amount_untaxed, origin.amount_untaxed)
        freed = items.browse()
        vals_list = []
        for line, members in items.grouped("move_line_id").items():
            credits = by_origin.get(line, line.browse())
            if is_all or line._psa_is_credited_by(credits):
                freed |= members
            elif credits:
                vals_list += members._prepare_credits(credits)
        if freed:
            freed._free(self.env._("Credited by %(credit)s", credit=self.name))
            (origin | self).psa_items_freed = True
        items.create(vals_list)

    def _psa_withdraw_corrections(self):
        """A credit note that is no longer posted corrects nothing."""
        # The ledger follows the invoice, as above.
        corrections = (
            self.env["psa.billing.item"]
            .sudo()
            .search(
                [("move_id", "in", self.ids), ("part", "=like", "adj/%"), ("adjusts_item_id", "!=", False)]
            )
        )
        corrections.write({"is_billed": False})
        corrections.unlink()
