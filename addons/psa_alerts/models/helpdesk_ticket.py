from odoo import api, fields, models

from odoo.addons.psa_helpdesk.event_moment import moment_from


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
        was_open = self.filtered("psa_is_open") if {"stage_id", "team_id"} & vals.keys() else self.browse()
        was_closed = self - was_open if "stage_id" in vals else self.browse()
        result = super().write(vals)
        closed = was_open.filtered(lambda ticket: not ticket.psa_is_open)
        reopened = was_closed.filtered("psa_is_open")
        # sudo: alerts follow whoever may close, open or merge the ticket; that person may not write alerts
        alerts = self.env["psa.alert"].sudo()
        if closed:
            alerts._follow_closed_tickets(closed, moment_from(self.env.context, fields.Datetime.now()))
        if reopened:
            alerts._follow_reopened_tickets(reopened)
        if vals.get("psa_merged_into_id"):
            alerts._follow_merged_tickets(self, self.browse(vals["psa_merged_into_id"]))
        return result

    def action_psa_open_alerts(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("psa_alerts.psa_alert_action"),
            "name": self.env._("Alerts of %(ticket)s", ticket=self.number),
            "domain": [("ticket_id", "=", self.id)],
            "context": {},
        }
