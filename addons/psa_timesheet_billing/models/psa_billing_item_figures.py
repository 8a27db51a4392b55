"""What time entries know about their items beyond what is stored with them."""

from odoo import models

from ..logic import labour, replay

TIME = "account.analytic.line"


class PsaBillingItem(models.Model):
    _inherit = "psa.billing.item"

    def _get_exact_minutes(self):
        """A split at the end of a block leaves parts of a minute (Rule D9.27): the steps give them exactly."""
        if self.source_model != TIME or self.minutes_billed != (self.original_minutes or self.minutes_billed):
            return super()._get_exact_minutes()
        registers = replay.Registers()
        for step in (self.derivation or {}).get("steps", []):
            if step["do"] == "changed":
                break
            registers = replay.run(registers, step)
        return registers.minutes

    def _get_order_keys(self):
        """The order in which time draws is the order in which it is billed (Rule D9.24)."""
        keys = super()._get_order_keys()
        items = self.filtered(lambda item: item.source_model == TIME)
        # sudo: whoever bills need not see the time entries; only their order is used.
        lines = self.env[TIME].sudo().browse(items.mapped("source_id")).exists()
        places = {entry.key: labour.canonical(entry) for entry in lines._psa_get_entries()}
        return keys | {item: places[item.source_id] for item in items if item.source_id in places}
