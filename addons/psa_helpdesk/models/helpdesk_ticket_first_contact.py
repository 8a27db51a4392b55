from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """How often we answered, how often the customer came back, and whether the solution held.

    Solved at first contact: with one answer at most, after which the customer had nothing to add, and not opened again
    within the days that the company says. What a call settled needs no answer at all.
    """

    _inherit = "helpdesk.ticket"

    psa_answer_count = fields.Integer(
        string="Answers",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Messages of ours to the customer.",
    )
    psa_return_count = fields.Integer(
        string="Came back",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="Messages of the customer after our first answer, until the ticket was closed.",
    )
    psa_first_resolved_at = fields.Datetime(
        string="First resolved", copy=False, readonly=True, groups="base.group_user"
    )
    psa_first_reopened_at = fields.Datetime(
        string="First reopened", copy=False, readonly=True, groups="base.group_user"
    )
    psa_reopen_count = fields.Integer(
        string="Reopened",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="How often a solution did not hold.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets.sudo()._psa_book_solution(
            self.browse()
        )  # sudo: booked for whoever may create a closed ticket
        return tickets

    def write(self, vals):
        was_resolved = self._psa_find_resolved() if "stage_id" in vals else None
        result = super().write(vals)
        if was_resolved is not None:
            self.sudo()._psa_book_solution(was_resolved)  # sudo: booked for whoever may move the ticket
        return result

    def _psa_find_resolved(self):
        return self.filtered(
            lambda ticket: not ticket.psa_is_open and ticket.stage_id._psa_has_meaning("resolved")
        )

    def _psa_book_solution(self, was_resolved):
        """Book what was resolved, or opened again, since `was_resolved` were."""
        at = self._psa_get_event_moment()
        is_resolved = self._psa_find_resolved()
        (is_resolved - was_resolved).filtered(lambda ticket: not ticket.psa_first_resolved_at).write(
            {"psa_first_resolved_at": at}
        )
        for ticket in (self & was_resolved.sudo() - is_resolved).filtered("psa_is_open"):
            ticket.write(
                {
                    "psa_reopen_count": ticket.psa_reopen_count + 1,
                    "psa_first_reopened_at": ticket.psa_first_reopened_at or at,
                }
            )

    def _psa_book_answer(self, at):
        """Book a message of ours that the customer can read."""
        self.write({"psa_answered_at": at, "psa_answer_count": self.psa_answer_count + 1})

    def _psa_book_customer_message(self, at, was_at_work):
        """Book a message of the customer.

        :param was_at_work: whether the ticket was open; thanks for a solution are no coming back
        """
        came_back = was_at_work and self.psa_answer_count
        self.write(
            {
                "psa_customer_message_at": at,
                **({"psa_return_count": self.psa_return_count + 1} if came_back else {}),
            }
        )
