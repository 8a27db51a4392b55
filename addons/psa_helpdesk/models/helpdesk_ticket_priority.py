import functools

from odoo import api, fields, models

from ..logic.priority_matrix import decide, propose
from .psa_priority_cell import LEVELS
from .psa_sla_target import PRIORITIES

MATRIX_FIELDS = {"psa_impact", "psa_urgency"}


class HelpdeskTicket(models.Model):
    """Impact and urgency set the priority, until somebody chooses another one."""

    _inherit = "helpdesk.ticket"

    psa_impact = fields.Selection(
        LEVELS,
        string="Impact",
        tracking=True,
        help="How much of the customer is hurt: one person, many, everybody.",
    )
    psa_urgency = fields.Selection(
        LEVELS, string="Urgency", tracking=True, help="How long it can wait until the damage grows."
    )
    psa_proposed_priority = fields.Selection(
        PRIORITIES, string="Priority by the matrix", readonly=True, copy=False, groups="base.group_user"
    )

    @api.onchange("psa_impact", "psa_urgency")
    def _onchange_psa_matrix(self):
        decision = self._psa_decide_priority({}, self._psa_get_cells())
        self.priority = decision.priority or self.priority
        self.psa_proposed_priority = decision.proposed

    @api.model_create_multi
    def create(self, vals_list):
        cells = functools.cache(self.env["psa.priority.cell"]._get_cells)
        asked = [vals.keys() >= MATRIX_FIELDS for vals in vals_list]
        completed = [
            self._psa_complete_priority(vals, cells) if in_matrix else vals
            for vals, in_matrix in zip(vals_list, asked, strict=True)
        ]
        tickets = super().create(completed)
        if any(asked):
            self.browse(
                [ticket.id for ticket, in_matrix in zip(tickets, asked, strict=True) if in_matrix]
            )._psa_keep_proposals(cells)
        return tickets

    @api.model
    def _psa_complete_priority(self, vals, cells):
        """Let the matrix say the priority of a new ticket of which nobody said it."""
        if vals.get("priority") or "default_priority" in self.env.context:
            return vals
        company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
        proposed = propose(cells(company), vals["psa_impact"], vals["psa_urgency"])
        return vals | {"priority": proposed} if proposed else vals

    def write(self, vals):
        if not MATRIX_FIELDS & vals.keys():
            return super().write(vals)
        cells = functools.cache(self.env["psa.priority.cell"]._get_cells)
        decided = self.grouped(
            lambda ticket: ticket._psa_decide_priority(vals, cells(ticket.company_id)).priority
        )
        result = super().write(vals)
        for priority, tickets in decided.items() if "priority" not in vals else ():
            if priority:
                # The whole way: also the clocks hear of it.
                tickets.write({"priority": priority})
        self._psa_keep_proposals(cells)
        return result

    def _psa_keep_proposals(self, cells):
        """Note what the matrix proposes now, to know later whether somebody chose otherwise."""
        # sudo: the system notes it, whoever changed impact or urgency
        tickets = self.sudo()
        for proposed, same in tickets.grouped(
            lambda ticket: propose(cells(ticket.company_id), ticket.psa_impact, ticket.psa_urgency)
        ).items():
            same.filtered(lambda ticket, proposed=proposed: ticket.psa_proposed_priority != proposed).write(
                {"psa_proposed_priority": proposed}
            )

    def _psa_get_cells(self):
        return self.env["psa.priority.cell"]._get_cells(self.company_id or self.env.company)

    def _psa_decide_priority(self, vals, cells):
        """Decide about this ticket as if `vals` were written."""
        return decide(
            cells,
            vals.get("psa_impact", self.psa_impact) or None,
            vals.get("psa_urgency", self.psa_urgency) or None,
            self.priority or None,
            self.psa_proposed_priority or None,
        )
