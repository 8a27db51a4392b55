from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from odoo.addons.psa_crm.outside import find_id

from ..logic.rule_text import fill


class PsaWorkflowAction(models.Model):
    """What people would be sent, for a ticket that the writer of the rule chooses."""

    _inherit = "psa.workflow.action"

    preview_ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Preview for",
        compute="_compute_preview_ticket_id",
        readonly=False,
        store=False,
        help="Nothing is sent.",
    )
    preview = fields.Html(compute="_compute_preview")
    places = fields.Json(string="Values for texts", compute="_compute_places")

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_places(self):
        labels = self.env["helpdesk.ticket"]._psa_get_notice_labels()
        self.places = [{"name": name, "label": label} for name, label in labels.items()]

    @api.depends("kind")
    def _compute_preview_ticket_id(self):
        newest = self.env["helpdesk.ticket"].search([], order="id desc", limit=1)
        for action in self:
            action.preview_ticket_id = newest

    @api.depends(
        "preview_ticket_id", "kind", "subject", "body", "mail_template_id", "sms_template_id", "rule_id.name"
    )
    def _compute_preview(self):
        for action in self:
            ticket = action.preview_ticket_id._origin
            # The id came from a browser: only what its user may read is shown.
            is_shown = ticket and ticket.exists() and ticket.has_access("read")
            action.preview = action._render_preview(ticket) if is_shown else False

    def _render_preview(self, ticket):
        """Return the texts as they would read for `ticket`; False for actions that write none."""
        page = Markup("<p><strong>%s</strong></p><div>%s</div>")
        if self.kind == "notice":
            subject, body = self._fill_notice(ticket)
            return page % (subject, plaintext2html(body))
        if self.kind == "mail" and self.mail_template_id:
            return page % self._render_mail(ticket)
        if self.kind == "sms" and self.sms_template_id:
            return plaintext2html(self._render_template(self.sms_template_id._origin, "body", ticket))
        return False

    def action_send_test(self):
        """Send what is previewed to the one who looks at it, and to nobody else.

        The ticket is the one of the preview, named by the context of the call; the ticket gets no word of it.
        """
        self.ensure_one()
        self.check_access("write")
        ticket = self.env["helpdesk.ticket"].browse(find_id(self.env, "psa_preview_ticket_id")).exists()
        ticket = ticket or self.preview_ticket_id
        if not ticket:
            raise UserError(self.env._("There is no ticket yet whose values could be inserted."))
        ticket.check_access("read")
        user = self.env.user
        if self.kind == "notice":
            subject, body = self._fill_notice(ticket)
            self.env["psa.notice"]._tell(
                user, self.env._("Test: %(subject)s", subject=subject), body, ticket, urgent=self.is_urgent
            )
        elif self.kind == "mail" and user.email:
            subject, body = self._render_mail(ticket)
            # sudo: one mail to themselves, by whoever may write rules; it belongs to no record
            self.env["mail.mail"].sudo().create(
                {
                    "subject": self.env._("Test: %(subject)s", subject=subject),
                    "body_html": body,
                    "email_to": user.email_formatted,
                    "email_from": self.env.company.email_formatted or user.email_formatted,
                    "auto_delete": True,
                }
            )
        else:
            raise UserError(
                self.env._("No test can be sent: you have no mail address.")
                if self.kind == "mail"
                else self.env._("This action sends no text to people.")
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": self.env._("The test is on its way to you.")},
        }

    def _fill_notice(self, ticket):
        """Return subject and text of the notice about `ticket`, in the language of the environment."""
        values = {**ticket._psa_get_notice_values(), "rule": self.rule_id.name or ""}
        return fill(self.subject or "", values), fill(self.body or "", values)

    def _render_mail(self, ticket):
        """Return subject and body of the mail about `ticket`, in the language of its contact."""
        template = self.mail_template_id._origin
        return tuple(self._render_template(template, name, ticket) for name in ("subject", "body_html"))

    def _render_template(self, template, name, ticket):
        try:
            return template._render_field(name, ticket.ids, compute_lang=True)[ticket.id]
        except UserError as error:
            # A template that is wrong shall be seen here, and not when a customer waits for its mail.
            return self.env._("This template cannot be read: %(why)s", why=error)
