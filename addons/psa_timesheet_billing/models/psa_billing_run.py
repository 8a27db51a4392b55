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
        # A contract may have got other dates, or its customer another parent, since the work was approved.
        open_lines._psa_move_open()
        open_lines._psa_collect()
        self._psa_tell_unbillable(open_lines)
        return result

    def _psa_tell_unbillable(self, lines):
        """Approved work for nobody reaches no invoice: say how much, and where it stands."""
        nobody = lines.filtered(lambda line: not line.psa_customer_id and not line.psa_contract_id)
        if nobody:
            self.message_post(
                body=self.env._(
                    "%(time)s of approved time is not billed because its tickets have no customer: %(tickets)s",
                    time=clock(sum(nobody.mapped("psa_minutes"))),
                    tickets=", ".join(nobody.psa_ticket_id.mapped("number")),
                )
            )
