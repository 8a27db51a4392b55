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

    def write(self, vals):
        """Let the clocks of the tickets in these stages hear of it when the stages mean something else."""
        if not {"psa_sla_event", "closed"} & vals.keys():
            return super().write(vals)
        meanings = {stage: stage._psa_get_sla_meaning() for stage in self}
        # sudo: the clocks are ours to write, whoever may say what a stage means
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        tickets = tickets.search([("stage_id", "in", self.ids)])
        before = {ticket: ticket._psa_get_sla_facts() for ticket in tickets}
        result = super().write(vals)
        changed = self.filtered(lambda stage: stage._psa_get_sla_meaning() != meanings[stage])
        tickets.filtered(lambda ticket: ticket.stage_id in changed)._psa_sla_follow(
            before, fields.Datetime.now()
        )
        return result

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
