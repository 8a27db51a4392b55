from odoo import api, models

from odoo.addons.psa_crm.exceptions import AppendOnlyError

from ..own_word import is_said

TICKET = "helpdesk.ticket"
# What was said, by whom, when, and about which ticket. Whether it is a note or an answer may be decided later.
KEPT_FIELDS = {
    "author_id",
    "body",
    "date",
    "email_from",
    "message_type",
    "model",
    "res_id",
    "tracking_value_ids",
}


class MailMessage(models.Model):
    """The messages of a ticket are a part of its trail: nobody takes one away or makes it say something else (row 2.7)."""

    _inherit = "mail.message"

    def write(self, vals):
        if KEPT_FIELDS & vals.keys() and not is_said(self.env, "psa_correcting"):
            self._psa_refuse_trail()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_trail(self):
        self._psa_refuse_trail()

    def _psa_refuse_trail(self):
        """:raises AppendOnlyError: for messages of tickets, unless the system acts (a ticket is deleted, or merged)"""
        # sudo: only to which model they belong
        if not self.env.su and TICKET in self.sudo().mapped("model"):
            raise AppendOnlyError(
                self.env._(
                    "What was written on a ticket stays as it was written. Add a note that puts it right, or correct your"
                    " own message in the ticket: what it said before is kept."
                )
            )


class MailTrackingValue(models.Model):
    """Which field was changed from what to what: the same."""

    _inherit = "mail.tracking.value"

    def write(self, vals):
        self.mail_message_id._psa_refuse_trail()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_trail(self):
        self.mail_message_id._psa_refuse_trail()
