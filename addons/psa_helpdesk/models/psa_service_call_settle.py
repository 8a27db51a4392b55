from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..own_word import OWN_WORD, is_said

# Said by the board: what it does is told when the dispatcher is done with it.
HELD = "psa_plan_held"
CUSTOMER_LATER = "psa_customer_later"
# The board settles what it holds after eight seconds; what a closed browser left behind is told after these.
HOLD = timedelta(seconds=30)


class PsaServiceCall(models.Model):
    """A drop on the dispatch board is told once, when it stands: not what is taken back, nor each step of moving about.

    Until then the call keeps what its people were last told. Then that is compared with the plan as it is.
    """

    _inherit = "psa.service.call"

    held_plan = fields.Json(string="Plan last told", readonly=True, copy=False, groups="base.group_system")
    held_at = fields.Datetime(
        string="Held since", readonly=True, copy=False, index="btree_not_null", groups="base.group_system"
    )

    def psa_board_settle(self, is_told=True):
        """Tell what was held back for these calls.

        :param is_told: False: the technicians are told nothing of it; a customer who knows another time still is
        """
        self._psa_check_board()
        self.check_access("write")
        if not isinstance(is_told, bool):
            raise UserError(self.env._("Say whether the technician is told: yes or no."))
        self._psa_tell_held(is_told)
        return True

    def _psa_hold(self):
        """Return these calls such that what is planned with them is held back."""
        # The host tells who gets a ticket, too: the notice of the call says it already.
        return self.with_context(**{HELD: OWN_WORD}, mail_auto_subscribe_no_notify=True)

    def _psa_tell_plan(self, before, after):
        if is_said(self.env, HELD):
            self._psa_hold_plan(before)
            return
        held = self.filtered(lambda call: call.sudo().held_plan)  # sudo: a word of the system
        super(PsaServiceCall, self - held)._psa_tell_plan(before, after)
        held._psa_tell_held()

    def _psa_hold_plan(self, before):
        """Keep what the people of these calls know, unless it is kept already."""
        now, said = fields.Datetime.now(), fields.Datetime.to_string
        for call in self.sudo():  # sudo: words of the system on calls that this user was allowed to plan
            was = before.get(call)
            known = call.held_plan or {
                "technicians": was["technicians"].ids if was else [],
                "start": said(was["start_at"]) if was else False,
                "customer_start": said(was["start_at"]) if was and call.told_at else False,
            }
            call.write({"held_plan": known | {"by": self.env.uid}, "held_at": now})
        # sudo: a moment to look, nothing is read
        self.env.ref("psa_helpdesk.psa_helpdesk_cron_held_plans").sudo()._trigger(now + HOLD)

    def _psa_tell_held(self, is_told=True):
        """Tell each what is another than they know, in the name of whoever planned it."""
        for call in self.sudo().filtered("held_plan"):  # sudo: see _psa_hold_plan
            known = call.held_plan
            call = call.with_user(known["by"]).sudo().with_context(**{HELD: False})
            call.write({"held_plan": False, "held_at": False})
            plan = call._psa_get_plan()
            if is_told:
                was = {
                    "technicians": plan["technicians"].browse(known["technicians"]),
                    "start_at": fields.Datetime.to_datetime(known["start"]),
                }
                call.with_context(**{CUSTOMER_LATER: OWN_WORD})._psa_tell_plan({call: was}, {call: plan})
            customer_start = fields.Datetime.to_datetime(known["customer_start"])
            if customer_start and customer_start != plan["start_at"]:
                call._psa_mail_customer("psa_helpdesk.psa_service_call_mail_template_booked")

    def _psa_tell_cancelled(self):
        """Of a cancelled call hears who knew of it."""
        held = self.sudo().filtered("held_plan")  # sudo: see _psa_hold_plan
        for call in held:
            known = call.held_plan
            call.write({"held_plan": False, "held_at": False})
            start = fields.Datetime.to_datetime(known["start"])
            people = call.technician_ids.browse(known["technicians"])
            call._psa_tell_technicians({(call, user): start for user in people})
            if known["customer_start"]:
                call._psa_mail_customer("psa_helpdesk.psa_service_call_mail_template_cancelled")
        return super(PsaServiceCall, self - held)._psa_tell_cancelled()

    def _psa_mail_customer(self, template):
        if is_said(self.env, CUSTOMER_LATER):
            return
        super()._psa_mail_customer(template)
        for call in self.sudo().filtered("held_plan"):  # sudo: see _psa_hold_plan
            call.held_plan = call.held_plan | {"customer_start": fields.Datetime.to_string(call.start_at)}

    @api.model
    def _cron_tell_held(self, now=None):
        """Tell what no board told: the browser was closed, or its line is down."""
        now = now or fields.Datetime.now()
        due = self.search([("held_at", "<=", now - HOLD)], order="held_at, id")
        for done, call in enumerate(due, start=1):
            call._psa_tell_held()
            self.env["ir.cron"]._commit_progress(1, remaining=len(due) - done)
