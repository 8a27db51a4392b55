from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

# An open form says every 30 seconds that it is there; whose line is lost is gone after three silent turns.
GONE_AFTER = timedelta(seconds=90)
TYPING_FOR = timedelta(seconds=20)
PRESENCE_TYPE = "psa_ticket/presence"


class PsaTicketPresence(models.Model):
    """Who has a ticket open just now. Rows live for minutes, are read by nobody directly, and are no work on a ticket."""

    _name = "psa.ticket.presence"
    _description = "Who has a ticket open"
    _inherit = ["psa.ticket.part.mixin"]

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", required=True, readonly=True, index=True, ondelete="cascade")
    seen_at = fields.Datetime(string="Seen at", required=True, readonly=True)
    typing_at = fields.Datetime(string="Writing at", readonly=True)

    _once = models.UniqueIndex("(ticket_id, user_id)")

    def _is_here(self, now):
        return bool(self) and self.seen_at >= now - GONE_AFTER

    def _is_typing(self, now):
        return bool(self.typing_at) and self.typing_at >= now - TYPING_FOR

    @api.model
    def _keep(self, ticket, is_typing, now):
        """Note that the present user has `ticket` open, in one statement: two windows of one person do not collide."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO psa_ticket_presence (ticket_id, user_id, seen_at, typing_at)
                     VALUES (%(ticket)s, %(user)s, %(now)s, %(typing)s)
                ON CONFLICT (ticket_id, user_id)
                  DO UPDATE SET seen_at = EXCLUDED.seen_at, typing_at = EXCLUDED.typing_at
                """,
                ticket=ticket.id,
                user=self.env.uid,
                now=now,
                typing=now if is_typing else None,
            )
        )
        self.invalidate_model(["seen_at", "typing_at"])

    @api.autovacuum
    def _gc_gone(self):
        self.search([("seen_at", "<", fields.Datetime.now() - GONE_AFTER)]).unlink()


class HelpdeskTicket(models.Model):
    """Colleagues see who else has a ticket open, and who is writing."""

    _inherit = "helpdesk.ticket"

    def psa_be_present(self, is_typing=False):
        """Say that the present user has this ticket open, and return who else has.

        Writes nothing into the ticket: looking at it is no work on it, and starts or stops no clock.

        :return: [{"id": of the user, "name": str, "is_typing": bool, "left": seconds until gone unless heard of again}]
        :raises AccessError: for customers, and for who may not read the ticket
        """
        presence, now = self._psa_get_presence(), fields.Datetime.now()
        mine = presence.filtered(lambda one: one.user_id == self.env.user)
        was_here, was_typing = mine._is_here(now), mine._is_typing(now)
        presence._keep(self, is_typing, now)
        others = (presence - mine).filtered(lambda one: one._is_here(now))
        if not was_here or was_typing != bool(is_typing):
            self._psa_tell_present(others)
        return self._psa_describe_present(others, now)

    def psa_get_present(self):
        """Return who else has this ticket open, like `psa_be_present`, without being there."""
        now = fields.Datetime.now()
        others = self._psa_get_presence().filtered(
            lambda one: one.user_id != self.env.user and one._is_here(now)
        )
        return self._psa_describe_present(others, now)

    def psa_leave(self):
        """Say that the present user has closed this ticket."""
        presence = self._psa_get_presence()
        mine = presence.filtered(lambda one: one.user_id == self.env.user)
        now = fields.Datetime.now()
        others = (presence - mine).filtered(lambda one: one._is_here(now))
        if mine:
            mine.unlink()
            self._psa_tell_present(others)

    def _psa_get_presence(self):
        """Return the rows of this ticket, for one of us who may read it."""
        self.ensure_one()
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Who works on a ticket is seen by the service desk only."))
        self.check_access("read")
        # sudo: nobody reads these rows directly; the right to read the ticket was checked
        return self.env["psa.ticket.presence"].sudo().search([("ticket_id", "=", self.id)], order="id")

    def _psa_tell_present(self, others):
        """Let those who have the ticket open ask again who is there, where they may still read it."""
        for user in others.user_id:
            if self.with_user(user).has_access("read"):
                user.partner_id._bus_send(PRESENCE_TYPE, {"id": self.id})

    def _psa_describe_present(self, others, now):
        return [
            {
                "id": one.user_id.id,
                "name": one.user_id.name,
                "is_typing": one._is_typing(now),
                "left": int((one.seen_at + GONE_AFTER - now).total_seconds()),
            }
            for one in others
        ]
