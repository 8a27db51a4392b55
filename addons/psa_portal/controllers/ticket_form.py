from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.psa_helpdesk.controllers.portal import PsaHelpdeskTicketController, _to_id

LONGEST_DESCRIPTION = 20000
USUAL_URGENCY = "1"


class PsaPortalTicketForm(PsaHelpdeskTicketController):
    """Report a problem: the form, with the places and assets of the customer's own company."""

    @route(["/new/ticket", "/my/tickets/new"])
    def create_new_ticket(self, **kw):
        return request.render("psa_portal.portal_ticket_new", self._get_create_new_ticket_values(**kw))

    def _psa_show_form_again(self, problems, **kw):
        values = self._get_create_new_ticket_values(**kw) | {"psa_problems": problems, "psa_entered": kw}
        response = request.render("psa_portal.portal_ticket_new", values)
        response.status_code = 422
        return response

    @route()
    def submit_ticket(self, **kw):
        response = super().submit_ticket(**kw)
        made = response.headers.get("Location", "").rpartition("/")[2]
        if made.isdecimal():
            request.session["psa_created_ticket"] = int(made)
        return response

    def _get_create_new_ticket_values(self, **kw):
        return super()._get_create_new_ticket_values(**kw) | {
            "page_name": "ticket_new",
            "urgencies": self._psa_get_urgencies(),
            "sites": self._psa_get_sites(),
            "assets": self._psa_get_assets(),
        }

    def _prepare_submit_ticket_vals(self, **kw):
        asset = self._psa_get_chosen(self._psa_get_assets(), kw.get("asset"))
        site = self._psa_get_chosen(self._psa_get_sites(), kw.get("site"))
        return super()._prepare_submit_ticket_vals(**kw) | {
            "priority": self._psa_get_priority(kw.get("urgency")),
            "psa_asset_id": asset.id,
            "psa_site_id": (site or asset.site_id).id,
        }

    def _psa_get_problems(self, site=None, asset=None, **kw):
        problems = super()._psa_get_problems(**kw)
        if len(kw.get("description") or "") > LONGEST_DESCRIPTION:
            problems.append(request.env._("The description is too long. Attach long texts as a file."))
        if _to_id(site) and not self._psa_get_chosen(self._psa_get_sites(), site):
            problems.append(request.env._("This site cannot be chosen. Choose one from the list."))
        if _to_id(asset) and not self._psa_get_chosen(self._psa_get_assets(), asset):
            problems.append(request.env._("This asset cannot be chosen. Choose one from the list."))
        return problems

    def _psa_get_urgencies(self):
        """What a customer says about urgency, by the priority it gives the ticket; the desk may see it otherwise."""
        return {
            "0": request.env._("It can wait"),
            USUAL_URGENCY: request.env._("It gets in the way of my work"),
            "2": request.env._("I cannot work"),
            "3": request.env._("Several of us cannot work"),
        }

    def _psa_get_priority(self, urgency):
        return urgency if urgency in self._psa_get_urgencies() else USUAL_URGENCY

    def _psa_get_sites(self):
        """The sites of the customer's own company, names only."""
        customer = request.env.user.partner_id.commercial_partner_id
        # sudo: contacts of the same company; the portal's rule would show them too, this is the narrower look
        return (
            request.env["res.partner"]
            .sudo()
            .search(
                [("psa_is_site", "=", True), ("commercial_partner_id", "=", customer.id)], order="name, id"
            )
        )

    def _psa_get_assets(self):
        """The assets of the customer's own company that we look after."""
        customer = request.env.user.partner_id.commercial_partner_id
        # sudo: customers have no right on assets; the form shows name, tag and site of their own
        return (
            request.env["psa.asset"]
            .sudo()
            .search(
                Domain("partner_id", "=", customer.id) & Domain("company_id", "in", request.env.companies.ids)
            )
        )
