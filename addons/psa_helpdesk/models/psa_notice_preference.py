from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..logic import notice_plan
from ..time_zones import usable_zone
from .psa_notice import CHANNELS


class PsaNoticePreference(models.Model):
    """How one of us wants to be told: by which ways, in which order, and when not."""

    _name = "psa.notice.preference"
    _description = "Notice settings"
    _rec_name = "user_id"
    _order = "user_id"

    user_id = fields.Many2one(
        "res.users",
        string="Person",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    urgent_1 = fields.Selection(CHANNELS, string="Urgent: first")
    urgent_2 = fields.Selection(CHANNELS, string="Urgent: second")
    urgent_3 = fields.Selection(CHANNELS, string="Urgent: third")
    normal_1 = fields.Selection(CHANNELS, string="Other: first")
    normal_2 = fields.Selection(CHANNELS, string="Other: second")
    phone = fields.Char(string="Phone for SMS", help="With the country's code, like +49 151 234567.")
    pager_address = fields.Char(
        string="Pager address",
        help="An https address that takes pages as JSON. Each carries its own Idempotency-Key.",
    )
    pager_secret = fields.Char(string="Secret of the pager", groups=fields.NO_ACCESS)
    pager_secret_entry = fields.Char(
        string="Pager secret",
        compute="_compute_pager_secret_entry",
        inverse="_inverse_pager_secret_entry",
        help="Sent to the pager as bearer token. It is never shown again; type a new one to replace it.",
    )
    has_pager_secret = fields.Boolean(string="Secret is set", compute="_compute_pager_secret_entry")
    quiet_from = fields.Float(
        string="Quiet from", help="In this hour and minute of the person's own time zone."
    )
    quiet_to = fields.Float(string="Quiet until", help="Equal to the start: never quiet.")

    _user_once = models.UniqueIndex("(user_id)", "This person has notice settings already.")
    _quiet_range = models.Constraint(
        "CHECK (quiet_from >= 0 AND quiet_from < 24 AND quiet_to >= 0 AND quiet_to < 24)",
        "Quiet hours lie between 0:00 and 23:59.",
    )

    def _compute_pager_secret_entry(self):
        for preference in self:
            # sudo: only whether there is one is told
            preference.has_pager_secret = bool(preference.sudo().pager_secret)
            preference.pager_secret_entry = False

    def _inverse_pager_secret_entry(self):
        for preference in self:
            if preference.pager_secret_entry:
                # sudo: nobody reads it back; who may write these settings may set it
                preference.sudo().pager_secret = preference.pager_secret_entry
        # What is in memory would be read back to whoever saves the form.
        self.invalidate_recordset(["pager_secret_entry", "has_pager_secret"])

    @api.constrains("pager_address")
    def _check_pager_address(self):
        for preference in self.filtered("pager_address"):
            problem = notice_plan.explain_pager_address(preference.pager_address)
            if problem == "scheme":
                raise ValidationError(self.env._("The address of a pager begins with https://."))
            if problem:
                raise ValidationError(
                    self.env._(
                        "%(address)s cannot be reached from outside.", address=preference.pager_address
                    )
                )

    @api.model
    def _get_for(self, users):
        """{user: its settings}, with one search; who has none gets the usual ones, which are not stored."""
        # sudo: the desk looks up how somebody wants to be told, whoever the news comes from
        found = {row.user_id: row for row in self.sudo().search([("user_id", "in", users.ids)])}
        return {user: found.get(user) or self.sudo().new({"user_id": user.id}) for user in users}

    @api.model
    def _get_with_browser(self, users):
        """Return those of these users who let a browser or phone show notices."""
        # sudo: only whether there is one is used
        devices = self.env["mail.push.device"].sudo().search([("partner_id", "in", users.partner_id.ids)])
        return users.filtered(lambda user: user.partner_id in devices.partner_id)

    def _get_order(self, urgent, has_browser):
        """Return the channels to try in turn; by the usual ones only what can arrive."""
        user = self.user_id
        by_mail = ["email", "inbox"] if user.notification_type == "email" else ["inbox", "email"]
        if not urgent:
            return notice_plan.channel_order([self.normal_1, self.normal_2], by_mail)
        return notice_plan.channel_order(
            [self.urgent_1, self.urgent_2, self.urgent_3], ["push", "email"] if has_browser else ["email"]
        )

    def _plan_first(self, due, urgent, is_highest, has_browser):
        """Return channel, state and moment of the first attempt."""
        until = notice_plan.quiet_until(due, self._get_quiet(), is_highest)
        return {
            "channel": self._get_order(urgent, has_browser)[0],
            "state": "held" if until else "waiting",
            "due_at": until or due,
        }

    def _get_quiet(self):
        # Who is in a zone that this machine does not know is told nevertheless.
        zone = usable_zone(self.user_id.tz, self.user_id.company_id.resource_calendar_id.tz)
        return notice_plan.Quiet(round(self.quiet_from * 60), round(self.quiet_to * 60), ZoneInfo(zone))

    @api.model
    def action_open_mine(self):
        """Open the settings of the person who asks."""
        mine = self.search([("user_id", "=", self.env.uid)], limit=1)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("My notices"),
            "res_model": self._name,
            "res_id": mine.id,
            "views": [[False, "form"]],
            "target": "new",
        }
