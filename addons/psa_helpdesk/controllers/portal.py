from odoo import fields
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request, route

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk

from ..models.helpdesk_ticket_subject import LONGEST_SUBJECT
from .upload import get_upload_problems, get_upload_values


def _to_id(value):
    """Return the record id in a form value, 0 for whatever is none."""
    text = str(value or "").strip()
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def clean_text(value):
    """Return a form value as text without NUL, which no browser types and the database refuses."""
    return str(value or "").replace("\x00", "")


class PsaHelpdeskTicketController(HelpdeskTicketController):
    """The customer's side of making and closing a ticket; what the form sends is checked, nothing is trusted."""

    @route(methods=["POST"])
    def support_ticket_close(self, ticket_id=None, stage_id=None, **kw):
        """Close a ticket that this customer may see; the host closes any ticket of anybody, by a mere link."""
        ticket = request.env["helpdesk.ticket"].browse(_to_id(ticket_id)).exists()
        if not ticket or not ticket.has_access("read"):
            return request.redirect("/my")
        stage = request.env["helpdesk.ticket.stage"].browse(_to_id(stage_id))
        try:
            # sudo: customers may not write tickets; this one they may see, and the method checks the stage
            ticket.sudo()._psa_close_from_portal(stage.sudo())
        except UserError:
            return request.redirect(f"/my/ticket/{ticket.id}?psa_not_closed=1")
        return request.redirect(f"/my/ticket/{ticket.id}")

    def _get_create_new_ticket_values(self, **kw):
        values = super()._get_create_new_ticket_values(**kw)
        company = request.env.company.sudo()  # portal users may not read all of the company
        return values | {
            "psa_problems": [],
            "psa_entered": {},
            "max_upload_size": company._psa_get_upload_limits().max_bytes,
            "psa_accept": company._psa_get_upload_accept(),
        }

    def _prepare_submit_ticket_vals(self, **kw):
        """Take over only a category and a queue that the form offers to this customer."""
        category = self._psa_get_chosen(self._get_categories(), kw.get("category"))
        team = self._psa_get_chosen(self._get_teams(), kw.get("team"))
        vals = super()._prepare_submit_ticket_vals(**{**kw, "category": category.id, "team": team.id})
        company = category.company_id or request.env.company
        if not team:
            # sudo: the default queue need not be one that customers see
            team = request.env["helpdesk.ticket.team"].sudo()._psa_get_default(company)
        return vals | {
            "company_id": company.id,
            "team_id": team.id,
            "stage_id": team.sudo()._get_applicable_stages()[:1].id,
            "psa_customer_message_at": fields.Datetime.now(),
        }

    @route(methods=["POST"])
    def submit_ticket(self, **kw):
        """Make the ticket, or show the form again with all that was typed and what is wrong with it."""
        kw = {name: clean_text(value) if isinstance(value, str) else value for name, value in kw.items()}
        files = request.httprequest.files.getlist("attachment")
        problems = self._psa_get_problems(**kw) + get_upload_problems(files)
        if problems:
            return self._psa_show_form_again(problems, **kw)
        # Not through the host's method, which stores files as they come.
        # sudo: customers have no right to create tickets and files; each value was checked above
        ticket = request.env["helpdesk.ticket"].sudo().create(self._prepare_submit_ticket_vals(**kw))
        ticket.message_subscribe(partner_ids=request.env.user.partner_id.ids)
        request.env["ir.attachment"].sudo().create(get_upload_values(files, ticket))
        return request.redirect(f"/my/ticket/{ticket.id}")

    def _psa_show_form_again(self, problems, **kw):
        values = self._get_create_new_ticket_values(**kw) | {"psa_problems": problems, "psa_entered": kw}
        response = request.render("helpdesk_mgmt.portal_create_ticket", values)
        response.status_code = 422
        return response

    def _psa_get_chosen(self, offered, value):
        """Return the offered record with the id that the form sent, else an empty record."""
        chosen = _to_id(value)
        if offered is False:  # so the host says that customers choose no queue
            offered = request.env["helpdesk.ticket.team"]
        return offered.filtered(lambda record: record.id == chosen)

    def _psa_get_problems(self, subject=None, description=None, category=None, team=None, **kw):
        """Return one sentence for each thing that keeps the form from being a ticket."""
        company = request.env.company.sudo()
        problems = []
        if not (subject or "").strip():
            problems.append(request.env._("The subject is missing. Say in a few words what is wrong."))
        elif len(subject) > LONGEST_SUBJECT:
            problems.append(
                request.env._(
                    "The subject is too long. Use at most %(number)s characters.", number=LONGEST_SUBJECT
                )
            )
        if not (description or "").strip():
            problems.append(request.env._("The description is missing. Say what happened and since when."))
        if self._psa_is_choice_wrong(
            self._get_categories(), category, company.helpdesk_mgmt_portal_category_id_required
        ):
            problems.append(request.env._("This issue cannot be chosen. Choose one from the list."))
        if self._psa_is_choice_wrong(self._get_teams(), team, company.helpdesk_mgmt_portal_team_id_required):
            problems.append(request.env._("This addressee cannot be chosen. Choose one from the list."))
        return problems

    def _psa_is_choice_wrong(self, offered, value, required):
        if value:
            return not self._psa_get_chosen(offered, value)
        return bool(offered) and required


class PsaCustomerPortalHelpdesk(CustomerPortalHelpdesk):
    """The customer's list of tickets and the page of one."""

    @route()
    def portal_my_tickets(self, sortby=None, **kw):
        """Fall back to the usual order where an address names an unknown one; the host answers with an error."""
        if sortby not in self._ticket_get_searchbar_sortings():
            sortby = None
        return super().portal_my_tickets(sortby=sortby, **kw)

    @route()
    def portal_my_ticket(self, ticket_id, access_token=None, **kw):
        """Answer a reader who may not see the ticket with 404; the host leads to the start page, as if all was well.

        The same for a ticket of somebody else and for none: nobody learns which numbers there are.
        """
        try:
            self._document_check_access("helpdesk.ticket", ticket_id, access_token=access_token)
        except (AccessError, MissingError):
            if request.env.user._is_public():
                return request.redirect("/my")  # to sign in
            raise request.not_found() from None
        return super().portal_my_ticket(ticket_id, access_token=access_token, **kw)

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        # Whoever came by the link of a mail reads and answers; closing needs an account that may see the ticket.
        may_close = request.env["helpdesk.ticket"].browse(ticket.id).has_access("read")
        return values | {
            "closed_stages": ticket._psa_get_portal_stages() if may_close else [],
            "psa_attachments": ticket._psa_get_customer_attachments(),
            "psa_not_closed": bool(kwargs.get("psa_not_closed")),
        }
