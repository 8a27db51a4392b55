from datetime import timedelta

from odoo import fields, models
from odoo.tools import html2plaintext, plaintext2html

# The same words by the same person within this time were sent twice by mistake.
SENT_TWICE = timedelta(minutes=2)


class HelpdeskTicket(models.Model):
    """What the customer says about a closed ticket: solved, or still not."""

    _inherit = "helpdesk.ticket"

    def _psa_get_portal_solved_stage(self):
        """Return the stage with which the customer says "solved", none where customers may not close."""
        stages = self._psa_get_portal_stages()
        return stages.filtered(lambda stage: stage._psa_has_meaning("resolved"))[:1]

    def _psa_unsolve_from_portal(self, text):
        """The customer says that a ticket is not solved: open it again, or a new one after the grace.

        Rule D10.18: within the grace of its policy the ticket goes on; later a new ticket follows the old one.
        What was typed is kept in any case, also where one of us opened the ticket meanwhile, and once if it was
        sent twice.

        :param str text: what is still wrong, plain text
        :return: the ticket on which the work goes on
        :raises LockError: while the same ticket is dealt with by another call
        """
        self.ensure_one()
        self.lock_for_update(allow_referencing=True)
        now = fields.Datetime.now()
        body = plaintext2html(text)
        ticket = self
        if not self.psa_is_open:
            if self._psa_is_in_reopen_grace(now):
                self._psa_reopen(now, by_system=False)
            else:
                ticket = self._psa_find_follow_up(now) or self._psa_make_follow_up(body)
        if not ticket._psa_was_just_said(body, now):
            ticket.message_post(body=body, message_type="comment", subtype_xmlid="mail.mt_comment")
        return ticket

    def _psa_was_just_said(self, body, now):
        """Say whether the acting customer has just sent these words."""
        recent = self.message_ids.filtered(
            lambda message: message.author_id == self.env.user.partner_id and message.date >= now - SENT_TWICE
        )
        said = html2plaintext(body)
        return any(html2plaintext(message.body) == said for message in recent)

    def _psa_find_follow_up(self, now):
        """Return the ticket that the acting customer has just made after this one, if there is one."""
        return self.search(
            [
                ("psa_origin_id", "=", self.id),
                ("psa_is_open", "=", True),
                ("message_partner_ids", "in", self.env.user.partner_id.ids),
                ("create_date", ">=", now - SENT_TWICE),
            ],
            limit=1,
        )

    def _psa_make_follow_up(self, body):
        ticket = self.create(self._psa_prepare_follow_up(body))
        # Whoever reported it first goes on seeing it, also where a colleague pressed the button.
        reporter = self.partner_id.filtered(
            lambda partner: partner.commercial_partner_id == self.commercial_partner_id
        )
        ticket.message_subscribe(partner_ids=(self.env.user.partner_id | reporter).ids)
        return ticket

    def _psa_prepare_follow_up(self, body):
        """Values of the new ticket that follows this one; its customer is the same, whoever asked for it."""
        partner = self.env.user.partner_id
        if partner.commercial_partner_id != self.commercial_partner_id:
            partner = self.partner_id
        return {
            "name": self.name,
            "description": body,
            "partner_id": partner.id,
            "partner_name": partner.name,
            "partner_email": partner.email,
            "company_id": self.company_id.id,
            "team_id": self.team_id.id,
            "category_id": self.category_id.id,
            "psa_asset_id": self.psa_asset_id.id,
            "psa_site_id": self.psa_site_id.id,
            "psa_origin_id": self.id,
            "channel_id": self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web").id,
            "user_id": False,
        }
