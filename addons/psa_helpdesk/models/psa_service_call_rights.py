from odoo import Command, api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..own_word import is_said

# Written by the system alone, each by the method that does what the field tells of.
BOOKED_FIELDS = frozenset({
    "number", "state", "company_id", "partner_id", "contact_id", "technician_ids", "calendar_event_id", "confirmed_at",
    "left_at", "arrived_at", "finished_at", "cancelled_at", "cancel_reason", "signed_at", "told_at", "held_plan",
    "held_at",
})  # fmt: skip


class PsaServiceCall(models.Model):
    """Who sees a call, who plans it, and what nobody writes by hand."""

    _inherit = "psa.service.call"

    @api.model
    def _psa_get_ticket_domain(self, tickets):
        return Domain("technician_ids", "in", self.env.user.ids) | Domain("ticket_ids", "in", tickets)

    def _psa_get_ticket_ids(self):
        """{id of a call: id of a ticket that decides}, without the calls the user is on: see the mixin.

        Of several tickets, one that the user may see stands for all.
        """
        others = self.filtered(lambda call: self.env.user not in call.technician_ids)
        tickets = others.ticket_ids.with_user(self.env.user).sudo(False)
        seen = set(tickets._filtered_access("read").ids)
        return {
            call.id: next(
                (ticket.id for ticket in call.ticket_ids if ticket.id in seen), call.ticket_ids[:1].id
            )
            for call in others
            if call.ticket_ids
        }

    @api.model
    def _psa_check_booked(self, names):
        """Refuse what only the system writes; a form shows it, a call over the wire could send it."""
        if self.env.su or is_said(self.env, "psa_automation"):
            return
        booked = sorted(names & BOOKED_FIELDS)
        if booked:
            raise AccessError(
                self.env._(
                    "%(fields)s cannot be written by hand: use the buttons of the service call.",
                    fields=", ".join(self._fields[name]._description_string(self.env) for name in booked),
                )
            )

    @api.model
    def _psa_check_reach(self, vals_list):
        """Refuse tickets and sites that the user may not see: a call opens what it points at.

        :raises AccessError: as reading the record itself would
        """
        if self.env.su:
            return
        for vals in vals_list:
            if vals.get("site_id"):
                self.env["res.partner"].browse(vals["site_id"]).check_access("read")
            wanted = set()
            for command in vals.get("ticket_ids") or ():
                kind, record_id, ids = (tuple(command) + (False, False))[:3]
                if kind in (Command.CREATE, Command.UPDATE, Command.DELETE):
                    raise AccessError(self.env._("Tickets are not written through a service call."))
                wanted |= {record_id} if kind == Command.LINK else set()
                wanted |= set(ids) if kind == Command.SET else set()
            present = set(self.sudo().ticket_ids.ids)  # sudo: only to compare with what stands there
            self.env["helpdesk.ticket"].browse(wanted - present).check_access("read")

    def _psa_may_plan(self):
        """Say whether this user may give the call its time: the dispatcher any, a technician the own ones."""
        self.ensure_one()
        if self.env.su or self.env.user.has_group("psa_helpdesk.psa_helpdesk_group_dispatcher"):
            return True
        if self.env.user.has_group("psa_helpdesk.psa_helpdesk_group_contractor"):
            return False
        is_technician = self.env.user.has_group("psa_helpdesk.psa_helpdesk_group_technician")
        # sudo: who is on the call is no secret to the one who asks whether he is
        return is_technician and self.env.user in self.sudo().technician_ids
