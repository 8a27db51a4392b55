from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

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
            values = {**ticket._psa_get_notice_values(), "rule": self.rule_id.name or ""}
            body = plaintext2html(fill(self.body or "", values))
            return page % (fill(self.subject or "", values), body)
        if self.kind == "mail" and self.mail_template_id:
            template = self.mail_template_id._origin
            texts = [self._render_template(template, name, ticket) for name in ("subject", "body_html")]
            return page % tuple(texts)
        if self.kind == "sms" and self.sms_template_id:
            return plaintext2html(self._render_template(self.sms_template_id._origin, "body", ticket))
        return False

    def _render_template(self, template, name, ticket):
        try:
            return template._render_field(name, ticket.ids, compute_lang=True)[ticket.id]
        except UserError as error:
            # A template that is wrong shall be seen here, and not when a customer waits for its mail.
            return self.env._("This template cannot be read: %(why)s", why=error)
