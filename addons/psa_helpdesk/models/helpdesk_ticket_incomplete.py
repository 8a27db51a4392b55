from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..logic.close_gates import Facts, Outcome, find_open, judge
from ..own_word import is_said


class HelpdeskTicket(models.Model):
    """What a queue wants to know from the start: people of ours enter it, what comes from outside is marked (row 4.4)."""

    _inherit = "helpdesk.ticket"

    psa_is_incomplete = fields.Boolean(
        string="Incomplete",
        compute="_compute_psa_incomplete",
        search="_search_psa_is_incomplete",
        groups="base.group_user",
        help="The queue asks for something that was not known when the ticket came.",
    )
    psa_incomplete_text = fields.Char(
        string="Missing", compute="_compute_psa_incomplete", groups="base.group_user"
    )

    @api.depends(
        "psa_is_open",
        "psa_asset_id",
        "psa_vendor_ref",
        "team_id.psa_asks_at_creation",
        "team_id.psa_needs_asset",
        "team_id.psa_needs_vendor_ref",
    )
    @api.depends_context("lang")
    def _compute_psa_incomplete(self):
        missing = self._psa_find_missing()
        for ticket in self:
            ticket.psa_is_incomplete = ticket.psa_is_open and bool(missing[ticket])
            ticket.psa_incomplete_text = ticket.psa_is_incomplete and self._psa_say_gates(missing[ticket])

    def _search_psa_is_incomplete(self, operator, value):
        if operator != "in":
            return NotImplemented
        lacks_asset = Domain("team_id.psa_needs_asset", "=", True) & Domain("psa_asset_id", "=", False)
        lacks_reference = Domain("team_id.psa_needs_vendor_ref", "=", True) & Domain(
            "psa_vendor_ref", "in", [False, ""]
        )
        incomplete = (
            Domain("psa_is_open", "=", True)
            & Domain("team_id.psa_asks_at_creation", "=", True)
            & (lacks_asset | lacks_reference)
        )
        return Domain.OR(incomplete if wanted else ~incomplete for wanted in value)

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets._psa_refuse_incomplete()
        return tickets

    def _psa_refuse_incomplete(self):
        """Refuse tickets that one of us creates by hand without what the queue asks for.

        :raises UserError: naming all that is missing
        """
        if is_said(self.env, "psa_may_be_incomplete"):
            return
        for ticket, missing in self._psa_find_missing().items():
            if judge(missing, ticket._psa_get_actor()) is Outcome.REFUSE:
                raise UserError(
                    self.env._(
                        "Queue %(queue)s asks for more before a ticket is created: %(missing)s. Enter it, or choose another"
                        " queue.",
                        queue=ticket.sudo().team_id.name,  # sudo: a contractor sees no queue, but may be told its name
                        missing=self._psa_say_gates(missing),
                    )
                )

    def _psa_find_missing(self):
        """Return {ticket: the gates of creation that are open}."""
        # sudo: what a queue asks for holds for everybody, also where the person may not read queue or asset
        tickets = self.sudo()
        demands = {team: team._psa_get_first_demands() for team in tickets.team_id}
        return {
            ticket: find_open(
                demands.get(known.team_id, frozenset()),
                Facts(
                    has_asset=bool(known.psa_asset_id),
                    has_vendor_reference=bool((known.psa_vendor_ref or "").strip()),
                ),
            )
            for ticket, known in zip(self, tickets, strict=True)
        }
