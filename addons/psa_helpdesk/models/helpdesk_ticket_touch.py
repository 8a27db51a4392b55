from odoo import SUPERUSER_ID, api, fields, models

from ..logic import touch
from ..own_word import is_in_host_rule, is_said

# Changes of these fields by a person are touches (Rule D10.29).
TOUCHING_FIELDS = {
    "stage_id": touch.STAGE,
    "user_id": touch.ASSIGNEE,
    "priority": touch.PRIORITY,
    "team_id": touch.QUEUE,
}
# Written by people, or mailed by them; what the system says of its own accord has other types.
PERSONAL_MESSAGE_TYPES = {"comment", "email"}


class HelpdeskTicket(models.Model):
    """Who has laid hands on the ticket, and whose turn it is (Rules D10.29 and D10.39)."""

    _inherit = "helpdesk.ticket"

    psa_touched_at = fields.Datetime(
        string="Last work by us",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Last note, answer, change of stage, priority, queue or assignment by one of us; rules do not count.",
    )
    psa_customer_message_at = fields.Datetime(
        string="Customer wrote", copy=False, readonly=True, groups="base.group_user"
    )
    psa_answered_at = fields.Datetime(
        string="Last answer",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="The last message by one of us that the customer can read.",
    )
    psa_needs_reply = fields.Boolean(
        string="Needs reply",
        compute="_compute_psa_needs_reply",
        store=True,
        help="The customer spoke last.",
    )

    _psa_needs_reply_idx = models.Index("(team_id) WHERE psa_needs_reply IS TRUE")

    @api.depends("psa_customer_message_at", "psa_answered_at")
    def _compute_psa_needs_reply(self):
        for ticket in self:
            asked, answered = ticket.psa_customer_message_at, ticket.psa_answered_at
            ticket.psa_needs_reply = bool(asked) and (not answered or answered < asked)

    @api.model
    def _psa_is_automation(self):
        """Say whether a machine acts here: the robot user, a rule, an import, or a user marked as automation."""
        return bool(
            self.env.uid == SUPERUSER_ID
            or self.env.user.psa_is_automation
            or is_said(self.env, "psa_automation")
            or self.env.context.get("import_file")
            or is_in_host_rule(self.env)
        )

    def _psa_get_actor(self):
        """Describe the present user for the rules of `logic/touch.py`."""
        return touch.Actor(
            is_internal=self.env.user._is_internal(),
            is_assignee=bool(self) and self.sudo().user_id == self.env.user,
            is_automation=self._psa_is_automation(),
        )

    def _psa_get_author(self, message):
        """Describe the author of a message: what the gateway takes in for a customer is the customer's deed."""
        # sudo: a customer who may write a message may not read the users behind its author
        partner = message.sudo().author_id
        users = partner.user_ids
        is_assignee = bool(users) and self.sudo().user_id in users
        is_requester = partner == self.sudo().partner_id  # also a colleague may be the customer of a ticket
        is_ours = is_assignee or (not is_requester and any(user._is_internal() for user in users))
        is_robot = partner == self.env.ref("base.partner_root") or is_said(self.env, "psa_automation")
        return touch.Actor(
            is_internal=is_ours,
            is_assignee=is_assignee,
            is_automation=(
                is_robot
                or is_said(self.env, "psa_says_nothing")
                or (is_ours and self._psa_is_sent_by_machine(message, users))
            ),
        )

    def _psa_is_sent_by_machine(self, message, users):
        """Say whether a message of ours, of the author with these users, was written by a machine."""
        if self.env.uid == SUPERUSER_ID and message.message_type == "email":
            # What a person mailed is posted by the gateway, in the name of the robot.
            return is_said(self.env, "psa_sent_by_machine") or any(user.psa_is_automation for user in users)
        return self._psa_is_automation()

    def _psa_find_touched(self, vals):
        """Return the tickets in which `vals` really changes something that counts as a touch by this person."""
        deeds = {name: deed for name, deed in TOUCHING_FIELDS.items() if name in vals}
        if not deeds or self._psa_is_automation():
            return self.browse()
        return self.filtered(
            lambda ticket: any(
                ticket._psa_is_changed(name, vals[name])
                and touch.touches(deed, ticket._psa_get_actor()).holds
                for name, deed in deeds.items()
            )
        )

    def _psa_is_changed(self, name, value):
        field = self._fields[name]
        return field.convert_to_cache(value, self, validate=False) != field.convert_to_cache(self[name], self)

    def _psa_touch(self, at):
        """Note that staff worked on these tickets.

        :param datetime at: the naive UTC moment; an older one than the noted one changes nothing
        """
        # sudo: the date is set for whoever was allowed to do what counts as a touch, also where that was a message
        for ticket in self.sudo():
            if not ticket.psa_touched_at or ticket.psa_touched_at < at:
                ticket.psa_touched_at = at

    def _psa_is_untouched(self):
        """Say whether only machines have dealt with this ticket since it was created (Rule D10.39)."""
        self.ensure_one()
        ticket = self.sudo()  # asked by alert processing and for the customer, who may not read these dates
        return touch.is_untouched(
            ticket.psa_touched_at or None, ticket.psa_customer_message_at or None, ticket._psa_was_merged()
        ).holds

    def _psa_was_merged(self):
        """Say whether this ticket was merged into another one, or took another one in."""
        merged_here = [("psa_merged_into_id", "=", self.id)]
        return bool(self.psa_merged_into_id) or bool(
            self.with_context(active_test=False).search_count(merged_here, limit=1)
        )

    def _message_post_after_hook(self, message, msg_values):
        self._psa_take_note_of(message)
        return super()._message_post_after_hook(message, msg_values)

    def _psa_take_note_of(self, message):
        """Book a message: an answer or note of ours is a touch, one of the customer asks for a reply."""
        if message.message_type not in PERSONAL_MESSAGE_TYPES:
            return
        actor = self._psa_get_author(message)
        role = touch.role_of(actor)
        is_public = not message.is_internal and not message.subtype_id.internal
        now = self._psa_get_event_moment()  # never the sender's own time (Rule D10.3)
        ticket = self.sudo()  # the customer may write a message, but not the ticket
        if role is touch.Role.CUSTOMER:
            is_at_work = ticket.psa_is_open and ticket.active  # a merged one is archived, in whatever stage
            if is_at_work or ticket._psa_hear_on_closed(message.sudo(), now) == ticket:
                ticket._psa_book_customer_message(now, is_at_work)
        elif touch.touches(touch.ANSWER if is_public else touch.NOTE, actor).holds:
            ticket._psa_touch(now)
            if is_public:
                ticket._psa_book_answer(now)
