from decimal import Decimal

from odoo import models

from ..logic import rates


class PsaWorkType(models.Model):
    _inherit = "psa.work.type"

    def write(self, vals):
        """Work of a type that bills from now on is rated again; what is never billed was not looked at any more."""
        became = self.browse()
        if vals.get("is_billable"):
            became = self.filtered(lambda work_type: not work_type.is_billable)
        result = super().write(vals)
        if became:
            # sudo: whoever may change work types decides about work of everybody.
            items = self.env["psa.billing.item"].sudo()
            domain = [("work_type_id", "in", became.ids), ("source_model", "=", "account.analytic.line")]
            items.search([*domain, ("cover", "=", "non_billable")])._open_again()
        return result

    def _psa_get_usual(self, company):
        """The work type proposed for work on tickets of `company`: the first billable one by sequence."""
        domain = [("is_billable", "=", True), ("company_id", "in", [False, company.id])]
        return self.sudo().search(domain, limit=1)  # whoever logs time gets a proposal

    def _psa_get_terms(self):
        """This work type as `logic/rates.py` sees it; None for none. Superuser only: it holds prices."""
        if not self:
            return None
        return rates.WorkType(
            key=self.id,
            name=self.name,
            billable=self.is_billable,
            minimum=self.minimum_minutes,
            maximum=self.maximum_minutes,
            multiplier=_decimal(self.multiplier) if self.multiplier else None,
            surcharge=_decimal(self.surcharge_amount),
            rate=_decimal(self.rate_amount) if self.rate_amount else None,
            currency=self.currency_id.name,
        )


def _decimal(value):
    """The number a person reads, not its binary neighbour."""
    return Decimal(str(value or 0))
