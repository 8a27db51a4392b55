from odoo import api, models

from ..logic.quoted import cut_quoted
from ..own_word import OWN_WORD, is_said

# Templates of the host that are sent to the customer, but greet the technician
GREETING_THE_WRONG_ONE = {
    "helpdesk_mgmt.closed_ticket_template": "psa_helpdesk.psa_ticket_mail_template_closed",
    "helpdesk_mgmt.changed_stage_template": "psa_helpdesk.psa_ticket_mail_template_stage",
}


class HelpdeskTicket(models.Model):
    """Mail in and out."""

    _inherit = "helpdesk.ticket"

    def _track_template(self, tracking):
        templates = super()._track_template(tracking)
        if "stage_id" in templates:
            if is_said(self.env, "psa_silent"):
                del templates["stage_id"]
            else:
                template, options = templates["stage_id"]
                templates["stage_id"] = (self._psa_choose_template(template), options)
        return templates

    @api.model
    def _psa_choose_template(self, template):
        """Return our text in place of one of the host's that still greets the technician.

        The host's record stays as it is: it may not be updated by another addon's data, and must survive our
        uninstallation. Where somebody has mended its greeting already, it is used.
        """
        for theirs, ours in GREETING_THE_WRONG_ONE.items():
            if template == self.env.ref(theirs, raise_if_not_found=False):
                replacement = self.env.ref(ours, raise_if_not_found=False)
                if replacement and "object.user_id.name" in str(template.body_html):
                    return replacement
        return template

    @api.model
    def message_new(self, msg, custom_values=None):
        """A ticket made from a mail is nobody's, also where a colleague forwarded the mail; and it came by mail.

        The host says the latter only for mail that it fetched itself.
        """
        email = self.env["ir.model.data"]._xmlid_to_res_id(
            "helpdesk_mgmt.helpdesk_ticket_channel_email", raise_if_not_found=False
        )
        defaults = {"user_id": False, "channel_id": email}
        # A mail is never turned away, whoever sent it.
        tickets = self.with_context(psa_may_be_incomplete=OWN_WORD)
        ticket = super(HelpdeskTicket, tickets).message_new(
            msg, custom_values={**defaults, **(custom_values or {})}
        )
        return ticket.with_context(psa_opened_by_mail=OWN_WORD)

    def _message_post_after_hook(self, message, msg_values):
        """Show in the description what the first mail shows: its pictures, and no older mails below it."""
        result = super()._message_post_after_hook(message, msg_values)
        if is_said(self.env, "psa_opened_by_mail") and message.message_type == "email":
            # sudo: the gateway writes down what came, whoever it acts for
            self.sudo().description = cut_quoted(message.body)
        return result

    def _message_receive_bounce(self, email, partner):
        """Tell the desk that the customer did not get a mail."""
        result = super()._message_receive_bounce(email, partner)
        self._psa_note(
            self.env._(
                "A mail to %(address)s came back: it was not delivered.", address=email or partner[:1].name
            )
        )
        return result

    def _psa_get_customer_attachments(self):
        """Return the files that the customer may see: those of public messages, and those not sent in by us.

        The host shows all files of the ticket, those of internal notes too.
        """
        self.ensure_one()
        ticket = (
            self.sudo()
        )  # the customer reads the ticket through the portal page, and no messages directly
        is_internal = {
            message: message.is_internal or message.subtype_id.internal for message in ticket.message_ids
        }
        shown = ticket.message_ids.filtered(lambda message: not is_internal[message]).attachment_ids
        return ticket.attachment_ids.filtered(
            lambda file: (
                file in shown or (file not in ticket.message_ids.attachment_ids and file.create_uid.share)
            )
        )
