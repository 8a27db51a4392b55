from odoo import models

from ..logic import part_price


class PsaBillingItem(models.Model):
    """Parts in the ledger."""

    _inherit = "psa.billing.item"

    def _get_part_state(self):
        """Where this item stands, as the part says it."""
        self.ensure_one()
        if self.is_billed:
            return "billed"
        return "open" if self.state == "draft" else self.state

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
