from odoo import models


class PsaBillingItem(models.Model):
    """Four eyes also on what was set on the time entry, before the item was made."""

    _inherit = "psa.billing.item"

    def _why_not_approved(self):
        """A price or minutes set on the time entry are a change like one of the item."""
        return super()._why_not_approved() or self._psa_why_four_eyes()

    def _psa_why_four_eyes(self):
        if self.source_model != "account.analytic.line" or not self.company_id.psa_four_eyes:
            return False
        # sudo: whose hand it was, also on time that this person may not read; one query for all items looked at
        lines = self.env["account.analytic.line"].sudo()
        line = lines.browse(self.source_id).with_prefetch(self.browse(self._prefetch_ids).mapped("source_id"))
        if line.psa_bill_set_by_id == self.env.user:
            return self.env._("you set its price or minutes on the time entry, so somebody else approves it")
        return False
