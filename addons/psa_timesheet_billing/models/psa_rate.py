from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain

from ..logic import rates


class PsaRate(models.Model):
    _inherit = "psa.rate"

    @api.model
    def _psa_get_table(self, company, currency, contract, customer, days):
        """All rates that work of one contract or customer may meet, in one query. Superuser only: it holds prices.

        :param customer: commercial partner
        :param days: worked dates, for exchange rates (Rule D9.55)
        :return: `logic.rates.RateTable` in `currency`
        """
        standard = Domain("contract_id", "=", False) & Domain("partner_id", "in", [False, customer.id])
        own = Domain("contract_id", "=", contract.id) if contract else Domain.FALSE
        found = self.search(Domain("company_id", "=", company.id) & (standard | own))
        rows = [rate._psa_get_row() for rate in found]
        # Archived ones too: work of their time is rated by them.
        every = self.env["psa.work.type"].with_context(active_test=False)
        work_types = every.search([("company_id", "in", [False, company.id])])
        foreign = (found.currency_id | work_types.currency_id) - currency
        factors = {
            (other.name, day): Decimal(str(other._get_conversion_rate(other, currency, company, day)))
            for other in foreign
            for day in days
        }
        overage = Decimal(str(contract.overage_rate)) if contract.overage_rate else None
        return rates.RateTable(currency.name, rows, factors, overage)

    def _psa_get_row(self):
        self.ensure_one()
        level = rates.Level.COMPANY
        if self.contract_id:
            level = rates.Level.CONTRACT
        elif self.partner_id:
            level = rates.Level.CUSTOMER
        return rates.Rate(
            key=self.id,
            level=level,
            amount=Decimal(str(self.amount)),
            currency=self.currency_id.name,
            role=self.role_id.id or None,
            work_type=self.work_type_id.id or None,
            date_from=self.date_from or None,
            date_to=self.date_to or None,
        )
