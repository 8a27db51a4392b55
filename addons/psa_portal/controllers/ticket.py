from odoo.exceptions import AccessError, LockError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.addons.psa_crm.logic.duration_text import format_duration
from odoo.addons.psa_helpdesk.controllers.portal import PsaCustomerPortalHelpdesk, clean_text

LONGEST_SEARCH = 100
LONGEST_TEXT = 5000


class PsaPortalTicket(PsaCustomerPortalHelpdesk):
    """The customer's tickets: the list, the page of one, and "still not solved"."""

    # List

    @route()
    def portal_my_tickets(self, page=1, sortby=None, filterby=None, search=None, **kw):
        tickets = request.env["helpdesk.ticket"]
        if not tickets.has_access("read"):
            return request.redirect("/my")
        sortings, filters = self._psa_get_sortings(), self._psa_get_filters()
        sortby = sortby if sortby in sortings else "update"
        filterby = filterby if filterby in filters else "open"
        search = clean_text(search)[:LONGEST_SEARCH]
        domain = Domain(filters[filterby]["domain"]) & self._psa_get_search_domain(search)
        pager = portal_pager(
            url="/my/tickets",
            url_args={"sortby": sortby, "filterby": filterby, "search": search},
            total=tickets.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        # Under the customer's own rights: record rules decide which tickets these are.
        found = tickets.search(
            domain, order=sortings[sortby]["order"], limit=self._items_per_page, offset=pager["offset"]
        )
        request.session["my_tickets_history"] = found.ids[:100]
        values = self._prepare_portal_layout_values() | {
            # sudo: found under the customer's rights; the page shows named facts of each
            "tickets": found.sudo(),
            "lines": found.sudo()._psa_get_portal_lines(request.env.user),
            "whole_company": request.env.user._psa_sees_whole_company(),
            "page_name": "ticket",
            "default_url": "/my/tickets",
            "pager": pager,
            "searchbar_sortings": sortings,
            "searchbar_filters": filters,
            "searchbar_inputs": {"all": {"input": "all", "label": request.env._("Number and subject")}},
            "search_in": "all",
            "search": search,
            "sortby": sortby,
            "filterby": filterby,
        }
        return request.render("psa_portal.portal_my_tickets", values)

    def _psa_get_sortings(self):
        return {
            "update": {"label": request.env._("Last change"), "order": "psa_news_at desc, id desc"},
            "date": {"label": request.env._("Newest"), "order": "create_date desc, id desc"},
            "name": {"label": request.env._("Subject"), "order": "name, id"},
        }

    def _psa_get_filters(self):
        is_open, is_closed = [("psa_is_open", "=", True)], [("psa_is_open", "=", False)]
        filters = {
            "open": {"label": request.env._("Open"), "domain": is_open},
            "waiting": {
                "label": request.env._("Waiting for you"),
                "domain": [*is_open, ("stage_id.psa_sla_event", "=", "waiting")],
            },
            "closed": {
                "label": request.env._("Solved and cancelled"),
                "domain": is_closed,
            },
            "all": {"label": request.env._("All"), "domain": []},
        }
        if request.env.user._psa_sees_whole_company():
            mine = [("partner_id", "=", request.env.user.partner_id.id)]
            filters["mine"] = {"label": request.env._("Open, reported by me"), "domain": [*is_open, *mine]}
        return filters

    def _psa_get_search_domain(self, search):
        if not search:
            return Domain.TRUE
        return Domain("number", "ilike", search) | Domain("name", "ilike", search)

    # Page

    @route()
    def portal_my_ticket(self, ticket_id, access_token=None, **kw):
        try:
            ticket_sudo = self._document_check_access("helpdesk.ticket", ticket_id, access_token=access_token)
        except (AccessError, MissingError):
            if request.env.user._is_public():
                return request.redirect("/my")  # to sign in
            # The same for a ticket of somebody else and for none: nobody learns which numbers there are.
            raise request.not_found() from None
        # What was merged goes on elsewhere; whoever came by a link alone keeps what the link shows.
        survivor = ticket_sudo._psa_find_survivor()
        if survivor != ticket_sudo and self._psa_find_own(survivor.id):
            return request.redirect(f"/my/ticket/{survivor.id}")
        # The links on the page must open for a reader who came with a token only.
        ticket_sudo._psa_get_customer_attachments().generate_access_token()
        return request.render(
            "psa_portal.portal_ticket_page",
            self._ticket_get_page_view_values(ticket_sudo, access_token, **kw),
        )

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        user = request.env.user
        own = self._psa_find_own(ticket.id)
        whole_company = user._psa_sees_whole_company()
        promises = ticket._psa_get_portal_promises(user)[ticket.id]
        time_lines = ticket._psa_get_portal_time(with_cover=whole_company) if own else []
        return values | {
            "line": ticket._psa_get_portal_lines(user)[ticket.id],
            "promises": [(ticket._psa_say_promise(promise), promise.code.value) for promise in promises],
            # Buttons and time are for those who signed in and may see the ticket by right, not for a link.
            "may_act": bool(own),
            "solved_stage": ticket._psa_get_portal_solved_stage() if own else False,
            "time_lines": time_lines,
            "part_lines": ticket._psa_get_portal_parts() if own else [],
            "time_total": format_duration(sum(entry["minutes"] for entry in time_lines)),
            "whole_company": whole_company,
            "psa_created": request.session.pop("psa_created_ticket", None) == ticket.id,
            "psa_sent_draft": self._psa_pop_sent_draft(ticket),
            "psa_problem": self._psa_get_page_problem(kwargs.get("psa_problem")),
            "psa_rating_token": ticket._psa_get_portal_rating_token(user.partner_id) if own else False,
            "psa_desk_company": ticket.company_id,
        }

    def _psa_pop_sent_draft(self, ticket):
        """Return the name of the draft that became a message on this ticket just now, so that the browser drops it."""
        sent = request.session.get("psa_sent_draft") or {}
        if sent.get("ticket") != ticket.id:
            return False
        request.session.pop("psa_sent_draft")
        return sent["draft"]

    def _psa_get_page_problem(self, code):
        problems = {
            "no_text": request.env._("Say in a few words what is still wrong."),
            "too_long": request.env._(
                "Your text was not sent because it is too long. Attach long texts as a file."
            ),
            "not_opened": request.env._(
                "This ticket cannot be opened again from here. Write your answer below the conversation."
            ),
        }
        return problems.get(code, "")

    # Still not solved; "solved" goes through the desk's own `/ticket/close`

    @route(["/my/ticket/<int:ticket_id>/unsolved"], type="http", auth="user", methods=["POST"], website=True)
    def psa_ticket_unsolved(self, ticket_id, text="", **kw):
        # A page that was open before the ticket was merged still sends its text: it goes on where the work does.
        ticket = self._psa_find_own(ticket_id, active_test=False)
        if not ticket:
            return request.redirect("/my")
        # Browsers send line ends as two characters, and count them as one.
        text = clean_text(text).replace("\r\n", "\n").strip()
        problem = "no_text" if not text else "too_long" if len(text) > LONGEST_TEXT else ""
        if not problem:
            try:
                with request.env.cr.savepoint():
                    # sudo: customers may not write tickets; this one was found under their own rights
                    goes_on = ticket.sudo()._psa_unsolve_from_portal(text)
            except LockError:
                # The same button was pressed twice: the first one is at it.
                goes_on = ticket
            except UserError:
                problem = "not_opened"
        if problem:
            return request.redirect(f"/my/ticket/{ticket.id}?psa_problem={problem}")
        request.session["psa_sent_draft"] = {"ticket": goes_on.id, "draft": f"unsolved.{ticket.id}"}
        return request.redirect(f"/my/ticket/{goes_on.id}")

    def _psa_find_own(self, ticket_id, active_test=True):
        """The ticket if the signed-in user may read it by right, else none. A token gives no right to act."""
        tickets = request.env["helpdesk.ticket"]
        if request.env.user._is_public() or not tickets.has_access("read"):
            return tickets
        return tickets.with_context(active_test=active_test).search([("id", "=", ticket_id)])
