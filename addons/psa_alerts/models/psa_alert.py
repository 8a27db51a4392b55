from odoo import api, fields, models
from odoo.exceptions import UserError

from .psa_alert_source import SEVERITY_SELECTION

STATE_SELECTION = [
    ("open", "Open"),
    ("acknowledged", "Acknowledged"),
    ("flapping", "Flapping"),
    ("suppressed", "Suppressed"),
    ("resolved", "Resolved"),
]


class PsaAlert(models.Model):
    """One condition that a monitoring system reports: at most one of a key lives at a time.

    Written by processing events and by the buttons below; nobody may write it directly.
    """

    _name = "psa.alert"
    _description = "Alert"
    _inherit = ["psa.live.mixin"]
    _order = "last_seen_at desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Condition", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    source_id = fields.Many2one(
        "psa.alert.source", required=True, readonly=True, ondelete="restrict", check_company=True
    )
    correlation_key = fields.Char(string="Condition key", required=True, readonly=True)
    state = fields.Selection(STATE_SELECTION, required=True, readonly=True, default="open")
    severity = fields.Selection(SEVERITY_SELECTION, required=True, readonly=True, help="As last reported.")
    highest_severity = fields.Selection(
        SEVERITY_SELECTION, required=True, readonly=True, help="The worst reported since it began."
    )
    body = fields.Text(string="Text", readonly=True)
    url = fields.Char(string="Link", readonly=True)
    tags = fields.Json(string="Labels", readonly=True)
    tag_text = fields.Text(string="All labels", compute="_compute_tag_text")
    incident = fields.Char(string="Sender's id", readonly=True, help="The sender's id of this occurrence.")

    # Whose it is
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    site_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null", ondelete="set null")
    asset_id = fields.Many2one("psa.asset", readonly=True, index="btree_not_null", ondelete="set null")
    client_ref = fields.Char(
        string="Customer in message", readonly=True, help="As the message names the customer."
    )
    client_name = fields.Char(string="Customer's name in message", readonly=True)
    device_ref = fields.Char(string="Asset in message", readonly=True, help="As the message names the asset.")
    device_name = fields.Char(string="Asset's name in message", readonly=True)
    placement_note = fields.Char(
        string="About customer and asset", readonly=True, help="Why there is no customer or no asset."
    )
    is_in_triage = fields.Boolean(
        string="In triage", compute="_compute_is_in_triage", store=True, help="Nobody knows whose it is."
    )

    # How often and when
    occurrence_count = fields.Integer(string="Times", readonly=True, default=1)
    first_seen_at = fields.Datetime(string="First", required=True, readonly=True)
    last_seen_at = fields.Datetime(string="Last", required=True, readonly=True)
    problem_at = fields.Datetime(
        string="Sender's time", readonly=True, help="The sender's own time of the newest problem message."
    )
    last_note_at = fields.Datetime(string="Last note in the ticket", readonly=True)
    resolved_at = fields.Datetime(string="Resolved", readonly=True)
    acknowledged_at = fields.Datetime(string="Acknowledged", readonly=True)
    acknowledged_by_id = fields.Many2one("res.users", string="Acknowledged by", readonly=True)
    resolved_by_id = fields.Many2one("res.users", string="Resolved by", readonly=True)

    # What was done about it
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True, index="btree_not_null", ondelete="set null")
    ticket_number = fields.Char(related="ticket_id.number", string="Ticket number")
    ticket_closed_at = fields.Datetime(
        readonly=True, help="When the ticket was closed: from then the time for reopening counts."
    )
    follows_id = fields.Many2one("psa.alert", readonly=True, index="btree_not_null", ondelete="set null")
    event_ids = fields.One2many("psa.alert.event", "alert_id")

    _live_uniq = models.UniqueIndex("(source_id, correlation_key) WHERE state != 'resolved'")
    _newest_idx = models.Index("(source_id, correlation_key, id DESC)")
    _live_idx = models.Index("(company_id, last_seen_at DESC) WHERE state != 'resolved'")

    @api.depends("partner_id", "state")
    def _compute_is_in_triage(self):
        for alert in self:
            alert.is_in_triage = not alert.partner_id and alert.state != "resolved"

    @api.depends("name", "device_name")
    def _compute_display_name(self):
        for alert in self:
            alert.display_name = f"#{alert.id} {alert.name}" if alert.id else alert.name

    @api.depends("tags")
    def _compute_tag_text(self):
        for alert in self:
            alert.tag_text = "\n".join(f"{name}: {value}" for name, value in (alert.tags or {}).items())

    # Buttons. Alerts are written by nobody directly, so each one first asks whether the person may see them and
    # then writes as superuser.

    def action_acknowledge(self):
        """Say that somebody knows of these alerts. No touch of their tickets (rules D10.29, D10.49)."""
        fresh = self._checked().filtered(lambda alert: alert.state == "open")
        fresh.write(
            {
                "state": "acknowledged",
                "acknowledged_at": fields.Datetime.now(),
                "acknowledged_by_id": self.env.uid,
            }
        )
        fresh._note_in_tickets(
            {alert: self.env._("Acknowledged by %(user)s.", user=self.env.user.name) for alert in fresh}
        )
        return self._report(fresh, self.env._("%(done)s acknowledged, %(left)s left alone."))

    def action_resolve(self):
        """End these alerts by hand; tickets nobody touched are closed with them (rule D10.40)."""
        live = self._checked().filtered(lambda alert: alert.state != "resolved")
        live.write({"resolved_by_id": self.env.uid})
        live._resolve(
            fields.Datetime.now(), self.env._("Resolved by hand by %(user)s.", user=self.env.user.name)
        )
        return self._report(live, self.env._("%(done)s resolved, %(left)s left alone."))

    def action_make_ticket(self):
        """Make a ticket for each alert that has a customer and no open ticket; clocks start at its first message."""
        alerts = self._checked().filtered(lambda alert: alert.state != "resolved" and not alert.ticket_id)
        homeless = alerts.filtered("is_in_triage")
        if homeless and len(self) == 1:
            raise UserError(
                self.env._(
                    "A ticket cannot be made because the customer is not known. Attach a customer first."
                )
            )
        ready = alerts - homeless
        ready.filtered(lambda alert: alert.state == "suppressed").write({"state": "open"})
        ready._make_tickets(fields.Datetime.now())
        if len(self) == 1 and ready:
            return ready.action_open_ticket()
        return self._report(ready, self.env._("%(done)s tickets made, %(left)s alerts left alone."))

    def action_open_ticket(self):
        self.ensure_one()
        return self.ticket_id._psa_prepare_open_action()

    def action_place(self):
        """Open the dialog that gives these alerts a customer."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("psa_alerts.psa_alert_place_action"),
            "context": {"default_alert_ids": self.ids},
        }

    def _checked(self):
        """These alerts for writing, once it is sure that the person may see them."""
        self.check_access("read")
        return self.sudo()

    def _report(self, done, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message % {"done": len(done), "left": len(self) - len(done)},
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
