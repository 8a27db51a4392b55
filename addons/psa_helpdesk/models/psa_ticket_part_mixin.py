from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class PsaTicketPartMixin(models.AbstractModel):
    """Records of a ticket are seen by whoever sees the ticket, with no rules of their own that could differ.

    Two hooks say how a record finds its ticket: `_psa_get_ticket_domain` for searches, `_psa_get_ticket_ids` for checks.
    """

    _name = "psa.ticket.part.mixin"
    _description = "Part of a ticket"

    @api.model
    def _psa_get_ticket_domain(self, tickets):
        """:param tickets: query of the tickets the user may see"""
        return Domain("ticket_id", "in", tickets)

    def _psa_get_ticket_ids(self):
        """{id of a record: id of its ticket, False for one that is gone}, without records that belong to none."""
        return {record.id: record.ticket_id.id for record in self if record.ticket_id}

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            tickets = self.env["helpdesk.ticket"].with_context(active_test=False)._search(Domain.TRUE)
            domain = Domain(domain) & self._psa_get_ticket_domain(tickets)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su:
            return result
        allowed = self - result[0] if result else self
        # sudo: only to learn which tickets these are; the check itself runs with the user's rights
        ticket_ids = allowed.sudo()._psa_get_ticket_ids()
        tickets = self.env["helpdesk.ticket"].browse(set(ticket_ids.values()) - {False})
        seen = set(tickets._filtered_access("read").ids)
        hidden = allowed.filtered(
            lambda record: record.id in ticket_ids and ticket_ids[record.id] not in seen
        )
        if not hidden:
            return result
        forbidden = hidden | result[0] if result else hidden
        return forbidden, lambda: AccessError(
            self.env._(
                "These records belong to tickets that you may not see. Ask a service manager for access."
            )
        )
