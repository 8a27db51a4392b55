from odoo import fields, models


class HelpdeskTicketStage(models.Model):
    """What entering a stage means for the clocks."""

    _inherit = "helpdesk.ticket.stage"

    psa_sla_event = fields.Selection(
        [
            ("none", "Nothing"),
            ("plan", "Plan reached"),
            ("waiting", "Waiting, clocks pause"),
            ("resolved", "Resolved"),
            ("cancelled", "Cancelled, not counted"),
        ],
        string="Meaning for the SLA",
        default="none",
        required=True,
    )
