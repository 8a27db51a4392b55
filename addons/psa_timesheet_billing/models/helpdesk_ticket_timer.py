from odoo import api, fields, models

from odoo.addons.psa_helpdesk.logic import touch


class HelpdeskTicket(models.Model):
    """Starting and stopping the clock on a ticket."""

    _inherit = "helpdesk.ticket"

    psa_is_timer_running = fields.Boolean(
        string="My timer is running",
        compute="_compute_psa_is_timer_running",
        compute_sudo=False,
        groups="base.group_user",
    )

    @api.depends_context("uid")
    def _compute_psa_is_timer_running(self):
        running = self.env["psa.timer"]
        if running.has_access("read"):
            running = running._get_running()
        for ticket in self:
            ticket.psa_is_timer_running = bool(running) and running.ticket_id == ticket._origin

    def action_psa_start_timer(self):
        """Start my timer here; one on another ticket is stopped and becomes an entry."""
        self.ensure_one()
        started = self.env["psa.timer"].action_start(self.id)
        if not started["stopped"]:
            return False
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("Stopped the timer on %(number)s first.", number=started["stopped"]),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_psa_stop_timer(self):
        """Stop my timer and write down what was done."""
        self.ensure_one()
        return self.env["psa.timer"].action_stop()

    def _psa_merge_into(self, destination):
        result = super()._psa_merge_into(destination)
        # sudo: timers of everybody; no time is entered on a merged ticket, so they could not be stopped any more
        running = self.env["psa.timer"].sudo()
        running = running.search([("ticket_id", "in", self.ids), ("stopped_at", "=", False)])
        running.ticket_id = destination
        for timer in running:
            timer.with_user(timer.user_id)._tell_devices()
        return result

    def _psa_touch_by_time(self):
        """Working on a ticket is a touch by staff (Rule D10.29); what a machine logs is none."""
        for ticket in self:
            if touch.touches(touch.TIME_ENTRY, ticket._psa_get_actor()).holds:
                ticket._psa_touch(fields.Datetime.now())
