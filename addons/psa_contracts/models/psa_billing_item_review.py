"""Pre-bill review: approve, hold, write off, change. Each decision is kept with who, when and why."""

from decimal import Decimal
from fractions import Fraction

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.psa_crm.bulk_report import report_bulk

from ..logic.invoice_layout import TIME_KINDS
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
        if self.cover in ("covered", "no_charge", "non_billable") and vals.keys() - {"name"}:
            raise UserError(self._explain_unpriced())
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
            new |= {
                "original_minutes": self.minutes_billed,
                "original_quantity": self.quantity,
                "original_amount": self.amount,
            }
        if vals.keys() - {"name"}:
            new["amount"] = float(self._get_adjusted_amount(vals))
            new["derivation"] = self._get_adjusted_derivation(new["amount"], reason)
        self._decide("adjusted", new, reason)

    def _explain_unpriced(self):
        """Hook: why an item without a price cannot get one here, and where it can."""
        return self.env._(
            "Covered and non-billable work has no price to change. Change the time entry instead: its "
            "billed time, its work type or its contract."
        )

    def _get_adjusted_amount(self, vals):
        """Time x rate, or quantity x price, for the same share of the period and less the same discount; rounded once."""
        price = "rate" if self.kind in TIME_KINDS else "price_unit"
        worth = self._get_exact_quantity(vals) * exact(str(vals.get(price, self[price])))
        if self.period_days:
            worth *= Fraction((self.window_end - self.window_start).days, self.period_days)
        return round_money(
            discounted(worth, self._get_given_discount()), Decimal(str(self.currency_id.rounding))
        )

    def _get_exact_quantity(self, vals):
        """Hours of time and blocks, else units; stored minutes and quantities are rounded to be shown (Rule D9.27)."""
        if self.kind in TIME_KINDS:
            if "minutes_billed" in vals:
                return Fraction(vals["minutes_billed"], 60)
            return self._get_exact_minutes() / 60
        if "quantity" not in vals and self.source_model == "psa.contract.block":
            return Fraction(self.env["psa.contract.block"].browse(self.source_id).minutes, 60)
        return exact(str(vals.get("quantity", self.quantity)))

    def _get_exact_minutes(self):
        """Hook: the minutes to bill, not rounded, where a collector knows them better than `minutes_billed`."""
        return Fraction(self.minutes_billed)

    def _get_given_discount(self):
        """In per cent: of the charge as it was billed; of work the contract's."""
        given = self.contract_id.sudo().discount if self.kind in TIME_KINDS else self.discount
        return Decimal(str(given))

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
        if self - self._filter_in_scope():
            raise AccessError(
                self.env._(
                    "You approve the items of your own contracts, customers and projects. Ask the account manager."
                )
            )
        if any(item.is_billed for item in self):
            raise UserError(
                self.env._(
                    "An item that is on an invoice cannot be decided again. Delete or credit the invoice first."
                )
            )

    def _filter_in_scope(self):
        """Those that this user decides: all for who bills, else of own contracts, customers and projects."""
        user = self.env.user
        if self.env.su or user.has_group("psa_contracts.psa_contracts_group_biller"):
            return self
        # Whose it is, is no secret; only the answer is used.
        return self.browse(
            self.sudo()
            .filtered(
                lambda item: (
                    user
                    in item.contract_id.owner_id
                    | item.contract_id.project_id.user_id
                    | item.partner_id.commercial_partner_id.user_id
                )
            )
            .ids
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
        if self.company_id.psa_four_eyes and self.env.user in self._get_changers():
            return self.env._("you changed it, so somebody else approves it")
        return False

    def _get_changers(self):
        """Hook: who changed what this item bills since it was last approved."""
        self.ensure_one()
        events = self.sudo().event_ids.sorted("id")  # who decided is no secret to those who may approve
        approved = events.filtered(lambda event: event.action == "approved")
        later = events.filtered(lambda event: event.id > max(approved.ids, default=0))
        return later.filtered(lambda event: event.action == "adjusted").user_id

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
