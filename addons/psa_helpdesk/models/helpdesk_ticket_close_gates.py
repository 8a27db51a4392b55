from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

from ..logic.close_gates import Facts, Gate, Outcome, find_open, judge
from ..own_word import OWN_WORD, is_said


class HelpdeskTicket(models.Model):
    """Gates before closing: whichever way one of us closes a ticket, what its queue asks for must be there (Rule D8.4)."""

    _inherit = "helpdesk.ticket"

    psa_resolution = fields.Html(
        string="Resolution",
        copy=False,
        sanitize_style=True,
        help="What was done. The customer reads it in the mail that says the ticket is closed.",
    )
    psa_vendor_ref = fields.Char(
        string="Vendor reference",
        copy=False,
        tracking=True,
        groups="base.group_user",
        index="btree_not_null",
        help="The number under which the vendor knows the matter, such as an RMA number.",
    )
    psa_asks_vendor_ref = fields.Boolean(
        related="team_id.psa_needs_vendor_ref",
        string="Queue asks for a vendor reference",
        groups="base.group_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets.filtered("closed")._psa_pass_gates()
        return tickets

    def write(self, vals):
        if not vals.get("stage_id") and "team_id" not in vals:
            return super().write(vals)
        was_open = self.filtered(lambda ticket: not ticket.closed)
        result = super().write(vals)
        was_open.filtered("closed")._psa_pass_gates()
        return result

    def action_close(self):
        """Close what can be closed; one ticket with open gates opens the dialog that mends them."""
        # Machines are not held up; see `_psa_pass_gates`.
        held_up = self.browse() if self._psa_is_automation() else self.filtered("psa_is_open")
        gates = held_up._psa_find_open_gates()
        blocked = {ticket: found for ticket, found in gates.items() if found}
        if blocked and len(self) == 1:
            return self._psa_open_close_dialog()
        skipped = self._psa_find_closed() | {
            ticket: self._psa_say_gates(found) for ticket, found in blocked.items()
        }
        return self._psa_act(self.env._("closed"), skipped, lambda tickets: tickets._psa_move_to("resolved"))

    def _psa_open_close_dialog(self):
        self.ensure_one()
        return self.env["ir.actions.act_window"]._for_xml_id("psa_helpdesk.psa_ticket_close_action") | {
            "name": self.env._("Close ticket %(number)s", number=self.number),
            "context": {"default_ticket_id": self.id},
        }

    def _psa_has_time(self):
        """Hook: say whether somebody entered time on this ticket. Superuser; load for the whole batch.

        True here, where nobody can enter any.
        """
        return True

    def _psa_find_open_gates(self, is_cancelling=False):
        """{ticket: its open gates}, with a number of queries that does not depend on how many tickets these are."""
        # sudo: a child ticket or a time entry counts whether or not the closing person may see it
        tickets = self.sudo()
        demands = {team: team._psa_get_demands() for team in tickets.team_id}
        items = tickets._psa_count_open_items()
        children = tickets._psa_count_open_children()
        return {
            ticket: find_open(
                demands[known.team_id],
                Facts(
                    has_resolution=not is_html_empty(known.psa_resolution),
                    has_time=known._psa_has_time(),
                    open_items=items[known.id],
                    has_asset=bool(known.psa_asset_id),
                    has_vendor_reference=bool((known.psa_vendor_ref or "").strip()),
                    open_children=children[known.id],
                ),
                is_cancelling or known.stage_id.psa_sla_event == "cancelled",
            )
            for ticket, known in zip(self, tickets, strict=True)
        }

    def _psa_count_open_items(self):
        rows = self.env["psa.checklist.line"]._read_group(
            [("ticket_id", "in", self.ids), ("is_required", "=", True), ("is_done", "=", False)],
            ["ticket_id"],
            ["__count"],
        )
        return Counter({ticket.id: count for ticket, count in rows})

    def _psa_count_open_children(self):
        rows = self._read_group(
            [("psa_parent_id", "in", self.ids), ("psa_is_open", "=", True)], ["psa_parent_id"], ["__count"]
        )
        return Counter({parent.id: count for parent, count in rows})

    def _psa_pass_gates(self):
        """Refuse the closing of these tickets by one of us where gates are open; write down what others close so.

        :raises UserError: naming all open gates
        """
        if not self or is_said(self.env, "psa_merging"):
            return
        is_overridden = is_said(self.env, "psa_gates_overridden")
        for ticket, found in self._psa_find_open_gates().items():
            outcome = judge(found, ticket._psa_get_actor(), is_overridden)
            if outcome is Outcome.REFUSE:
                raise UserError(
                    self.env._(
                        "Ticket %(number)s cannot be closed yet: %(gates)s. Press Close on the ticket to mend it all in one place.",
                        number=ticket.number,
                        gates=self._psa_say_gates(found),
                    )
                )
            if outcome is Outcome.NOTE:
                # sudo: the note is the system's, whoever closed the ticket
                ticket.sudo().with_context(psa_automation=OWN_WORD)._psa_note(
                    self.env._(
                        "Closed although this was missing: %(gates)s.", gates=self._psa_say_gates(found)
                    )
                )

    @api.model
    def _psa_say_gates(self, gates):
        """Return what is missing, as a list in one line."""
        texts = {
            Gate.RESOLUTION: self.env._("no resolution text"),
            Gate.TIME: self.env._("no time entered"),
            Gate.CHECKLIST: self.env._("required items open: %(count)s"),
            Gate.ASSET: self.env._("no asset named"),
            Gate.VENDOR_REFERENCE: self.env._("no vendor reference"),
            Gate.CHILDREN: self.env._("child tickets open: %(count)s"),
        }
        return ", ".join(texts[found.gate] % {"count": found.count} for found in gates)
