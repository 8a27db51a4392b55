from odoo import fields, models


class HelpdeskTicket(models.Model):
    """How long the work on a ticket will take, as somebody guesses."""

    _inherit = "helpdesk.ticket"

    psa_estimate_minutes = fields.Integer(
        string="Estimate",
        groups="base.group_user",
        help="How long the work will take. My day shows it, and the day of the team adds it up.",
    )

    _psa_estimate_not_negative = models.Constraint(
        "CHECK (psa_estimate_minutes IS NULL OR psa_estimate_minutes >= 0)",
        "An estimate cannot be below zero.",
    )
