from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

SHOWN_DRAWS = 50


class PsaPortalContract(CustomerPortal):
    """The customer's contracts: what is covered, and how many hours are left and who used them.

    Contracts carry no access token: whoever looks at one has signed in.
    """

    @route(["/my/contracts"], type="http", auth="user", website=True, readonly=True)
    def psa_my_contracts(self, **kw):
        contracts = request.env["psa.contract"]._psa_find_for_portal(request.env.user)
        values = self._prepare_portal_layout_values() | {
            "page_name": "psa_contract",
            "contracts": [contract._psa_get_portal_facts() for contract in contracts],
        }
        return request.render("psa_portal.portal_my_contracts", values)

    @route(["/my/contract/<int:contract_id>"], type="http", auth="user", website=True, readonly=True)
    def psa_my_contract(self, contract_id, **kw):
        contract = request.env["psa.contract"]._psa_find_for_portal(request.env.user, contract_id)
        if not contract:
            return request.redirect("/my")
        draws = contract.block_ids._psa_get_portal_draws()
        values = self._prepare_portal_layout_values() | {
            "page_name": "psa_contract",
            "contract": contract._psa_get_portal_facts(),
            "draws": draws[:SHOWN_DRAWS],
            "more_draws": max(len(draws) - SHOWN_DRAWS, 0),
            "by_contact": contract.block_ids._psa_sum_by_contact(draws),
        }
        return request.render("psa_portal.portal_contract_page", values)
