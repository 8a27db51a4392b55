from odoo import api, fields, models

from odoo.addons.psa_crm.logic.duration_text import format_duration
from odoo.addons.psa_helpdesk.logic.promise import Code, leading_promise
from odoo.addons.psa_helpdesk.logic.ticket_status import Status


class HelpdeskTicket(models.Model):
    """A ticket as its customer sees it. Callers hand in tickets the customer was found to be allowed to see."""

    _inherit = "helpdesk.ticket"

    psa_news_at = fields.Datetime(
        string="Last change",
        compute="_compute_psa_news_at",
        store=True,
        help="The last thing that the customer can see: a message, or another stage.",
    )

    _psa_news_idx = models.Index("(psa_news_at DESC, id DESC)")

    @api.depends("create_date", "last_stage_update", "psa_answered_at", "psa_customer_message_at")
    def _compute_psa_news_at(self):
        """Not the host's write date: clocks and renamed queues change a ticket, too, and nobody outside sees it."""
        for ticket in self:
            moments = (
                ticket.last_stage_update or ticket.create_date,
                ticket.psa_answered_at,
                ticket.psa_customer_message_at,
            )
            ticket.psa_news_at = max((moment for moment in moments if moment), default=False)

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
            Status.MOVED.value: (words[Status.MOVED], quiet, "fa-share text-info"),
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

    # Time

    def _psa_get_portal_time(self, with_cover):
        """Time on this ticket that customers are told, oldest first.

        :param bool with_cover: also say whether the contract covers it
        """
        self.ensure_one()
        # sudo: time of a ticket that this customer may see; only what an invoice prints is handed on
        lines = self.env["account.analytic.line"].sudo()
        lines = lines.search(lines._psa_get_told_domain(self.ids), order="date, id")
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

    # Parts

    def _psa_get_portal_parts(self):
        """Parts used for this ticket that are ready to bill or billed, oldest first; others may still change."""
        self.ensure_one()
        # sudo: parts of a ticket that this customer may see; only what an invoice prints is handed on
        parts = self.env["psa.part"].sudo().search([("ticket_id", "=", self.id)])
        return [
            {
                "date": part.date,
                "text": part._get_invoice_text(),
                "quantity": f"{part._say_quantity()} {part.uom_id.name}",
            }
            for part in parts
            if part.billing_state in ("approved", "billed")
        ]
