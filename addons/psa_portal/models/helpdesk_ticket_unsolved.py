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
        ticket = self._psa_go_on(self.env.user.partner_id, body, now)
        if ticket != self:
            ticket.message_subscribe(partner_ids=self.env.user.partner_id.ids)
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
