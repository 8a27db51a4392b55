from odoo import Command, api, fields, models


class HelpdeskTicket(models.Model):
    """The checklists of a ticket, and their lines to tick."""

    _inherit = "helpdesk.ticket"

    psa_checklist_ids = fields.Many2many(
        "psa.checklist",
        string="Checklists",
        copy=False,
        check_company=True,
        groups="base.group_user",
        help="Their items are put on the ticket when it is saved. The issue of a ticket may bring some by itself.",
    )
    psa_checklist_line_ids = fields.One2many(
        "psa.checklist.line",
        "ticket_id",
        string="Checklist",
        copy=False,
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    psa_checklist_progress = fields.Char(
        string="Checklist done",
        compute="_compute_psa_checklist_progress",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
        help="Items done, of how many.",
    )

    @api.depends("psa_checklist_line_ids.is_done")
    def _compute_psa_checklist_progress(self):
        rows = self.env["psa.checklist.line"]._read_group(
            [("ticket_id", "in", self.ids)], ["ticket_id", "is_done"], ["__count"]
        )
        counts = {(ticket.id, is_done): count for ticket, is_done, count in rows}
        for ticket in self:
            done, todo = (counts.get((ticket._origin.id, is_done), 0) for is_done in (True, False))
            ticket.psa_checklist_progress = f"{done}/{done + todo}" if done + todo else False

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        # sudo: the lists were chosen by whoever may create the ticket
        listed = tickets.sudo().filtered("psa_checklist_ids")
        listed._psa_put_items({ticket: ticket.psa_checklist_ids for ticket in listed})
        tickets._psa_add_checklists_of_issue()
        return tickets

    def write(self, vals):
        if not {"category_id", "psa_checklist_ids"} & vals.keys():
            return super().write(vals)
        # sudo: lists and issues are compared, whoever may read them
        tickets = self.sudo()
        before = {ticket: (ticket.psa_checklist_ids, ticket.category_id) for ticket in tickets}
        result = super().write(vals)
        self._psa_take_items({ticket: before[ticket][0] - ticket.psa_checklist_ids for ticket in tickets})
        tickets._psa_put_items({ticket: ticket.psa_checklist_ids - before[ticket][0] for ticket in tickets})
        tickets.filtered(
            lambda ticket: ticket.category_id != before[ticket][1]
        )._psa_add_checklists_of_issue()
        return result

    def _psa_add_checklists_of_issue(self):
        """Put the checklists on these tickets that their issues ask for; what was there stays."""
        # sudo: the issue asks for them, whoever chose it
        asked = self.env["psa.checklist"]._find_by_issue(self.sudo())
        missing = {ticket: checklists - ticket.psa_checklist_ids for ticket, checklists in asked.items()}
        for checklists, tickets in self.sudo().grouped(missing.get).items():
            if checklists:
                tickets.write({"psa_checklist_ids": [Command.link(checklist.id) for checklist in checklists]})

    def _psa_put_items(self, added):
        """Copy the items of checklists to the tickets they were put on.

        :param dict added: {ticket: checklists}
        """
        # sudo: as in create and write, which call this
        self.env["psa.checklist.line"].sudo().create(
            [
                {
                    "ticket_id": ticket.id,
                    "checklist_id": checklist.id,
                    "sequence": item.sequence,
                    "name": item.name,
                    "is_required": item.is_required,
                }
                for ticket, checklists in added.items()
                for checklist in checklists.sudo()
                for item in checklist.item_ids
            ]
        )

    def _psa_take_items(self, removed):
        """Remove the open items of checklists that were taken off, with the rights of whoever did it."""
        gone = [
            line.id
            for ticket, checklists in removed.items()
            for line in ticket.psa_checklist_line_ids
            if line.checklist_id in checklists and not line.is_done
        ]
        self.env["psa.checklist.line"].browse(gone).unlink()
