from markupsafe import Markup

from odoo import fields, models

from ..event_moment import EventMoment
from ..logic.touch import Role, role_of
from ..own_word import OWN_WORD

MOVABLE_TYPES = ("comment", "email", "email_outgoing")


class HelpdeskTicket(models.Model):
    """Splitting: part of what was said becomes a ticket of its own."""

    _inherit = "helpdesk.ticket"

    def _psa_split(self, messages, values):
        """Move `messages` of this ticket into a new one with these values, and return it (Rule D10.25).

        The new ticket finds its own policy and inherits no pause. Its promise is younger than its start: what is used
        up by then is missed from now on. The clocks of this ticket do not change.
        """
        self.ensure_one()
        self.check_access("write")
        self.browse().check_access("create")
        now = fields.Datetime.now()
        # When the gateway or the page took it, never the sender's own time (Rule D10.3).
        received = min(messages.mapped("create_date"))
        answers = self.message_ids.filtered(
            lambda message: (
                message.create_date >= received
                and message.message_type in MOVABLE_TYPES
                and self._psa_is_response(message)
            )
        ).sorted("create_date")
        moments = {"psa_promised_at": EventMoment(now), "psa_wants_no_receipt": OWN_WORD}
        if answers:
            moments["psa_responded_at"] = EventMoment(answers[0].create_date)
        # sudo: the system books when the ticket began; the user may write this ticket and create tickets
        source = self.sudo()
        new = source.with_context(**moments).create(source._psa_prepare_split(messages, values, received))
        new = new.with_env(source.env)
        customers = messages.filtered(lambda message: role_of(self._psa_get_author(message)) is Role.CUSTOMER)
        new.write(
            {
                "psa_customer_message_at": max(customers.mapped("create_date"), default=False),
                "psa_answered_at": answers[-1:].create_date,
            }
        )
        new.message_subscribe(source.message_partner_ids.ids)
        source._psa_move_messages(messages.sudo(), new)
        source._psa_recall_last_words(messages.sudo())
        source._psa_tell_split(messages, new)
        (source | new)._psa_touch(now)
        new = new.with_env(self.env)
        new._psa_keep_in_sight()
        return new

    def _psa_prepare_split(self, messages, values, received):
        """Return the values of the new ticket: those of this one, of the same customer."""
        return {
            "description": messages.sorted("id")[0].body or self.description,
            "partner_id": self.partner_id.id,
            "partner_name": self.partner_name,
            "partner_email": self.partner_email,
            "company_id": self.company_id.id,
            "category_id": self.category_id.id,
            "channel_id": self.channel_id.id,
            "priority": self.priority,
            "psa_asset_id": self.psa_asset_id.id,
            "psa_site_id": self.psa_site_id.id,
            "user_id": self.user_id.id,
            "psa_origin_id": self.id,
            "psa_started_at": received.replace(microsecond=0),
            **values,
        }

    def _psa_move_messages(self, messages, record):
        """Move messages of this ticket, and the files that came with them, to another record. Superuser."""
        files = messages.attachment_ids.filtered(
            lambda file: file.res_model == self._name and file.res_id == self.id
        )
        target = {"model": record._name, "res_id": record.id}
        messages.write(target)
        files.write({"res_model": record._name, "res_id": record.id})

    def _psa_recall_last_words(self, gone):
        """Book who spoke last here, now that the messages `gone` are those of another ticket. Superuser.

        What was booked before the first of them stands: it came with the ticket, perhaps without a message.
        """
        left = self.message_ids.filtered(lambda one: one.message_type in MOVABLE_TYPES)
        spoken = {
            "psa_customer_message_at": lambda one: role_of(self._psa_get_author(one)) is Role.CUSTOMER,
            "psa_answered_at": self._psa_is_response,
        }
        first = min(gone.mapped("create_date")).replace(microsecond=0)
        self.write(
            {
                name: max(
                    (one.create_date.replace(microsecond=0) for one in left if is_meant(one)), default=False
                )
                for name, is_meant in spoken.items()
                if self[name] and self[name] >= first
            }
        )

    def _psa_tell_split(self, messages, new):
        """Note on both sides what was moved where."""
        told = {
            self: self.env._(
                "Messages moved to ticket %(number)s: %(count)s", number=new.number, count=len(messages)
            ),
            new: self.env._(
                "Messages moved from ticket %(number)s: %(count)s", number=self.number, count=len(messages)
            ),
        }
        for ticket, text in told.items():
            ticket.message_post(
                body=Markup("<p>%s</p>") % text, message_type="notification", subtype_xmlid="mail.mt_note"
            )
