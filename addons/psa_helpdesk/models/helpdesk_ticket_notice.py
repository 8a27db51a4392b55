from odoo import fields, models


class HelpdeskTicket(models.Model):
    """The one way to tell our own people something about a ticket."""

    _inherit = "helpdesk.ticket"

    psa_notice_ids = fields.One2many(
        "psa.notice", "ticket_id", string="Notices", readonly=True, groups="base.group_user"
    )

    def _psa_notify_users(self, users, subject, body, urgent=False):
        """Tell these users once each, by the ways they chose; never the person whose deed it is.

        :param str body: plain text
        :param urgent: somebody is needed within the hour
        """
        self.ensure_one()
        actor = self.env["res.users"] if self._psa_is_automation() else self.env.user
        return self.env["psa.notice"]._tell(
            users - actor, subject, body, self, urgent=urgent, now=self._psa_get_notice_moment()
        )

    def _psa_get_notice_moment(self):
        return fields.Datetime.now()
