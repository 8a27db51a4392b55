from decimal import Decimal

from odoo import models

from ..logic import rates


class PsaWorkType(models.Model):
    _inherit = "psa.work.type"

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
