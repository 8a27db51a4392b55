from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class PsaSlaTicketMixin(models.AbstractModel):
    """Records of a ticket are seen by whoever sees the ticket, with no rules of their own that could differ."""

    _name = "psa.sla.ticket.mixin"
    _description = "Part of a ticket"

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            tickets = self.env["helpdesk.ticket"].with_context(active_test=False)._search(Domain.TRUE)
            domain = Domain(domain) & Domain("ticket_id", "in", tickets)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su:
            return result
        allowed = self - result[0] if result else self
        # sudo: only to learn which tickets these are; the check itself runs with the user's rights
        seen = allowed.sudo().ticket_id.sudo(False)._filtered_access("read")
        hidden = allowed.filtered(lambda record: record.sudo().ticket_id not in seen.sudo())
        if not hidden:
            return result
        forbidden = hidden | result[0] if result else hidden
        return forbidden, lambda: AccessError(
            self.env._(
                "These records belong to tickets that you may not see. Ask a service manager for access."
            )
        )
