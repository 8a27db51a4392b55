from odoo import api, fields, models
from odoo.tools import plaintext2html

from odoo.addons.psa_crm.logic.duration_text import format_duration
from odoo.addons.psa_helpdesk.logic import sla_clock
from odoo.addons.psa_helpdesk.logic.promise import Code, leading_promise
from odoo.addons.psa_helpdesk.logic.ticket_status import Status

HOUR = 3600
USUAL_GRACE_HOURS = 7 * 24  # as shipped with the policies (Rule D10.18)


class HelpdeskTicket(models.Model):
    """A ticket as its customer sees it. Callers hand in tickets the customer was found to be allowed to see."""

    _inherit = "helpdesk.ticket"

    # Status

    @api.model
    def _psa_get_portal_status_labels(self):
        """{status value: (label, classes of the badge, icon)}"""
        words = self._psa_get_customer_status_words()
        # Words on a light ground: white on the usual green and blue is too faint to read.
        quiet = "text-bg-light border"
        return {
            Status.RECEIVED.value: (words[Status.RECEIVED], quiet, "fa-inbox"),
            Status.IN_PROGRESS.value: (words[Status.IN_PROGRESS], quiet, "fa-wrench text-info"),
            Status.WAITING.value: (words[Status.WAITING], "text-bg-warning", "fa-reply"),
            Status.SOLVED.value: (words[Status.SOLVED], quiet, "fa-check text-success"),
            Status.CANCELLED.value: (words[Status.CANCELLED], quiet, "fa-ban"),
        }

    # Promises

    def _psa_get_portal_promises(self, user):
        """{ticket id: [promise]} as this reader, whose zone counts, is told them."""
        return self._psa_get_promises(user._psa_get_portal_zone())

    def _psa_get_portal_lines(self, user):
        """What a list shows of these tickets: status and the one promise that counts, by ticket id."""
        promises = self._psa_get_portal_promises(user)
        labels = self._psa_get_portal_status_labels()
        lines = {}
        for ticket in self:
            label, badge, icon = labels[ticket._psa_get_customer_status().value]
            promise = leading_promise(promises[ticket.id])
            lines[ticket.id] = {
                "status": label,
                "badge": badge,
                "icon": icon,
                "promise": self._psa_say_promise(promise) if promise else "",
                "is_late": bool(promise) and promise.code in (Code.LATE, Code.BROKEN),
            }
        return lines

    # Solved or not

    def _psa_get_portal_solved_stage(self):
        """Return the stage with which the customer says "solved", none where customers may not close."""
        stages = self._psa_get_portal_stages()
        return stages.filtered(lambda stage: stage._psa_has_meaning("resolved"))[:1]

    def _psa_unsolve_from_portal(self, text):
        """The customer says that a closed ticket is not solved: open it again, or a new one after the grace.

        Rule D10.18: within the grace of its policy the ticket goes on; later a new ticket follows the old one.

        :param str text: what is still wrong, plain text
        :return: the ticket on which the work goes on
        """
        self.ensure_one()
        if self.psa_is_open:
            return self
        now = fields.Datetime.now()
        ticket = self
        if self._psa_is_in_grace(now):
            self._psa_reopen(now, by_system=False)
        else:
            ticket = self.create(self._psa_prepare_follow_up(text))
            ticket.message_subscribe(partner_ids=self.env.user.partner_id.ids)
        ticket.message_post(
            body=plaintext2html(text), message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        return ticket

    def _psa_is_in_grace(self, now):
        resolved_at = self.psa_resolved_at or self.closed_date
        if not resolved_at:
            return True
        policy = self.psa_sla_policy_id
        hours = policy.reopen_grace_hours if policy else USUAL_GRACE_HOURS
        return sla_clock.is_in_grace(resolved_at, now, hours * HOUR)

    def _psa_prepare_follow_up(self, text):
        """Values of the new ticket that follows this one."""
        partner = self.env.user.partner_id
        return {
            "name": self.name,
            "description": plaintext2html(text),
            "partner_id": partner.id,
            "partner_name": partner.name,
            "partner_email": partner.email,
            "company_id": self.company_id.id,
            "team_id": self.team_id.id,
            "category_id": self.category_id.id,
            "psa_asset_id": self.psa_asset_id.id,
            "psa_site_id": self.psa_site_id.id,
            "psa_origin_id": self.id,
            "channel_id": self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web").id,
            "user_id": False,
        }

    # Time

    def _psa_get_portal_time(self, with_cover):
        """Approved time on this ticket, oldest first; what is not approved yet may still change.

        :param bool with_cover: also say whether the contract covers it
        """
        self.ensure_one()
        # sudo: time of a ticket that this customer may see; only what an invoice prints is handed on
        lines = (
            self.env["account.analytic.line"]
            .sudo()
            .search([("psa_ticket_id", "=", self.id), ("psa_state", "=", "approved")], order="date, id")
        )
        covers = dict(self.env["psa.billing.item"]._fields["cover"]._description_selection(self.env))
        return [
            {
                "date": line.date,
                "text": line.name,
                "who": line.user_id.name or line.employee_id.name,
                "minutes": line.psa_minutes,
                "time": format_duration(line.psa_minutes),
                "cover": ", ".join(dict.fromkeys(covers[item.cover] for item in line.psa_item_ids))
                if with_cover
                else "",
            }
            for line in lines
        ]
