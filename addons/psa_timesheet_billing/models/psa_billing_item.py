from odoo import models

from ..logic import explain, labour, rating, rounding


class PsaBillingItem(models.Model):
    _inherit = "psa.billing.item"

    def _psa_apply_problem(self, piece, contract, was_held):
        """Hold an item that cannot be billed as it stands, and release one whose problem is gone.

        What a person approved or held stays: only rating's own holds are released by rating.
        """
        self.ensure_one()
        if self._is_settled():
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

    def action_reopen(self):
        """Covered work that was written off is covered again, at no price.

        Most of it is rated anew anyway; not so the part of an entry of which another part is on an invoice.
        """
        result = super().action_reopen()
        for item in self.sudo().exists():  # who may reopen was checked
            before = (item.derivation or {}).get("before")
            if before and item.cover == "covered" and not item.is_billed and item.state == "draft":
                item.write({"amount": 0, "price_unit": 0, "rate": 0, "derivation": before})
        return result

    def _why_not_approved(self):
        """Work without a rate is no free work: somebody names a rate first."""
        why = super()._why_not_approved()
        # sudo: only whether there is a rate; approvers may read the derivation anyway.
        if not why and not self.is_adjusted and self.sudo()._find_step("no_rate"):
            return self.env._("no rate on that day")
        return why

    # ------------------------------------------------------------------
    # Rating again
    # ------------------------------------------------------------------

    def _find_step(self, do):
        """The last step of the derivation that does this, or False."""
        self.ensure_one()
        steps = (self.derivation or {}).get("steps", [])
        return next((step for step in reversed(steps) if step["do"] == do), False)

    def _is_held_by_rating(self):
        """Whether rating put it on hold; a person's hold is released by a person."""
        return any(self._find_step(do) for do in ("no_rate", "hold"))

    def _open_again(self):
        """A person rates the time behind these items again: a credit holds them no longer.

        What nobody pays for is taken out, so that it comes back for review where it gets a price.
        """
        items = self.filtered(
            lambda item: not item.is_billed and not item.is_adjusted and item.state != "written_off"
        )
        free = items.filtered(lambda item: item.cover == "non_billable")
        free.unlink()
        (items - free).filtered("is_credited").write({"is_credited": False})

    def _psa_get_rest(self, line):
        """This waiting part of `line` for `logic/labour.py`: what the other parts hold is settled."""
        self.ensure_one()
        steps = self.derivation["steps"]
        cut = next(place for place, step in enumerate(steps) if step["do"] in ("covered", "uncovered"))
        told = tuple({name: step[name] for name in step if name != "why"} for step in steps[:cut])
        others = (line.psa_item_ids - self).filtered(lambda item: not item.part.startswith("adj/"))
        settled = rating.Settled(
            worked=line.psa_minutes - self.minutes_worked,
            billed=sum(others.mapped("minutes_billed")),
            given=self._find_step("uncovered")["given"],
            parts=len(others.filtered(lambda item: item.kind == "labour")),
        )
        return labour.Rest(rounding.Quantity(line.id, line.psa_bill_minutes, told), settled)

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
            "derivation": explain.derivation(piece, line.date, line._prepare_derivation_context())
            | {"before": self.derivation},
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
