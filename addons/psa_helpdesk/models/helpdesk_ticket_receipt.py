from zoneinfo import ZoneInfo

from odoo import models

from ..logic.promise import Code, Day
from ..own_word import is_said
from ..time_zones import usable_zone

# The ways in which a customer asks for something and then waits for an answer
RECEIPT_CHANNELS = tuple(f"helpdesk_mgmt.helpdesk_ticket_channel_{way}" for way in ("web", "email", "phone"))
TEMPLATE = "psa_helpdesk.psa_ticket_mail_template_received"
# So that no machine answers our machine (RFC 3834, and what Exchange reads).
AUTOMATIC_HEADERS = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}


class HelpdeskTicket(models.Model):
    """The receipt: the customer reads at once that the ticket is there, its number, and what is promised."""

    _inherit = "helpdesk.ticket"

    def _psa_send_receipts(self):
        """Queue one mail for each of these new tickets whose customer waits for an answer."""
        is_quiet = is_said(self.env, "psa_silent") or is_said(self.env, "psa_wants_no_receipt")
        if is_quiet or self.env.context.get("import_file"):
            return
        find = self.env["ir.model.data"]._xmlid_to_res_id
        channels = {find(xmlid, raise_if_not_found=False) for xmlid in RECEIPT_CHANNELS}
        waiting = self.filtered(
            lambda ticket: (
                ticket.channel_id and ticket.channel_id.id in channels and ticket._psa_is_receivable()
            )
        )
        template = waiting and self.env.ref(TEMPLATE, raise_if_not_found=False)
        for ticket in waiting if template else ():
            # sudo: a mail of the desk goes out whoever wrote the ticket down, also a customer in the portal
            template.sudo().send_mail(
                ticket.id,
                email_layout_xmlid="mail.mail_notification_layout",
                email_values={"headers": repr(AUTOMATIC_HEADERS)},
            )

    def _psa_is_receivable(self):
        """Say whether a mail to the customer can go out, and whether that is not one of our own people."""
        self.ensure_one()
        ticket = self.sudo()  # asked for whoever may create a ticket
        is_ours = any(user._is_internal() for user in ticket.partner_id.user_ids)
        has_address = bool(ticket.partner_id.email or ticket.partner_email)
        return bool(has_address and not is_ours and ticket.psa_is_open and ticket.company_id.email)

    def _psa_say_promises(self):
        """Return what is promised about this ticket, each as a sentence with its date: a mail is read later."""
        self.ensure_one()
        promises = self._psa_get_promises(self._psa_get_receipt_zone())[self.id]
        texts = self._psa_get_promise_texts()
        return [
            texts[promise.code, promise.kind] % {"when": self._psa_say_moment(promise.at, Day.FAR)}
            for promise in promises
            if promise.code is Code.DUE and promise.at
        ]

    def _psa_get_receipt_zone(self):
        """The zone of the contact, else ours."""
        # sudo: as above, the ticket may be one that its author cannot read
        ticket = self.sudo()
        return ZoneInfo(usable_zone(ticket.partner_id.tz, ticket.company_id.resource_calendar_id.tz))
