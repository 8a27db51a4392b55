from odoo import models
from odoo.fields import Domain


class PsaBillingRun(models.Model):
    """Parts are collected before a run bills them: their contract may have got other dates since."""

    _inherit = "psa.billing.run"

    def _prepare_collect(self, cutoff):
        result = super()._prepare_collect(cutoff)
        # sudo: which customers it is for was decided by the run.
        parts = self.env["psa.part"].sudo()
        waiting = parts.search(parts._get_open_domain() & Domain("company_id", "=", self.company_id.id))
        if self.partner_ids:
            customers = self.partner_ids.commercial_partner_id
            contracts = self._get_contracts()
            chosen = waiting._choose_contracts()
            waiting = waiting.filtered(
                lambda part: part.customer_id in customers or chosen[part] in contracts
            )
        for_nobody = waiting.filtered(lambda part: not part.customer_id)
        groups = (waiting - for_nobody).grouped(
            lambda part: (part.customer_id.id, part.company_id.currency_id.id, "")
        )
        self._collect_apart(groups, lambda members: members._collect())
        self._tell_unbillable_parts(for_nobody)
        return result

    def _tell_unbillable_parts(self, parts):
        """Parts for nobody reach no invoice: say how many, and where they stand."""
        if parts:
            self.message_post(
                body=self.env._(
                    "Parts that are not billed because their tickets have no customer: %(count)s, on %(tickets)s",
                    count=len(parts),
                    tickets=", ".join(parts.ticket_id.mapped("number")),
                )
            )
