"""What an invoice or a person has settled: its figures and draws stay, whatever is collected later."""

from odoo import fields, models
from odoo.fields import Domain


class PsaBillingItem(models.Model):
    _inherit = "psa.billing.item"

    is_credited = fields.Boolean(
        string="Credited",
        readonly=True,
        help="Its posted invoice was credited: it is billed again as it was, unless somebody rates it again.",
    )

    def _is_settled(self):
        """Whether a collector leaves it as it is: invoiced, credited, changed or written off by a person."""
        self.ensure_one()
        return bool(self.is_billed or self.is_credited or self.is_adjusted or self.state == "written_off")

    def _get_settled_domain(self):
        """The items for which `_is_settled` holds."""
        flags = ("is_billed", "is_credited", "is_adjusted")
        return Domain.OR(Domain(flag, "=", True) for flag in flags) | Domain("state", "=", "written_off")

    def _free(self, reason):
        """A credit frees an item to be billed again; it changes no amount and gives no draw back (Rule D9.60)."""
        # sudo: the state of the invoice decides, whoever credits it.
        credited = self.sudo().filtered(lambda item: item.is_billed and item.move_id.state == "posted")
        result = super()._free(reason)
        credited.write({"is_credited": True})
        return result
