from odoo import models

from ..logic import part_price
from .account_analytic_line_approval import MANAGER


class PsaBillingItem(models.Model):
    """Parts in the ledger."""

    _inherit = "psa.billing.item"

    def _get_part_state(self):
        """Where this item stands, as the part says it."""
        self.ensure_one()
        if self.is_billed:
            return "billed"
        return "open" if self.state == "draft" else self.state

    def _ask_for_review(self, state):
        """Review what is ready though nobody approved it, where a part that is new would be reviewed now.

        :param state: of a new item of the same part, see `_prepare_item`
        """
        self.ensure_one()
        if (
            state == "draft"
            and self.state == "approved"
            and not self.approved_by_id
            and not self._is_settled()
        ):
            self.write({"state": "draft"})

    def action_reopen(self):
        """A part that is back in review follows its ticket, also one that was credited (Rule D9.60)."""
        reopened = self.filtered(lambda item: item.state != "draft")
        result = super().action_reopen()
        # sudo: who may reopen was checked
        items = reopened.sudo().filtered(lambda item: item.source_model == "psa.part")
        items.filtered("is_credited").write({"is_credited": False})
        self.env["psa.part"].sudo().browse(items.mapped("source_id")).exists()._follow_ticket()
        return result

    def _why_not_approved(self):
        return super()._why_not_approved() or self._why_part_not_approved()

    def _why_part_not_approved(self):
        """A part without a price is no free part, and with four eyes nobody approves what the own hand wrote down."""
        if self.source_model != "psa.part":
            return False
        # sudo: only whether there is a price; approvers may read it anyway.
        if self.cover == "billable" and not self.is_adjusted and not self.sudo().amount:
            return self.env._("no price: name one, or say on the ticket why it is free of charge")
        if not self.company_id.psa_four_eyes:
            return False
        # sudo: whose hand it was, also on parts that this person may not read; one query for all items looked at
        parts = self.env["psa.part"].sudo()
        part = parts.browse(self.source_id).with_prefetch(self.browse(self._prefetch_ids).mapped("source_id"))
        user = self.env.user
        if user == part.user_id:
            # As for time: owners approve their own work.
            return not user.has_group(MANAGER) and self.env._("your own part, so somebody else approves it")
        return user == part.changed_by_id and self.env._("you changed the part, so somebody else approves it")

    def _get_step_texts(self):
        """Tell the steps of a part in the reader's language; what a person changed is told as it was stored."""
        derivation = self.derivation or {}
        if self.source_model != "psa.part" or derivation.get("adjusted"):
            return super()._get_step_texts()
        return part_price.sentences(self._get_steps(), lambda text, **values: self.env._(text, **values))

    def _explain_unpriced(self):
        """A part without charge is changed where the reason stands."""
        if self.kind != "part":
            return super()._explain_unpriced()
        return self.env._(
            "A part without charge has no price to change. Take out the reason on the ticket instead."
        )
