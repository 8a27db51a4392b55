from odoo import api, fields, models
from odoo.tools import format_datetime


class HelpdeskTicket(models.Model):
    """The one way to tell our own people something about a ticket."""

    _inherit = "helpdesk.ticket"

    psa_notice_ids = fields.One2many(
        "psa.notice", "ticket_id", string="Notices", readonly=True, groups="base.group_user"
    )

    def _psa_notify_users(self, users, subject, body, urgent=False, ways=(), more=None):
        """Tell these users once each, by the ways they chose; never the person whose deed it is.

        :param str body: plain text
        :param urgent: somebody is needed within the hour
        :param ways: channels that are all used, whatever each person chose
        :param more: further values of the notices
        """
        self.ensure_one()
        actor = self.env["res.users"] if self._psa_is_automation() else self.env.user
        return self.env["psa.notice"]._tell(
            users - actor,
            subject,
            body,
            self,
            urgent=urgent,
            now=self._psa_get_notice_moment(),
            ways=ways,
            more=more,
        )

    def _psa_get_notice_moment(self):
        return fields.Datetime.now()

    @api.model
    def _psa_get_notice_labels(self):
        """Return {name: what it is, in the reader's language} of the values that texts of notices may use."""
        return {
            "number": self.env._("Number"),
            "title": self.env._("Title"),
            "customer": self.env._("Customer"),
            "contact": self.env._("Contact"),
            "phone": self.env._("Phone of the contact"),
            "queue": self.env._("Queue"),
            "assignee": self.env._("Assigned to"),
            "lead": self.env._("Lead technician"),
            "stage": self.env._("Stage"),
            "priority": self.env._("Priority"),
            "issue": self.env._("Issue"),
            "asset": self.env._("Asset"),
            "site": self.env._("Site"),
            "due": self.env._("Due"),
            "last_work": self.env._("Last worked on"),
            "rule": self.env._("Name of the rule"),
        }

    def _psa_get_notice_values(self):
        """Return {name: text}, in the language of the context; what is missing is an empty text."""
        self.ensure_one()
        zone = self.user_id.tz or self.company_id.partner_id.tz or "UTC"

        def moment(value):
            return f"{format_datetime(self.env, value, zone, 'short')} {zone}" if value else ""

        texts = {
            "number": self.number,
            "title": self.name,
            "customer": self.commercial_partner_id.name,
            "contact": self.partner_id.name or self.partner_name,
            "phone": self.partner_id.phone,
            "queue": self.team_id.name,
            "assignee": self.user_id.name,
            "lead": self.psa_lead_technician_id.name,
            "stage": self.stage_id.name,
            "priority": dict(self._fields["priority"]._description_selection(self.env)).get(self.priority),
            "issue": self.category_id.name,
            "asset": self.psa_asset_id.name,
            "site": self.psa_site_id.name,
            "due": moment(self.psa_sla_due_at),
            "last_work": moment(self.psa_touched_at),
            "rule": "",
        }
        return {name: text or "" for name, text in texts.items()}
