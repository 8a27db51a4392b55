from odoo import models

from ..logic.duration import clock


class PsaBillingRun(models.Model):
    _inherit = "psa.billing.run"

    def _prepare_collect(self, cutoff):
        """Rate all approved time anew before it is billed: a late entry may have moved the cover (Rule D9.26)."""
        result = super()._prepare_collect(cutoff)
        # sudo: rating reads what the biller may not; which customers it is for was decided by the run.
        lines = self.env["account.analytic.line"].sudo()
        open_lines = lines.search([*lines._psa_get_open_domain(), ("company_id", "=", self.company_id.id)])
        if self.partner_ids:
            customers = self.partner_ids.commercial_partner_id
            contracts = self._get_contracts()
            open_lines = open_lines.filtered(
                lambda line: line.psa_contract_id in contracts or line.psa_customer_id in customers
            )
        for_nobody = open_lines.filtered(lambda line: not line.psa_contract_id and not line.psa_customer_id)
        groups = (open_lines - for_nobody).grouped(self._psa_get_line_key)
        self._collect_apart(groups, self._psa_collect_lines)
        self._psa_tell_unbillable(for_nobody)
        return result

    def _psa_collect_lines(self, lines):
        # A contract may have got other dates, or its customer another parent, since the work was approved.
        lines._psa_move_open()
        lines._psa_collect()

    def _psa_get_line_key(self, line):
        """(customer, currency, invoice) of a problem that keeps this work off its invoice."""
        if line.psa_contract_id:
            return line.psa_contract_id._get_problem_key(self)
        return line.psa_customer_id.id, line.company_id.currency_id.id, ""

    def _psa_tell_unbillable(self, lines):
        """Approved work for nobody reaches no invoice: say how much, and where it stands."""
        if lines:
            self.message_post(
                body=self.env._(
                    "%(time)s of approved time is not billed because its tickets have no customer: %(tickets)s",
                    time=clock(sum(lines.mapped("psa_minutes"))),
                    tickets=", ".join(lines.psa_ticket_id.mapped("number")),
                )
            )
