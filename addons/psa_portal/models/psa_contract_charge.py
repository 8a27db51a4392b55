from babel.numbers import format_decimal

from odoo import models
from odoo.tools.misc import babel_locale_parse


class PsaContractCharge(models.Model):
    _inherit = "psa.contract.charge"

    def _psa_is_running_on(self, day):
        self.ensure_one()
        first = self.date_start or self.contract_id.date_start
        return first <= day and (not self.date_end or self.date_end >= day)

    def _psa_describe_for_portal(self):
        """One sentence: how many of what, how often."""
        self.ensure_one()
        texts = {
            "month": self.env._("%(quantity)s x %(name)s, each month"),
            "quarter": self.env._("%(quantity)s x %(name)s, each quarter"),
            "year": self.env._("%(quantity)s x %(name)s, each year"),
        }
        quantity = format_decimal(self.current_quantity, locale=babel_locale_parse(self.env.lang))
        return texts[self.interval] % {"quantity": quantity, "name": self.name}
