import logging

from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ..logic.reply import is_thanks
from ..own_word import is_said

_logger = logging.getLogger(__name__)


class HelpdeskTicket(models.Model):
    """The customer's word on a closed ticket: it is opened again, or another one goes on with it (Rule D10.18)."""

    _inherit = "helpdesk.ticket"

    def _psa_go_on(self, partner, body, at):
        """Return the open ticket on which the work goes on after the customer's word, opened or made for it.

        One code path for mail, portal and whatever comes. Within the grace of its policy the ticket itself goes on;
        later, and after it was cancelled, one that follows it. Of a merged ticket that is the one it went into.

        :param partner: who wrote; empty for an unknown sender
        :param body: what was written, for the description of a new ticket
        :param datetime at: the naive UTC moment it came
        """
        self.ensure_one()
        ticket = self._psa_find_survivor()
        if ticket.psa_is_open and ticket.active:
            return ticket
        if ticket.active and ticket._psa_is_in_reopen_grace(at):
            ticket._psa_reopen(at, by_system=False)
            return ticket
        return ticket._psa_find_successor() or ticket._psa_make_successor(partner, body)

    def _psa_find_survivor(self):
        """Return the ticket that this one was merged into, however often; itself where it was not."""
        ticket, seen = self, self
        while not (ticket.active and ticket.psa_is_open) and ticket.psa_merged_into_id - seen:
            ticket = ticket.psa_merged_into_id
            seen |= ticket
        return ticket

    def _psa_find_successor(self):
        """Return the newest open ticket that follows this one for the same customer."""
        followers = self.search(
            [("psa_origin_id", "=", self.id), ("psa_is_open", "=", True)], order="id desc"
        )
        return followers.filtered(lambda ticket: ticket.commercial_partner_id == self.commercial_partner_id)[
            :1
        ]

    def _psa_make_successor(self, partner, body):
        ticket = self.with_company(self.company_id).create(self._psa_prepare_successor(partner, body))
        # Whoever reported it first goes on seeing it, also where a colleague wrote.
        ticket.message_subscribe(partner_ids=(ticket.partner_id | self.partner_id).ids)
        return ticket

    def _psa_prepare_successor(self, partner, body):
        """Return the values of a ticket that follows this one; its customer is the same, whoever asked for it."""
        if not partner or partner.commercial_partner_id != self.commercial_partner_id:
            partner = self.partner_id
        return {
            "name": self.name,
            "description": body,
            "partner_id": partner.id,
            "partner_name": partner.name or self.partner_name,
            "partner_email": partner.email or self.partner_email,
            "company_id": self.company_id.id,
            "team_id": self.team_id.id,
            "category_id": self.category_id.id,
            "channel_id": self.channel_id.id,
            "psa_asset_id": self.psa_asset_id.id,
            "psa_site_id": self.psa_site_id.id,
            "psa_origin_id": self.id,
            "user_id": False,
        }

    def _psa_hear_on_closed(self, message, at):
        """Let the work go on where the customer wrote on this closed ticket, and return where it does.

        Thanks alone reopen nothing, nor does what a machine sent; they show as *Needs reply*, like what cannot be
        opened again.
        """
        self.ensure_one()
        if is_said(self.env, "psa_sent_by_machine"):
            return self
        names = [message.author_id.name or "", *self.message_follower_ids.partner_id.mapped("name")]
        if is_thanks(html2plaintext(message.body or ""), names):
            return self
        try:
            with self.env.cr.savepoint():
                ticket = self._psa_go_on(message.author_id, message.body, at)
                if ticket != self:
                    ticket._psa_take_over(message)
                    self._psa_note(self.env._("The work goes on in ticket %(number)s.", number=ticket.number))
        except UserError as problem:
            # The customer's message is kept in any case.
            _logger.warning(
                "Ticket %s stays closed after a message of the customer: %s", self.number, problem
            )
            return self
        return ticket

    def _psa_take_over(self, message):
        """Write the customer's message into this ticket too, with its files."""
        files = message.attachment_ids.copy({"res_model": self._name, "res_id": self.id})
        self.message_post(
            body=message.body or Markup(),
            author_id=message.author_id.id,
            email_from=message.email_from,
            message_type=message.message_type,
            subtype_xmlid="mail.mt_comment",
            attachment_ids=files.ids,
        )
