from odoo import Command, fields, models
from odoo.exceptions import AccessError, UserError

from ..exceptions import BookingConflict
from ..logic import call_stages, touch
from ..logic.booking_conflicts import Kind
from ..own_word import OWN_WORD, is_said

# A change of these moves people about: it may collide with something.
TIME_FACTS = ("start_at", "stop_at", "travel_minutes", "technicians")


class PsaServiceCall(models.Model):
    """What follows from a plan: rights, conflicts, the calendar, the promise on the tickets, and who is told."""

    _inherit = "psa.service.call"

    def _psa_follow_plan(self, before, reasons):
        """Draw the conclusions from plans that were made or changed in one save.

        :param before: {call: its plan before}, without those that are new
        :param reasons: {call: why it shall be so, whatever speaks against it}
        :raises AccessError: where this user may not plan these calls
        :raises BookingConflict: where something speaks against a time and no reason was given
        """
        after = {call: call._psa_get_plan() for call in self.sudo()}
        changed = self.filtered(lambda call: before.get(call) != after[call])
        if not changed:
            return
        changed._psa_check_may_plan(before, after)
        moved = changed.filtered(
            lambda call: (
                call not in before or any(before[call][fact] != after[call][fact] for fact in TIME_FACTS)
            )
        )
        moved._psa_check_movable(before)
        moved._psa_settle_conflicts(reasons)
        changed._psa_push_events()
        changed._psa_promise_kept(before, after)
        changed._psa_unconfirm(before, after)
        changed._psa_tell_plan(before, after)
        changed._psa_note_live()  # technicians stand in no column of the call
        for call in changed:
            plans = [after[call], *filter(None, [before.get(call)])]
            call._psa_tell_days(self.env["res.users"].union(*(plan["technicians"] for plan in plans)))

    def _psa_check_may_plan(self, before, after):
        """Refuse planning for others to everybody but the dispatcher."""
        if self.env.su or self.env.user.has_group("psa_helpdesk.psa_helpdesk_group_dispatcher"):
            return
        for call in self:
            involved = after[call]["technicians"]
            involved |= before[call]["technicians"] if call in before else involved
            if before and call in before:
                # A colleague who is on the call already stays on it.
                involved -= before[call]["technicians"] & after[call]["technicians"]
                involved |= (
                    self.env.user if self.env.user not in before[call]["technicians"] else involved[:0]
                )
            is_own = self.env.user in after[call]["technicians"] and not involved - self.env.user
            if not (is_own and call._psa_may_plan()):
                raise AccessError(
                    self.env._(
                        "You may plan only service calls of your own. Ask a dispatcher to plan %(call)s.",
                        call=call.sudo().number,
                    )
                )

    def _psa_check_movable(self, before):
        """Refuse another time for a call that is under way or over."""
        for call in self.sudo():
            if call in before and call.state not in call_stages.MOVABLE and not self._psa_is_from_calendar():
                raise UserError(
                    self.env._(
                        "%(call)s cannot get another time: it is %(stage)s. Book a new one.",
                        call=call.number,
                        stage=call._psa_say_state(),
                    )
                )

    def _psa_settle_conflicts(self, reasons):
        """Refuse times that something speaks against, or note why they were given anyway (row "no double booking")."""
        self._psa_lock_technicians()
        for call, conflicts in self._psa_find_conflicts().items():
            words = call._psa_word_conflicts(conflicts)
            if not conflicts:
                if call.override_reason:
                    call.sudo().override_reason = False  # sudo: it was about a time that is given up
                continue
            if self._psa_is_from_calendar():
                call._psa_note_collision(words)
                continue
            reason = (reasons.get(call) or "").strip()
            is_hard = any(conflict.kind is Kind.OVERLAP for _user, conflict in conflicts)
            if not reason or (is_hard and not call._psa_may_override()):
                raise BookingConflict(call._psa_word_refusal(words, is_hard), words, is_hard)
            call.sudo().override_reason = reason  # sudo: who plans the call may say why
            call._psa_log(self.env._("Booked anyway: %(reason)s", reason=reason), words)
            self.env["psa.reason"]._keep("book_anyway", reason)

    def _psa_may_override(self):
        """Say whether this user may book a technician twice, with a reason."""
        return self.env.su or self.env.user.has_group("psa_helpdesk.psa_helpdesk_group_dispatcher")

    def _psa_is_from_calendar(self):
        """Say whether the calendar moved the call: it was moved there already, and cannot be refused here."""
        return is_said(self.env, "psa_from_calendar")

    def _psa_promise_kept(self, before, after):
        """Tell the tickets: planned (Rule D10.7), worked on (Rule D10.29), and taken where nobody had them."""
        now = fields.Datetime.now()
        for call in self.sudo():  # the tickets, whatever the planner may do with them
            added = after[call]["tickets"] - (
                before[call]["tickets"] if call in before else after[call]["tickets"][:0]
            )
            if added:
                added._psa_sla_plan(now)
                open_ones = added.filtered(lambda ticket: ticket.psa_is_open and not ticket.user_id)
                # The notice of the call tells of it.
                open_ones.with_context(psa_told_otherwise=OWN_WORD).write({"user_id": call.technician_id.id})
            if added or before[call]["start_at"] != after[call]["start_at"]:
                call.ticket_ids._psa_note_planned(call, now)

    def _psa_unconfirm(self, before, after):
        """A confirmed time that is given up is only planned again: the customer agreed to another one."""
        for call in self.sudo():
            is_moved = call in before and before[call]["start_at"] != after[call]["start_at"]
            if is_moved and call.state == call_stages.CONFIRMED:
                call.write({"state": call_stages.PLANNED, "confirmed_at": False})

    def _prepare_plan(self):
        """Return the values with which a dialog for another time begins."""
        self.ensure_one()
        return {
            "technician_id": self.technician_id.id,
            "other_technician_ids": [Command.set(self.other_technician_ids.ids)],
            "start_at": self.start_at,
            "minutes": self.minutes,
            "travel_minutes": self.travel_minutes,
            "place": self.place,
            "instructions": self.instructions,
        }


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _psa_merge_into(self, destination):
        result = super()._psa_merge_into(destination)
        # sudo: whoever merges was found to be allowed to write both sides; the plan stays, only its ticket is another
        calls = self.env["psa.service.call"].sudo().with_context(active_test=False)
        for call in calls.search([("ticket_ids", "in", self.ids), ("state", "in", sorted(call_stages.OPEN))]):
            merged = [Command.unlink(ticket.id) for ticket in call.ticket_ids & self]
            call.ticket_ids = [*merged, Command.link(destination.id)]
        return result

    def _psa_note_planned(self, call, at):
        """Note that a service call was planned for these tickets: a touch, if a person did it (Rule D10.29)."""
        for ticket in self:
            if touch.touches(touch.VISIT, ticket._psa_get_actor()).holds:
                ticket._psa_touch(at)
            ticket._psa_note(
                self.env._(
                    "Service call %(call)s: %(when)s, %(technician)s.",
                    call=call.number,
                    when=call._psa_say_when(self.env.user),
                    technician=call.technician_id.name,
                )
            )
