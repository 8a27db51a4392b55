from odoo import api, fields, models
from odoo.fields import Domain


class PsaChecklist(models.Model):
    """A checklist to put on tickets: by hand, or by their issue. On service calls by hand alone."""

    _name = "psa.checklist"
    _description = "Checklist"
    _order = "sequence, name, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, help="Empty: for tickets of every company."
    )
    category_ids = fields.Many2many(
        "helpdesk.ticket.category",
        string="Issues",
        check_company=True,
        help="Tickets of these issues, and of their sub-issues, get this checklist by themselves.",
    )
    item_ids = fields.One2many("psa.checklist.item", "checklist_id", string="Items", copy=True)

    @api.model
    def _find_by_issue(self, tickets):
        """{ticket: the checklists that its issue asks for}, with one search for all tickets."""
        issues = {ticket: set(ticket._psa_get_issue_ids()) for ticket in tickets}
        wanted = set().union(*issues.values())
        if not wanted:
            return dict.fromkeys(tickets, self.browse())
        # sudo: what an issue asks for does not depend on who chose the issue
        found = self.sudo().search(Domain("category_ids", "in", list(wanted)))
        return {
            ticket: found.filtered(
                lambda checklist, ticket=ticket: (
                    checklist.company_id in (checklist.company_id.browse(), ticket.company_id)
                    and issues[ticket] & set(checklist.category_ids._ids)
                )
            )
            for ticket in tickets
        }


class PsaChecklistItem(models.Model):
    """One line of a checklist."""

    _name = "psa.checklist.item"
    _description = "Item of a checklist"
    _order = "checklist_id, sequence, id"

    checklist_id = fields.Many2one("psa.checklist", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Item", required=True, translate=True)
    is_required = fields.Boolean(
        string="Required", default=True, help="The ticket is not closed before this is done."
    )
