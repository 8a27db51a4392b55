from odoo import models


class PsaContractCharge(models.Model):
    _inherit = "psa.contract.charge"

    def _psa_describe_for_portal(self):
        """One sentence: how many of what, how often."""
        self.ensure_one()
        texts = {
            "month": self.env._("%(quantity)g x %(name)s, each month"),
            "quarter": self.env._("%(quantity)g x %(name)s, each quarter"),
            "year": self.env._("%(quantity)g x %(name)s, each year"),
        }
        return texts[self.interval] % {"quantity": self.current_quantity, "name": self.name}
