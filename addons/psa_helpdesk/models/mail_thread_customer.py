from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.mail import email_split_tuples

from ..logic import mail_domain, mail_gate

TICKET = "helpdesk.ticket"


class MailThread(models.AbstractModel):
    """Whose mail it is, and which ticket it belongs to where its headers were lost."""

    _inherit = "mail.thread"

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        """A mail that would open a ticket, but names one of the sender's customer in its subject, belongs there."""
        model, thread_id, *rest = route
        if model == TICKET and not thread_id:
            route = (model, self._psa_find_named_ticket(message_dict).id or thread_id, *rest)
        return super()._routing_check_route(message, message_dict, route, raise_exception)

    @api.model
    def _psa_find_named_ticket(self, message_dict):
        """Return the ticket whose number stands in the subject; none where the sender is a stranger to it."""
        tickets = self.env[
            TICKET
        ].sudo()  # sudo: the gateway looks; what it finds is held against the sender below
        numbers = mail_gate.ticket_numbers(message_dict.get("subject"))
        if not numbers:
            return tickets
        found = tickets.with_context(active_test=False).search([("number", "in", numbers)], limit=5)
        sender = message_dict.get("email_from")
        return found.filtered(lambda ticket: self._psa_is_of_ticket(sender, ticket))[:1] if found else found

    @api.model
    def _psa_is_of_ticket(self, sender, ticket):
        """Say whether an address belongs to the ticket's customer, to somebody who follows it, or to our staff."""
        address = email_normalize(sender or "")
        if not address:
            return False
        partners = (
            self.env["res.partner"].sudo().search([("email_normalized", "=", address)])
        )  # sudo: as above
        customer = ticket.commercial_partner_id
        if partners & (ticket.message_partner_ids | ticket.partner_id):
            return True
        if any(user._is_internal() for user in partners.user_ids):
            return True
        if customer and (customer in partners.commercial_partner_id):
            return True
        if not partners:
            owner = self._psa_find_customer(address, ticket.company_id)
            return bool(owner) and owner == customer or address == email_normalize(ticket.partner_email or "")
        return False

    @api.model
    def _psa_find_customer(self, address, company):
        """Return the customer whose own domain the address has; none where it is nobody's, or more than one's."""
        partners = self.env[
            "res.partner"
        ].sudo()  # sudo: the gateway looks for the customer, whoever it acts for
        domain = mail_domain.read_domain(address)
        if not mail_domain.is_domain(domain) or mail_domain.is_public(domain):
            return partners
        named = Domain.OR(
            [
                [("psa_mail_domains", "ilike", domain)],
                [("email_normalized", "=like", f"%@{domain.replace('_', '')}")],
                [("website", "ilike", domain)],
            ]
        )
        candidates = partners.search(
            Domain("is_company", "=", True)
            & Domain("ref_company_ids", "=", False)
            & Domain("company_id", "in", [False, company.id])
            & named
        )
        known = [
            (partner.commercial_partner_id.id, partner._psa_get_mail_domains()) for partner in candidates
        ]
        return partners.browse(mail_domain.find_customer(address, known).customer or [])

    @api.model
    def _message_parse_post_process(self, message, message_dict, routes):
        values = super()._message_parse_post_process(message, message_dict, routes)
        if not values.get("author_id"):
            contact = self._psa_make_contact(message_dict, routes)
            if contact:
                values["author_id"] = contact.id
        return values

    @api.model
    def _psa_make_contact(self, message_dict, routes):
        """Return a new contact of the customer whose own domain an unknown sender to the desk has; else none."""
        route = next((route for route in routes or () if route[0] == TICKET), None)
        address = email_normalize(message_dict.get("email_from") or "")
        if not route or not address:
            return self.env["res.partner"]
        company = self._psa_get_route_company(route)
        customer = self._psa_find_customer(address, company)
        if not customer:
            return customer
        name = (email_split_tuples(message_dict["email_from"]) or [("", "")])[0][0]
        return customer.create(
            {
                "name": name or address,
                "email": address,
                "parent_id": customer.id,
                "company_id": customer.company_id.id,
                "lang": customer.lang,
                "tz": customer.tz,
            }
        )

    @api.model
    def _psa_get_route_company(self, route):
        ticket = self.env[TICKET].sudo().browse(route[1] or [])  # sudo: the gateway asks whose ticket it is
        team = self.env["helpdesk.ticket.team"].sudo().browse((route[2] or {}).get("team_id") or [])
        return ticket.company_id or team.company_id or self.env.company
