from werkzeug.exceptions import BadRequest, NotFound

from odoo.http import request, route

from odoo.addons.mail.controllers.thread import ThreadController
from odoo.addons.mail.tools.discuss import Store

from ..models.helpdesk_ticket_parting import PARTINGS

TICKET = "helpdesk.ticket"


class PsaThreadController(ThreadController):
    """What one of us writes on a ticket is sent once, and what is to follow a reply happens with it or not at all."""

    @route()
    def mail_message_post(
        self, thread_model, thread_id, post_data, context=None, psa_token=None, psa_then=None, **kwargs
    ):
        """Post the message, then do with the ticket what goes with it, in one transaction.

        :param str psa_token: mark of the attempt, see `psa.once`: sent again after a lost line, it is posted once
        :param str psa_then: one of `PARTINGS`, for a reply alone
        """
        if thread_model != TICKET or not (psa_token or psa_then):
            return super().mail_message_post(thread_model, thread_id, post_data, context, **kwargs)
        if psa_then and (psa_then not in PARTINGS or post_data.get("subtype_xmlid") != "mail.mt_comment"):
            raise BadRequest
        ticket = request.env[TICKET].browse(int(thread_id))
        if psa_then:
            ticket._psa_check_parting()
        if psa_token and not request.env["psa.once"]._claim(psa_token):
            answer = self._psa_tell_sent(ticket)
        else:
            answer = super().mail_message_post(thread_model, thread_id, post_data, context, **kwargs)
        if psa_then:
            ticket._psa_part(psa_then)
        return answer

    def _psa_tell_sent(self, ticket):
        """Return what the host returned to the first attempt, whose answer was lost on the way."""
        message = request.env["mail.message"].search(
            [
                ("model", "=", TICKET),
                ("res_id", "=", ticket.id),
                ("author_id", "=", request.env.user.partner_id.id),
                ("message_type", "=", "comment"),
            ],
            order="id desc",
            limit=1,
        )
        if not message:
            raise NotFound
        # sudo: as the host does after posting; it is the author's own message
        return {"store_data": Store().add(message.sudo()).get_result(), "message_id": message.id}
