from odoo import models
from odoo.exceptions import AccessError

WAIT, CLOSE = "wait", "close"
PARTINGS = (WAIT, CLOSE)


class HelpdeskTicket(models.Model):
    """What one of us does with a ticket while answering: it waits for the customer from then on, or is closed."""

    _inherit = "helpdesk.ticket"

    def _psa_check_parting(self):
        """Refuse before anything is sent.

        :raises AccessError: for whoever may not write this ticket, and for customers
        """
        self.ensure_one()
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only our own people move a ticket on while they answer."))
        self.check_access("write")

    def _psa_part(self, parting):
        """Do as the button of the form does, after the reply: clocks and rules hear the answer first.

        A ticket with open gates stays open; whoever asked for it opens the dialog that mends them. What is there
        already, since somebody else was quicker, is left as it is.

        :param str parting: one of `PARTINGS`
        :raises UserError: where the queue has no such stage; the reply is then not sent either
        """
        self.ensure_one()
        if parting == WAIT:
            self.action_wait_for_customer()
        else:
            self.action_close()
