from typing import NamedTuple

from odoo import models

from ..logic.objectives import Terms, choose_objectives
from ..time_zones import find_zone
from .psa_sla_target import KINDS


class Promise(NamedTuple):
    """What a ticket is promised: lines as the ledger keeps them, and the terms under which it is.

    `customer_zone` is the customer's whether or not the terms count in it.
    """

    lines: list
    customer_zone: str | None
    terms: Terms


class HelpdeskTicket(models.Model):
    """Which policy a ticket runs under, and what it promises this ticket (Rule D10.17)."""

    _inherit = "helpdesk.ticket"

    def _psa_get_sla_policies(self):
        """Return the policies that could hold for this ticket, the deciding one first.

        Source order: asset, contract, customer, queue, default of the company. Override
        `_psa_get_contract_sla_policies` to add the contract's.
        """
        self.ensure_one()
        ticket = self.sudo()  # the promise does not depend on who may see the policies behind it
        company = ticket.company_id
        policies = ticket.psa_asset_id.psa_sla_policy_id
        policies |= ticket._psa_get_contract_sla_policies()
        policies |= ticket.commercial_partner_id.with_company(company).psa_sla_policy_id
        policies |= ticket.team_id.psa_sla_policy_id
        policies |= policies.browse(policies._get_default_id(company) or ())
        return policies.filtered(lambda policy: policy.active and policy.company_id == company)

    def _psa_get_contract_sla_policies(self):
        """Return the policies of the ticket's contract line and contract, in this order.

        A hook for the addon that knows contracts. Called once per ticket of a batch: load in bulk, then read the cache.
        """
        return self.env["psa.sla.policy"]

    def _psa_choose_promises(self):
        """Return {ticket: Promise}, by the first policy in source order."""
        promises = {}
        for ticket in self:
            policy = ticket._psa_get_sla_policies()[:1]
            terms = policy._get_terms()
            chosen = choose_objectives(terms.objectives, ticket.priority or "0", ticket._psa_get_issue_ids())
            lines = [
                {
                    "kind": kind,
                    "seconds": objective.seconds,
                    "calendar": objective.calendar,
                    "pauses": objective.pauses,
                    "at_risk": terms.at_risk_percent,
                    "target": objective.id,
                    "policy": policy.id,
                }
                for kind, objective in ((kind, chosen[kind]) for kind, _label in KINDS if kind in chosen)
            ]
            promises[ticket] = Promise(lines, ticket._psa_get_customer_zone(), terms)
        return promises

    def _psa_get_issue_ids(self):
        """Return the ids of the issue and those above it, the most special one first."""
        path = self.category_id.parent_path or ""
        return [int(part) for part in reversed(path.split("/")) if part]

    def _psa_get_customer_zone(self):
        """Return the time zone of the site, else of the customer, else None for the calendar's own."""
        return find_zone(self.psa_site_id.tz, self.commercial_partner_id.tz)
