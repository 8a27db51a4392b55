from odoo import models


class PsaBillingRun(models.Model):
    _inherit = "psa.billing.run"

    def _prepare_collect(self, cutoff):
        """Rate all approved time anew before it is billed: a late entry may have moved the cover (Rule D9.26)."""
        result = super()._prepare_collect(cutoff)
        # sudo: rating reads what the biller may not; which customers it is for was decided by the run.
        lines = self.env["account.analytic.line"].sudo()
        open_lines = lines.search([*lines._psa_get_open_domain(), ("company_id", "=", self.company_id.id)])
        open_lines = open_lines.filtered(lambda line: line.psa_contract_id or line.psa_customer_id)
        if self.partner_ids:
            customers = self.partner_ids.commercial_partner_id
            contracts = self._get_contracts()
            open_lines = open_lines.filtered(
                lambda line: line.psa_contract_id in contracts or line.psa_customer_id in customers
            )
        self._collect_apart(open_lines.grouped(self._psa_get_line_key), lambda lines: lines._psa_collect())
        return result

    def _psa_get_line_key(self, line):
        """(customer, currency, invoice) of a problem that keeps this work off its invoice."""
        if line.psa_contract_id:
            return line.psa_contract_id._get_problem_key(self)
        return line.psa_customer_id.id, line.company_id.currency_id.id, ""
