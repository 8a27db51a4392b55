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

    def _psa_prepare_home_values(self):
        """What stands on the page itself; the counters of the entries below are asked for by the page later."""
        user = request.env.user
        tickets = request.env["helpdesk.ticket"]
        shown, still_open = tickets, 0
        waiting = 0
        if tickets.has_access("read"):
            domain = [("psa_is_open", "=", True)]
            shown = tickets.search(domain, order="write_date desc, id desc", limit=SHOWN_TICKETS)
            still_open = tickets.search_count(domain)
            waiting = tickets.search_count([*domain, ("stage_id.psa_sla_event", "=", "waiting")])
        # sudo: read under the customer's rights above; stage and clocks behind them are ours to put into words
        shown = shown.sudo()
        contracts = request.env["psa.contract"]._psa_find_for_portal(user)
        return {
            "psa_tickets": shown,
            "psa_lines": shown._psa_get_portal_lines(user),
            "psa_open_count": still_open,
            "psa_waiting_count": waiting,
            "psa_contracts": [
                contract._psa_get_portal_facts()
                for contract in contracts.filtered(lambda one: one.state == "active")
            ],
        }
