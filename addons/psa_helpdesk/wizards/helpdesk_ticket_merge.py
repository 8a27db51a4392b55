from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError

from ..own_word import OWN_WORD


class HelpdeskTicketMerge(models.TransientModel):
    _name = "helpdesk.ticket.merge"
    _inherit = ["helpdesk.ticket.merge", "psa.dialog.mixin"]

    def _psa_check_links(self):
        """The dialog names its tickets: refuse those that the user may not see."""
        (self.with_context(active_test=False).ticket_ids | self.dst_ticket_id).check_access("read")

    def merge_tickets(self):
        """Merge, keep the assignment, and remember where each ticket went.

        A merge is the work of a person on all tickets of it, so none of them is untouched any more (Rule D10.39).
        Merging into a closed ticket is refused (Rule D10.24), and so is mixing customers: the one would read the
        other's messages.
        """
        self.ensure_one()
        # What was merged before is archived, and must be named rather than left out.
        sources, target = self.with_context(active_test=False).ticket_ids, self.dst_ticket_id
        self._psa_check_sources(sources if self.create_new_ticket else sources - target)
        if not self.create_new_ticket:
            self._psa_check_target(target)
        customers = (sources | target).commercial_partner_id
        if len(customers) > 1:
            raise UserError(
                self.env._(
                    "Tickets of %(customers)s cannot be merged: one customer would read the messages of another.",
                    customers=", ".join(customers.mapped("display_name")),
                )
            )
        self.user_id = self.user_id or target.user_id
        (sources | target).check_access("write")
        lives = (
            sources.sudo()._psa_get_sla_lives()
        )  # sudo: of the ledgers, as they are before the sources end
        # sudo: only an administrator may move messages; the tickets on both sides were checked just above
        # The host's notices of the merge stand as messages of ours, which answer nobody (Rules D10.5, D10.24).
        host = self.sudo().with_context(psa_automation=OWN_WORD, psa_merging=OWN_WORD)
        action = super(HelpdeskTicketMerge, host).merge_tickets()
        host._psa_note_descriptions(sources - self.dst_ticket_id)
        merged = (sources - self.dst_ticket_id).sudo()
        merged._psa_merge_into(self.dst_ticket_id)
        self.dst_ticket_id.sudo()._psa_sla_merge({ticket: lives[ticket] for ticket in merged})
        (merged | self.dst_ticket_id.sudo())._psa_touch(fields.Datetime.now())
        return action

    def _merge_description(self, tickets):
        """What a new ticket begins with: the description of the one that began first.

        The host would show the customer all of them in one text; ours stand as internal notes (Rule D8.4).
        """
        return tickets.sorted("psa_started_at")[:1].description

    def _psa_note_descriptions(self, merged):
        """Note on the ticket that goes on what the others were about."""
        for ticket in merged:
            title = self.env._(
                "Description of ticket %(number)s: %(title)s", number=ticket.number, title=ticket.name
            )
            self.dst_ticket_id._psa_note_html(Markup("<p>%s</p>%s") % (title, ticket.description or ""))

    def _add_message(self, way, ticket_numbers, ticket):
        """The host says it to everybody who follows, the customer among them: it is an internal note (Rule D8.4)."""
        goes_on = self.dst_ticket_id
        if ticket == goes_on:
            merged = self.ticket_ids - goes_on
            links = Markup(", ").join(one._get_html_link(one.number) for one in merged)
            ticket._psa_note(self.env._("Merged into this ticket: %(tickets)s", tickets=links))
        else:
            link = goes_on._get_html_link(goes_on.number)
            ticket._psa_note(self.env._("Merged into ticket %(ticket)s", ticket=link))

    def _psa_check_sources(self, sources):
        if not sources:
            raise UserError(
                self.env._("Choose at least one other ticket: a ticket cannot be merged into itself.")
            )
        gone = sources.filtered("psa_merged_into_id")
        if gone:
            raise UserError(
                self.env._(
                    "Merged already: %(tickets)s. Choose the tickets they went into instead.",
                    tickets=", ".join(
                        f"{ticket.number} → {ticket.psa_merged_into_id.number}" for ticket in gone
                    ),
                )
            )

    def _psa_check_target(self, target):
        if not target:
            raise UserError(self.env._("Choose the ticket in which the work goes on."))
        if not target.psa_is_open:
            raise UserError(
                self.env._(
                    "Nothing can be merged into ticket %(number)s because it is closed. Reopen it first.",
                    number=target.number,
                )
            )
