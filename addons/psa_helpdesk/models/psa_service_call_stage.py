from odoo import fields, models
from odoo.exceptions import UserError

from ..logic import call_stages

# The moment that a stage is reached is kept in a field of its own.
MOMENTS = {
    call_stages.CONFIRMED: "confirmed_at",
    call_stages.ON_THE_WAY: "left_at",
    call_stages.ON_SITE: "arrived_at",
    call_stages.DONE: "finished_at",
    call_stages.ABSENT: "finished_at",
    call_stages.CANCELLED: "cancelled_at",
}


class PsaServiceCall(models.Model):
    """The way of a call from planned to done, by buttons of whoever is on it or plans it."""

    _inherit = "psa.service.call"

    def action_confirm(self):
        self._psa_go_to(call_stages.CONFIRMED)

    def action_leave(self):
        """On the way."""
        self._psa_go_to(call_stages.ON_THE_WAY)

    def action_arrive(self):
        self._psa_go_to(call_stages.ON_SITE)

    def action_finish(self):
        self._psa_go_to(call_stages.DONE)

    def action_mark_absent(self):
        """Nobody was there."""
        self._psa_go_to(call_stages.ABSENT)

    def action_cancel(self):
        """Ask for the reason, and cancel."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel %(call)s", call=self.number),
            "res_model": "psa.service.call.cancel",
            "view_mode": "form",
            "target": "new",
            "context": {"default_call_id": self.id},
        }

    def action_reschedule(self):
        """Ask for another time or technician, with proposals."""
        self.ensure_one()
        return self.env["psa.service.call.plan"]._psa_open(self.ticket_ids, self)

    def _psa_finish(self, result=None, signature=None, signed_by=None):
        """Finish the call with what came of it; what is not said stays as it is."""
        self.ensure_one()
        said = {"result": result, "signature": signature, "signed_by": signed_by}
        self.write({name: value for name, value in said.items() if value})
        self._psa_go_to(call_stages.DONE)

    def _psa_go_to(self, stage):
        """Move these calls to `stage`, now. Whoever may write a call may do so: its technicians, and the dispatcher.

        :raises UserError: where the call is past that stage already
        """
        self.check_access("write")
        for call in self:
            if not call_stages.may_follow(call.state, stage):
                raise UserError(
                    self.env._(
                        "%(call)s is %(stage)s already. Reload the page.",
                        call=call.number,
                        stage=call._psa_say_state(),
                    )
                )
        # sudo: the stage is written by these methods alone; the right to write the calls was checked
        self.sudo().write({"state": stage, MOMENTS[stage]: fields.Datetime.now()})
        for call in self.sudo():
            call._psa_tell_days(call.technician_ids)

    def _psa_cancel(self, reason, is_deleted_in_calendar=False):
        """Cancel these calls, free the calendar, and tell who was to come and the customer who expected them."""
        self._psa_go_to(call_stages.CANCELLED)
        for call in self.sudo():  # sudo: see _psa_go_to
            call.cancel_reason = reason
            call._psa_log(self.env._("Cancelled: %(reason)s", reason=reason))
            if not is_deleted_in_calendar:
                call._psa_drop_event()
            for ticket in call.ticket_ids:
                ticket._psa_note(
                    self.env._(
                        "Service call %(call)s was cancelled: %(reason)s", call=call.number, reason=reason
                    )
                )
        self._psa_tell_cancelled()

    def _psa_say_state(self):
        """Return the word for the stage, in the reader's language."""
        self.ensure_one()
        return dict(self._fields["state"]._description_selection(self.env))[self.state]
