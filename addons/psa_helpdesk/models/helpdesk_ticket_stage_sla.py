from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What the stages of the host mean. A stage that is gone is left alone, one that somebody mapped keeps its meaning.
HOST_STAGES = {
    "helpdesk_mgmt.helpdesk_ticket_stage_awaiting": "waiting",
    "helpdesk_mgmt.helpdesk_ticket_stage_done": "resolved",
    "helpdesk_mgmt.helpdesk_ticket_stage_cancelled": "cancelled",
    "helpdesk_mgmt.helpdesk_ticket_stage_rejected": "cancelled",
}


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
        help="What happens to the clocks of a ticket that enters this stage. A closing stage that means nothing "
        "counts as resolved.",
    )
    psa_counts_as_response = fields.Boolean(
        string="Counts as first response",
        help="Entering this stage answers the customer. Leave it off where only a message counts.",
    )

    @api.constrains("psa_sla_event", "closed")
    def _check_psa_sla_event(self):
        for stage in self:
            if stage.closed and stage.psa_sla_event == "waiting":
                raise ValidationError(
                    self.env._(
                        "Stage %(stage)s cannot both close tickets and wait for the customer. Choose one of the two.",
                        stage=stage.name,
                    )
                )

    def _psa_get_sla_meaning(self):
        """Return what this stage means for the clocks: a closing one always ends them."""
        if self.closed and self.psa_sla_event not in ("resolved", "cancelled"):
            return "resolved"
        return self.psa_sla_event or "none"

    @api.model
    def _psa_map_host_stages(self):
        """Give the stages that came with the host their meaning. Called once, when the addon is installed."""
        for xmlid, event in HOST_STAGES.items():
            stage = self.env.ref(xmlid, raise_if_not_found=False)
            if stage and stage.psa_sla_event == "none" and (event != "waiting" or not stage.closed):
                stage.psa_sla_event = event
