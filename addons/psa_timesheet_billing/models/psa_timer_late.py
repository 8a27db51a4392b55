from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..logic.late_press import MOST, Deed, LateProblem, read_press


class PsaTimer(models.Model):
    """Timer buttons pressed where a phone had no line: done when it is back, at the time the phone says, and marked."""

    _inherit = "psa.timer"

    is_device_time = fields.Boolean(
        string="Time of the phone",
        readonly=True,
        help="It was started where there was no connection: the phone says when.",
    )

    @api.model
    def action_press_late(self, presses):
        """Do what was pressed without a line, in this order; what was done already is left out.

        :param list presses: [{"token", "deed": "start" or "stop", "age": seconds ago, "ticket_id"}]
        :return: {"running": as `get_running`, "problems": sentences on what could not be done}
        """
        self.check_access("read")
        if not isinstance(presses, list) or len(presses) > MOST:
            raise UserError(self.env._("This request cannot be read. Reload the page."))
        problems = [self._try_late(values) for values in presses]
        return {"running": self.get_running(), "problems": [problem for problem in problems if problem]}

    @api.model
    def _try_late(self, values):
        """Return why a press could not be done, nothing where it was; the others do not wait for it."""
        try:
            with self.env.cr.savepoint():
                self._press_late(values)
        except (UserError, AccessError, ValidationError) as problem:
            return str(problem)
        return ""

    @api.model
    def _press_late(self, values):
        press = read_press(values, fields.Datetime.now())
        if press is LateProblem.TOO_OLD:
            raise UserError(
                self.env._(
                    "A timer button pressed more than a week ago was not counted. Enter the time by hand."
                )
            )
        if press is LateProblem.FORM:
            raise UserError(self.env._("This request cannot be read. Reload the page."))
        if not self.env["psa.once"]._claim(values.get("token")):
            return
        running = self._get_running()
        if running and running.started_at > press.at:
            raise UserError(
                self.env._(
                    "The timer on %(number)s was started later elsewhere. Enter the time before it by hand.",
                    number=running.ticket_id.number,
                )
            )
        if press.deed is Deed.STOP:
            running._stop(press.at)
        else:
            self._start_late(running, press)

    @api.model
    def _start_late(self, running, press):
        ticket = self.env["helpdesk.ticket"].browse(press.ticket).exists()
        ticket.check_access("read")
        self._check_may_log(ticket)
        if not ticket or running.ticket_id == ticket:
            return
        running._stop(press.at)
        # sudo: timers are written by these buttons alone; the ticket was checked above
        timer = self.sudo().create(
            {
                "ticket_id": ticket.id,
                "user_id": self.env.uid,
                "started_at": press.at,
                "is_device_time": True,
            }
        )
        ticket._psa_touch_by_time()
        timer._tell_devices()
