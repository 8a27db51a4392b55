from functools import partial

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class IrAttachment(models.Model):
    """What customers read of the files of a ticket.

    The host lets everybody who reads a record read each of its files by its number, also those of internal notes. From
    outside only those are read that came from the reader, or that stand in a message which is not internal.
    """

    _inherit = "ir.attachment"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not self or self.env.su or self.env.user._is_internal():
            return result
        forbidden, error = result or (self.browse(), None)
        inside = (self - forbidden)._psa_filter_inside()
        if not inside:
            return result
        make_error = partial(self.env["ir.rule"]._make_access_error, operation, inside)
        return forbidden | inside, error or make_error

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if not (bypass_access or self.env.su or self.env.user._is_internal()):
            domain = Domain(domain) & self._psa_get_outside_domain()
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _psa_filter_inside(self):
        """Return those of these files that belong to a ticket and are not for the eyes of its customer."""
        # sudo: the question is just whether the present user may know of them; public ones everybody may read
        ours = self.sudo().filtered(lambda file: file.res_model == "helpdesk.ticket" and not file.public)
        if not ours:
            return self.browse()
        outside = ours.search(
            Domain("id", "in", ours.ids) & self._psa_get_outside_domain() & Domain("res_field", "in", [False])
        )
        return self.browse((ours - outside).ids)

    @api.model
    def _psa_get_outside_domain(self):
        """Files that are of no ticket, or that the present user wrote or finds in a message for customers."""
        told = SQL(
            """(
            SELECT link.attachment_id
              FROM message_attachment_rel link
              JOIN mail_message message ON message.id = link.message_id
              LEFT JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
             WHERE message.model = 'helpdesk.ticket' AND message.is_internal IS NOT TRUE
               AND subtype.internal IS NOT TRUE AND message.message_type != 'user_notification'
            )"""
        )
        return (
            Domain("res_model", "not in", ["helpdesk.ticket"])
            | Domain("create_uid", "=", self.env.uid)
            | Domain("public", "=", True)
            | Domain("id", "in", told)
        )
