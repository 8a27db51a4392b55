"""Pre-bill review: approve, hold, write off, change. Each decision is kept with who, when and why."""

from decimal import Decimal
from fractions import Fraction

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.psa_crm.bulk_report import report_bulk

from ..logic.money import discounted, exact, round_money


class PsaBillingItem(models.Model):
    _inherit = "psa.billing.item"

    _REVIEWED_VALUES = ("state", "name", "minutes_billed", "quantity", "rate", "price_unit", "amount")

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_approve(self):
        """To review or on hold -> ready. Items that cannot be approved are skipped and named."""
        skipped = {item: why for item in self if (why := item._why_not_approved())}
        ready = self - self.browse([item.id for item in skipped])
        ready._decide(
            "approved",
            {
                "state": "approved",
                "reason": False,
                "approved_by_id": self.env.uid,
                "approved_at": fields.Datetime.now(),
            },
        )
        return report_bulk(self.env, self.env._("approved"), ready, skipped)

    def action_reopen(self):
        """Back to review: undoes an approval, a hold or a write-off."""
        items = self.filtered(lambda item: item.state != "draft")
        items._decide(
            "reopened", {"state": "draft", "reason": False, "approved_by_id": False, "approved_at": False}
        )
        items._after_draws_changed()

    def action_hold(self):
        """Ask for the reason and put on hold."""
        return self._open_review("on_hold", self.env._("Hold"))

    def action_write_off(self):
        """Ask for the reason and write off."""
        return self._open_review("written_off", self.env._("Write off"))

    def action_adjust(self):
        """Change what one item bills, with a reason; the original is kept."""
        self.ensure_one()
        return self._open_review("adjusted", self.env._("Change"))

    def _open_review(self, decision, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "psa.billing.review",
            "view_mode": "form",
            "target": "new",
            "context": {"default_decision": decision, "default_item_ids": self.ids},
        }

    # ------------------------------------------------------------------
    # Decisions
    # ------------------------------------------------------------------

    def _hold(self, reason):
        self._decide("on_hold", {"state": "on_hold", "reason": reason}, reason)

    def _write_off(self, reason):
        """Bill nothing and draw nothing; the amount it would have had is kept (Rule D9.61)."""
        self._decide("written_off", {"state": "written_off", "reason": reason}, reason)
        self._after_draws_changed()

    def _adjust(self, vals, reason):
        """Change minutes, rate, quantity, price or text of one open item.

        Minutes and quantity given by a person are final (Rule D9.11); the amount follows from them and is rounded
        once. Covered work is changed on the time entry, where cover is computed again.
        """
        self.ensure_one()
        if self.cover in ("covered", "no_charge") and vals.keys() - {"name"}:
            raise UserError(
                self.env._(
                    "Covered work has no price to change. Change the billed time of the time entry instead."
                )
            )
        new = {
            **vals,
            "is_adjusted": True,
            "adjusted_by_id": self.env.uid,
            "reason": reason,
            "state": "draft",
        }
        new |= {"approved_by_id": False, "approved_at": False}
        if not self.is_adjusted:
            # The approver reads amounts already; the ledger alone is written with more right.
            new |= {"original_minutes": self.minutes_billed, "original_amount": self.amount}
        if vals.keys() - {"name"}:
            new["amount"] = float(self._get_adjusted_amount(vals))
            new["derivation"] = self._get_adjusted_derivation(new["amount"], reason)
        self._decide("adjusted", new, reason)

    def _get_adjusted_amount(self, vals):
        """Minutes x rate, or quantity x price, less the discount the contract gives; rounded once."""
        per_unit = {
            name: exact(str(vals.get(name, self[name]))) for name in ("rate", "quantity", "price_unit")
        }
        if self.kind in ("labour", "overage"):
            worth = Fraction(vals.get("minutes_billed", self.minutes_billed), 60) * per_unit["rate"]
        else:
            worth = per_unit["quantity"] * per_unit["price_unit"]
        discount = Decimal(str(self.contract_id.sudo().discount))
        return round_money(discounted(worth, discount), Decimal(str(self.currency_id.rounding)))

    def _get_adjusted_derivation(self, amount, reason):
        derivation = dict(self.derivation or {"version": 1, "kind": self.kind, "steps": []})
        changed = self.env._("Changed by %(who)s: %(why)s", who=self.env.user.name, why=reason)
        steps = [
            *derivation.get("steps", []),
            {"do": "changed", "rule": "D9.11", "why": changed},
            {"do": "money", "rule": "D9.18", "why": self.currency_id.format(amount)},
        ]
        return derivation | {"amount": str(amount), "steps": steps, "adjusted": True}

    def _decide(self, action, vals, reason=False):
        """Write a decision of this user about open items and keep it in the history."""
        self._check_may_review()
        before = {item: item._get_reviewed_values() for item in self}
        # Items are written by decisions only: nobody holds write access. Who may decide was checked above.
        items = self.sudo()
        items.write(vals)
        self.env["psa.billing.event"].sudo().create(
            [item._prepare_event(action, reason, before[item]) for item in items]
        )

    def _check_may_review(self):
        """Refuse users without the right, items out of their sight, and items on an invoice."""
        if not self.env.user.has_group("psa_contracts.psa_contracts_group_approver"):
            raise AccessError(
                self.env._(
                    "Billing items are decided by those who approve pre-bill. Ask your billing manager."
                )
            )
        self.check_access("read")
        if any(item.is_billed for item in self):
            raise UserError(
                self.env._(
                    "An item that is on an invoice cannot be decided again. Delete or credit the invoice first."
                )
            )

    def _why_not_approved(self):
        """A reason why this item stays where it is, or False."""
        self.ensure_one()
        if self.is_billed:
            return self.env._("already on an invoice")
        if self.state == "approved":
            return self.env._("already approved")
        if self.state == "written_off":
            return self.env._("written off")
        if self.is_adjusted and self.company_id.psa_four_eyes and self.adjusted_by_id == self.env.user:
            return self.env._("you changed it, so somebody else approves it")
        return False

    def _get_reviewed_values(self):
        return {name: self[name] for name in self._REVIEWED_VALUES}

    def _prepare_event(self, action, reason, before):
        return {
            "item_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "name": self.name,
            "source": f"{self.source_model},{self.source_id} {self.kind} {self.part}",
            "action": action,
            "reason": reason,
            "user_id": self.env.uid,
            "at": fields.Datetime.now(),
            "before": before,
            "after": self._get_reviewed_values(),
        }

    def _after_draws_changed(self):
        """Open work of these contracts is covered again from what came free."""
        # A draw is re-read by the collectors, whoever decided.
        items = self.sudo()
        drawing = items.filtered("draw_hundredths")
        drawing.contract_id._reallocate_draws()
        drawing.block_id._tell_low_balance()
