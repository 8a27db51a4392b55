from odoo import api, models
from odoo.exceptions import UserError

from .psa_service_call import BOARD_CHANNEL

DRAGGED_TYPE = "psa_dispatch_board/dragged"
# What is dragged on the board, and what it is here.
KINDS = [("call", "psa.service.call"), ("ticket", "helpdesk.ticket")]


class PsaServiceCall(models.Model):
    """What a dispatcher drags is marked with the name on the boards of the others, before it is dropped."""

    _inherit = "psa.service.call"

    @api.model
    def psa_board_drag(self, kind, record_id, is_dragged):
        """Tell the other boards that this user holds a service call or ticket, or let go of it.

        :param str kind: "call" or "ticket"
        """
        self._psa_check_board()
        model = next((model for known, model in KINDS if known == kind), None)
        if not model or type(record_id) is not int or not isinstance(is_dragged, bool):
            raise UserError(self.env._("The dispatch board does not know what is dragged. Reload the page."))
        record = self.env[model].browse(record_id)
        record.check_access("read")
        self.env["bus.bus"]._sendone(
            # sudo: the company of a record that this user may read
            (record.sudo().company_id, BOARD_CHANNEL),
            DRAGGED_TYPE,
            {
                "kind": kind,
                "id": record_id,
                "user_id": self.env.uid,
                "name": self.env.user.name,
                "is_dragged": is_dragged,
            },
        )
        return True
