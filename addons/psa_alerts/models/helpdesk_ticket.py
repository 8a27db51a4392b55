from odoo import api, fields, models

from odoo.addons.psa_helpdesk.event_moment import moment_from
from odoo.addons.psa_helpdesk.own_word import is_said


class HelpdeskTicket(models.Model):
    """Tickets and the alerts behind them go together."""

    _inherit = "helpdesk.ticket"

    psa_alert_ids = fields.One2many(
        "psa.alert", "ticket_id", string="Alerts", groups="psa_alerts.psa_alerts_group_user"
    )
    psa_alert_count = fields.Integer(
        string="Number of alerts",
        compute="_compute_psa_alert_count",
        groups="psa_alerts.psa_alerts_group_user",
    )

    @api.depends("psa_alert_ids")
    def _compute_psa_alert_count(self):
        counts = dict(
            self.env["psa.alert"]._read_group([("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"])
        )
        for ticket in self:
            ticket.psa_alert_count = counts.get(ticket._origin, 0)

    def write(self, vals):
        if not {"stage_id", "team_id", "active"} & vals.keys():
            return super().write(vals)
        was_worked_on = self.filtered(lambda ticket: ticket._psa_is_worked_on())
        result = super().write(vals)
        is_worked_on = self.filtered(lambda ticket: ticket._psa_is_worked_on())
        # sudo: alerts follow whoever may close, open or archive the ticket; that person may not write alerts
        alerts = self.env["psa.alert"].sudo()
        if closed := was_worked_on - is_worked_on:
            alerts._follow_closed_tickets(closed, moment_from(self.env.context, fields.Datetime.now()))
        if reopened := is_worked_on - was_worked_on:
            alerts._follow_reopened_tickets(reopened)
        return result

    def _psa_is_worked_on(self):
        """Say whether somebody may still be at it. An archived ticket is seen by nobody; a merge archives as well."""
        if is_said(self.env, "psa_merging"):
            # Its alerts go to the other ticket; nobody has closed it.
            return not self.stage_id.closed
        return self.psa_is_open and self.active

    def _psa_merge_into(self, destination):
        result = super()._psa_merge_into(destination)
        # sudo: alerts follow whoever may merge the tickets; that person may not write alerts
        self.env["psa.alert"].sudo()._follow_merged_tickets(self, destination)
        return result

    def action_psa_open_alerts(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("psa_alerts.psa_alert_action"),
            "name": self.env._("Alerts of %(ticket)s", ticket=self.number),
            "domain": [("ticket_id", "=", self.id)],
            "context": {},
        }
