from odoo import api, fields, models

KINDS = [
    ("support", "Support"),
    ("warranty", "Warranty"),
    ("maintenance", "Scheduled maintenance"),
    ("field", "On-site work"),
]


class HelpdeskTicket(models.Model):
    """What kind of work a ticket is, read from what hangs on it, so that all of it stands in one list (row 4.5)."""

    _inherit = "helpdesk.ticket"

    psa_plan_run_ids = fields.One2many(
        "psa.ticket.plan.run",
        "ticket_id",
        string="Made by plans",
        readonly=True,
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    psa_kind = fields.Selection(
        KINDS,
        string="Type",
        compute="_compute_psa_kind",
        store=True,
        groups="base.group_user",
        help="Scheduled maintenance: made by a plan. On-site work: has a service call at the customer's. Warranty: the"
        " asset was under warranty when the ticket began. Everything else is support.",
    )

    @api.depends(
        "psa_plan_run_ids",
        "psa_service_call_ids.place",
        "psa_service_call_ids.state",
        "psa_asset_id.warranty_end_date",
        "psa_started_at",
    )
    def _compute_psa_kind(self):
        for ticket in self:
            calls = ticket.psa_service_call_ids
            warranty, began = ticket.psa_asset_id.warranty_end_date, ticket.psa_started_at
            if ticket.psa_plan_run_ids:
                ticket.psa_kind = "maintenance"
            elif any(call.place == "on_site" and call.state != "cancelled" for call in calls):
                ticket.psa_kind = "field"
            elif warranty and began and began.date() <= warranty:
                ticket.psa_kind = "warranty"
            else:
                ticket.psa_kind = "support"
