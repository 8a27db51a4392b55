from odoo import models

from ..logic import explain, rating, rounding


class PsaBillingItem(models.Model):
    _inherit = "psa.billing.item"

    def _psa_apply_problem(self, piece, contract, was_held):
        """Hold an item that cannot be billed as it stands, and release one whose problem is gone.

        What a person approved or held stays: only rating's own holds are released by rating.
        """
        self.ensure_one()
        if self.is_billed or self.is_adjusted or self.state == "written_off":
            return
        if piece.problem and not self.approved_by_id:
            if self.state != "on_hold":
                self.write({"state": "on_hold", "reason": self._psa_get_problem_text(piece.problem)})
        elif was_held and not piece.problem:
            mode = contract.psa_approval_mode or "manual"
            self.write({"state": "draft" if mode == "manual" else "approved", "reason": False})

    def _write_off(self, reason):
        """Keep the amount that covered work would have had (Rule D9.61); the block gets its time back."""
        result = super()._write_off(reason)
        covered = self.sudo().filtered(  # who may write off was checked; rates are read for everybody alike
            lambda item: item.cover == "covered" and item.source_model == "account.analytic.line"
        )
        for item in covered:
            item.write(item._psa_prepare_written_off())
        return result

    def _psa_prepare_written_off(self):
        """Values of this covered item at the ordinary rate, as if no block had taken it."""
        self.ensure_one()
        line = self.env["account.analytic.line"].browse(self.source_id)
        steps = ({"do": "worked", "rule": "D9.1", "minutes": self.minutes_billed},)
        quantity = rounding.Quantity(line.id, self.minutes_billed, steps)
        [entry] = line._psa_get_entries()
        customer = line.psa_customer_id
        table = self.env["psa.rate"]._psa_get_table(
            self.company_id, self.currency_id, self.contract_id, customer, {line.date}
        )
        terms = self.contract_id._psa_get_terms(table)
        [piece] = rating.written_off(self.minutes_worked, quantity, entry.asked, terms)
        return {
            "amount": float(piece.amount),
            "price_unit": float(piece.amount),
            "rate": float(piece.hourly or 0),
            "derivation": explain.derivation(piece, line.date, line._prepare_derivation_context()),
        }

    def _get_step_texts(self):
        """Tell the steps of rated time in the reader's language; what a person changed is told as it was stored."""
        derivation = self.derivation or {}
        if self.source_model != "account.analytic.line" or derivation.get("adjusted"):
            return super()._get_step_texts()
        return explain.sentences(self._get_steps(), lambda text, **values: self.env._(text, **values))

    def _psa_get_problem_text(self, problem):
        texts = {
            rating.NO_RATE: self.env._("No rate for this role and work type on that day"),
            rating.NEEDS_CONSENT: self.env._("The block is used up: needs the customer's consent"),
        }
        return texts[problem]
