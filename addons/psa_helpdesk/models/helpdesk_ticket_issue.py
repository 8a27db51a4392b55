from odoo import api, fields, models
from odoo.exceptions import ValidationError

ISSUE_FIELDS = {"psa_issue_id", "psa_sub_issue_id"}


class HelpdeskTicket(models.Model):
    """Issue and sub-issue: two ways to read and to choose `category_id`, which alone says what a ticket is about."""

    _inherit = "helpdesk.ticket"

    category_id = fields.Many2one(string="Issue in full", tracking=True, ondelete="restrict")
    psa_issue_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Issue",
        compute="_compute_psa_issue",
        store=True,
        readonly=False,
        index="btree_not_null",
        domain="[('parent_id', '=', False), ('company_id', 'in', [False, company_id])]",
        help="What kind of trouble the ticket is about.",
    )
    psa_sub_issue_id = fields.Many2one(
        "helpdesk.ticket.category",
        string="Sub-issue",
        compute="_compute_psa_issue",
        store=True,
        readonly=False,
        index="btree_not_null",
        domain="psa_issue_id and [('parent_id', '=', psa_issue_id)] or [('id', '=', False)]",
        help="What exactly, among the sub-issues of the issue. Targets of a sub-issue go before those of its issue.",
    )

    @api.depends("category_id.parent_id")
    def _compute_psa_issue(self):
        for ticket in self:
            category = ticket.category_id
            ticket.psa_issue_id = category.parent_id or category
            ticket.psa_sub_issue_id = category if category.parent_id else False

    @api.onchange("psa_issue_id")
    def _onchange_psa_issue_id(self):
        if self.psa_sub_issue_id.parent_id != self.psa_issue_id:
            self.psa_sub_issue_id = False

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._psa_name_issue(vals) for vals in vals_list])

    def write(self, vals):
        if not ISSUE_FIELDS & vals.keys():
            return super().write(vals)
        for category_id, tickets in self.grouped(lambda ticket: ticket._psa_pick_issue(vals)).items():
            named = {name: value for name, value in vals.items() if name not in ISSUE_FIELDS}
            # The whole way: also what watches the category from outside of this class hears of it.
            tickets.write(named | {"category_id": category_id})
        return True

    @api.model
    def _psa_name_issue(self, vals):
        """Put what was chosen as issue and sub-issue of a new ticket into the one field that keeps it."""
        if not ISSUE_FIELDS & vals.keys():
            return vals
        named = {name: value for name, value in vals.items() if name not in ISSUE_FIELDS}
        return named | {"category_id": self.browse()._psa_pick_issue(vals) or vals.get("category_id")}

    def _psa_pick_issue(self, vals):
        """Return the id of the category that `vals` choose for this ticket, of which one half may stand already.

        :raises ValidationError: for a sub-issue of another issue
        """
        categories = self.env["helpdesk.ticket.category"]
        issue = categories.browse(vals.get("psa_issue_id", self.psa_issue_id.id) or ())
        sub_issue = categories.browse(vals.get("psa_sub_issue_id", self.psa_sub_issue_id.id) or ())
        if "psa_sub_issue_id" not in vals and sub_issue.parent_id != issue:
            sub_issue = categories
        if "psa_issue_id" not in vals and not issue:
            issue = sub_issue.parent_id
        if sub_issue and sub_issue.parent_id != issue:
            raise ValidationError(
                self.env._(
                    "%(sub_issue)s is no sub-issue of %(issue)s. Choose one of its own sub-issues, or none.",
                    sub_issue=sub_issue.display_name,
                    issue=issue.display_name or self.env._("no issue"),
                )
            )
        return (sub_issue or issue).id
