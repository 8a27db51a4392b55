from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

SHOWN_TICKETS = 5


class PsaPortalHome(CustomerPortal):
    """The customer's first page: report a problem, what waits for you, open tickets, hours left."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "psa_contract_count" in counters:
            values["psa_contract_count"] = len(
                request.env["psa.contract"]._psa_find_for_portal(request.env.user)
            )
        return values

    @route()
    def home(self, **kw):
        response = super().home(**kw)
        response.qcontext.update(self._psa_prepare_home_values())
        return response

    def _psa_find_due_invoices(self, user):
        """The invoices of this customer that wait for payment, under the reader's own rights."""
        moves = request.env["account.move"]
        if not moves.has_access("read"):
            return moves
        customer = user.partner_id.commercial_partner_id
        return moves.search(
            moves._psa_get_portal_due_domain() & Domain("commercial_partner_id", "=", customer.id)
        )

    def _psa_prepare_home_values(self):
        """What stands on the page itself; the counters of the entries below are asked for by the page later."""
        user = request.env.user
        tickets = request.env["helpdesk.ticket"]
        shown, still_open = tickets, 0
        waiting = 0
        if tickets.has_access("read"):
            domain = [("psa_is_open", "=", True)]
            shown = tickets.search(domain, order="psa_news_at desc, id desc", limit=SHOWN_TICKETS)
            still_open = tickets.search_count(domain)
            waiting = tickets.search_count([*domain, ("stage_id.psa_sla_event", "=", "waiting")])
        # sudo: read under the customer's rights above; stage and clocks behind them are ours to put into words
        shown = shown.sudo()
        contracts = request.env["psa.contract"]._psa_find_for_portal(user)
        due = self._psa_find_due_invoices(user)
        return {
            "psa_tickets": shown,
            "psa_lines": shown._psa_get_portal_lines(user),
            "psa_open_count": still_open,
            "psa_waiting_count": waiting,
            "psa_due_count": len(due),
            "psa_due_amounts": due._psa_sum_portal_amounts(),
            "psa_to_rate": tickets._psa_find_portal_to_rate(user.partner_id),
            "whole_company": user._psa_sees_whole_company(),
            "psa_contracts": [
                contract._psa_get_portal_facts()
                for contract in contracts.filtered(lambda one: one.state == "active")
            ],
        }
