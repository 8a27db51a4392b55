from odoo import api, fields, models
from odoo.tools import html2plaintext

from ..logic import notice_plan, touch
from ..logic.timeline import shorten
from ..own_word import is_said
from .helpdesk_ticket_touch import PERSONAL_MESSAGE_TYPES
from .psa_notice import UNSENT

HIGHEST = "3"
# Somebody else's work that brings such tickets along, or tells of them in words of its own
TOLD_OTHERWISE = ("psa_silent", "psa_merging", "psa_told_otherwise")


class HelpdeskTicket(models.Model):
    """What needs the assignee within the hour reaches this person unasked: a critical ticket, an answer waited for.

    Odoo tells of an assignment and of a message, too. A person whose first way is one of those that Odoo takes
    hears of it once, from Odoo; nobody finds two lines in the inbox.
    """

    _inherit = "helpdesk.ticket"

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets._psa_tell_critical({})
        return tickets

    def write(self, vals):
        if not {"user_id", "priority"} & vals.keys():
            return super().write(vals)
        # sudo: who had it, which a customer who writes may not read
        before = {ticket.id: (ticket.user_id, ticket._psa_get_critical_assignee()) for ticket in self.sudo()}
        result = super().write(vals)
        self._psa_tell_critical(before)
        return result

    def _psa_get_critical_assignee(self):
        """Return who has this ticket if it is critical and open, else nobody."""
        is_critical = self.priority == HIGHEST and self.psa_is_open
        return self.user_id if is_critical else self.user_id[:0]

    def _psa_tell_critical(self, before):
        """Tell people which critical tickets became theirs, or which of theirs became critical: one notice each.

        :param before: {ticket id: (who had it, who had it as a critical one)}, without those that are new
        """
        if self.env.context.get("import_file") or any(is_said(self.env, key) for key in TOLD_OTHERWISE):
            return
        nobody = self.env["res.users"]
        tickets = self.sudo()  # as in `write`
        changed = tickets.filtered(
            lambda ticket: ticket._psa_get_critical_assignee() - before.get(ticket.id, (nobody, nobody))[1]
        )
        for user, theirs in changed.grouped("user_id").items():
            is_new = all(before.get(ticket.id, (nobody, nobody))[0] != user for ticket in theirs)
            theirs._psa_tell_critical_to(user, is_new)

    def _psa_tell_critical_to(self, user, is_new):
        """Tell `user` of these critical tickets.

        :param is_new: whether all were assigned just now, of which Odoo tells as well
        """
        first = self[0].with_context(lang=user.lang)
        values = {"number": first.number, "customer": first._psa_say_customer()}
        if is_new:
            subject = first.env._("%(number)s %(customer)s: critical, assigned to you", **values)
        else:
            subject = first.env._("%(number)s %(customer)s: critical now", **values)
        first._psa_notify_unasked(
            user,
            "critical",
            subject,
            "\n".join(f"{ticket.number} {ticket.name}" for ticket in self),
            "user_notification" if is_new and not self._psa_is_host_mute() else None,
            count=len(self),
        )

    @api.model
    def _psa_is_host_mute(self):
        """Say whether Odoo tells nobody of an assignment here."""
        context = self.env.context
        return bool(context.get("mail_auto_subscribe_no_notify") or context.get("tracking_disable"))

    def _psa_say_customer(self):
        return self.commercial_partner_id.name or self.partner_name or ""

    def _psa_take_note_of(self, message):
        # sudo: the customer may write a message, but not read the ticket
        ticket = self.sudo()
        is_awaited = (
            message.message_type in PERSONAL_MESSAGE_TYPES
            and ticket.psa_is_waiting
            and ticket.psa_is_open
            and ticket.user_id
        )
        result = super()._psa_take_note_of(message)
        if is_awaited and touch.role_of(self._psa_get_author(message)) is touch.Role.CUSTOMER:
            ticket._psa_tell_answer(message.sudo())
        return result

    def _psa_tell_answer(self, message):
        """Tell the assignee that the customer answered what this ticket waits for."""
        user = self.user_id
        ticket = self.with_context(lang=user.lang)
        subject = ticket.env._(
            "%(number)s %(customer)s: customer replied",
            number=ticket.number,
            customer=ticket._psa_say_customer(),
        )
        is_follower = user.partner_id in ticket.message_partner_ids
        body = shorten(html2plaintext(message.body or "")) or ticket.name
        ticket._psa_notify_unasked(
            user, "answer", subject, body, message.message_type if is_follower else None
        )

    def _psa_notify_unasked(self, user, event, subject, body, by_host, count=1):
        """Send one urgent notice, unless the person does not want it, was told, or hears it from Odoo by that way.

        :param by_host: type of the message by which Odoo tells the same person the same; None where it does not
        """
        preferences = self.env["psa.notice.preference"]
        mine = preferences._get_for(user)[user]
        has_browser = bool(preferences._get_with_browser(user))
        host_ways = mine._get_host_ways(by_host, has_browser) if by_host else ()
        first_way = mine._get_order(True, has_browser)[0]
        if not mine._wants(event) or first_way in host_ways or self._psa_was_just_told(user, event):
            return self.env["psa.notice"]
        more = {"event": event, "host_ways": ",".join(host_ways), "count": count}
        return self._psa_notify_users(user, subject, body, urgent=True, more=more)

    def _psa_was_just_told(self, user, event):
        """Say whether such a notice is on its way to `user`, or went out within the last minutes."""
        since = fields.Datetime.now() - notice_plan.BURST
        return bool(
            self.env["psa.notice"].search_count(
                [
                    ("user_id", "=", user.id),
                    ("ticket_id", "=", self.id),
                    ("event", "=", event),
                    "|",
                    ("state", "in", UNSENT),
                    ("done_at", ">", since),
                ],
                limit=1,
            )
        )

    def _psa_drop_unsent(self, users):
        """Take back what these people were to be told unasked: another notice says more."""
        # sudo: notices are the system's
        self.sudo().psa_notice_ids.filtered(
            lambda notice: notice.event and notice.state in UNSENT and notice.user_id in users
        ).unlink()
