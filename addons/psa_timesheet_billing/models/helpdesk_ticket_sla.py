from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """The contract of a ticket may promise more than the customer's usual policy (Rule D10.17)."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _psa_get_promise_fields(self):
        return (*super()._psa_get_promise_fields(), "psa_contract_id")

    def _psa_get_contract_sla_policies(self):
        """The contract's own policy, as long as the contract is active.

        What a contract promises is asked when a ticket begins or changes; one that ends under way changes nothing.
        """
        contract = self.sudo().psa_contract_id  # as in _psa_get_sla_policies
        policies = super()._psa_get_contract_sla_policies()
        if not contract._psa_is_promising(fields.Date.context_today(self)):
            return policies
        return policies | contract.psa_sla_policy_id
