from odoo import fields, models


class PsaTicketPlanRun(models.Model):
    """A plan made a ticket for an occurrence: once for each asset, whatever runs twice."""

    _name = "psa.ticket.plan.run"
    _description = "Ticket made by a plan"
    _inherit = ["psa.ticket.part.mixin"]
    _order = "occurred_on desc, id desc"

    plan_id = fields.Many2one("psa.ticket.plan", required=True, readonly=True, index=True, ondelete="cascade")
    asset_id = fields.Many2one("psa.asset", readonly=True, ondelete="set null")
    occurred_on = fields.Date(string="Day", required=True, readonly=True)
    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)

    _once = models.UniqueIndex(
        "(plan_id, COALESCE(asset_id, 0), occurred_on)", "A plan makes one ticket for an asset and a day."
    )
