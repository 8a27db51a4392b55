from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from .psa_sla_target import PRIORITIES


class PsaTicketTemplate(models.Model):
    """What a ticket of a known kind begins with; nothing of it must be said but the title."""

    _name = "psa.ticket.template"
    _description = "Ticket template"
    _order = "sequence, name, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    name = fields.Char(string="Template", required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, help="Empty: for tickets of every company."
    )
    subject = fields.Char(string="Title", required=True, help="Of the tickets made from it.")
    description = fields.Html(sanitize_style=True)
    team_id = fields.Many2one(
        "helpdesk.ticket.team", string="Queue", check_company=True, help="Empty: the usual queue."
    )
    category_id = fields.Many2one("helpdesk.ticket.category", string="Issue", check_company=True)
    priority = fields.Selection(PRIORITIES, default="1")
    checklist_ids = fields.Many2many("psa.checklist", string="Checklists", check_company=True)
    user_id = fields.Many2one("res.users", string="Assigned to", domain=[("share", "=", False)])
    partner_id = fields.Many2one("res.partner", string="Customer")
    asset_id = fields.Many2one(
        "psa.asset", check_company=True, domain="partner_id and [('partner_id', '=', partner_id)] or []"
    )

    @api.constrains("partner_id", "asset_id")
    def _check_asset_id(self):
        for template in self.filtered(lambda template: template.partner_id and template.asset_id):
            if template.asset_id.partner_id != template.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "Asset %(asset)s does not belong to %(customer)s. Choose one of this customer's assets.",
                        asset=template.asset_id.display_name,
                        customer=template.partner_id.display_name,
                    )
                )

    def action_new_ticket(self):
        """Open a ticket that is filled in and not yet saved."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.subject,
            "res_model": "helpdesk.ticket",
            "views": [[False, "form"]],
            "context": {
                f"default_{name}": value for name, value in self._prepare_ticket_values().items() if value
            },
        }

    def _prepare_ticket_values(self, partner=None, asset=None):
        """Return the values of a ticket from this template, for a customer or an asset where they are given."""
        self.ensure_one()
        asset = asset or self.asset_id
        partner = partner or self.partner_id or asset.partner_id
        values = {
            "name": self.subject,
            "description": self.description or self.subject,
            "team_id": self.team_id.id,
            "category_id": self.category_id.id,
            "priority": self.priority,
            "user_id": self.user_id.id,
            "partner_id": partner.id,
            "psa_asset_id": asset.id,
            "psa_checklist_ids": [Command.link(checklist.id) for checklist in self.checklist_ids],
        }
        return {name: value for name, value in values.items() if value}
