from odoo import api, models
from odoo.tools import format_datetime

from ..own_word import OWN_WORD


class HelpdeskTicket(models.Model):
    """What people of ours are told about a ticket without being asked: the one way notices go."""

    _inherit = "helpdesk.ticket"

    def _psa_notify_users(self, users, subject, body, urgent=False):
        """Tell users about this ticket. A hook: which way they are reached may be decided elsewhere.

        :param users: internal users; those who may not see the ticket get the notice all the same
        :param str subject: plain text
        :param body: plain text, or `Markup`
        :param bool urgent: must not wait for the morning
        """
        self.ensure_one()
        if not users:
            return
        ticket = self.with_context(
            psa_automation=OWN_WORD, mail_post_autofollow=False, mail_notify_force_send=False
        )
        ticket.message_notify(
            author_id=self.env.ref("base.partner_root").id,
            partner_ids=users.partner_id.ids,
            subject=subject,
            body=body or subject,
        )

    @api.model
    def _psa_get_notice_names(self):
        """Return the names of the values that texts of notices may use."""
        return (
            "number", "title", "customer", "contact", "phone", "queue", "assignee", "lead", "stage", "priority",
            "issue", "asset", "site", "due", "last_work", "rule",
        )  # fmt: skip

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
