from odoo import api, fields, models

from ..logic.escalation import Step


class PsaSlaStep(models.Model):
    """A warning or escalation that was given: when it was due, and when it was done (Rule D10.27)."""

    _name = "psa.sla.step"
    _description = "SLA warning or escalation given"
    _inherit = ["psa.append.only.mixin", "psa.ticket.part.mixin"]
    _order = "acted_at desc, percent desc, id desc"

    clock_id = fields.Many2one("psa.sla.clock", required=True, ondelete="restrict", readonly=True)
    ticket_id = fields.Many2one(related="clock_id.ticket_id", store=True, precompute=True, index=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, precompute=True, index=True)
    kind = fields.Selection(related="clock_id.kind", string="Target")
    mode = fields.Selection(
        [("warning", "Warning"), ("escalation", "Escalation"), ("rule", "Workflow rule")],
        string="Step",
        required=True,
        readonly=True,
    )
    percent = fields.Integer(string="At (%)", required=True, readonly=True)
    due_at = fields.Datetime(string="Due", required=True, readonly=True)
    acted_at = fields.Datetime(string="Done", required=True, readonly=True)
    is_overtaken = fields.Boolean(
        string="Overtaken",
        readonly=True,
        help="A higher warning was due at the same look, so this one told nobody.",
    )
    partner_ids = fields.Many2many("res.partner", string="Told", readonly=True)

    # In the database too: whatever happens, no step is taken twice.
    _once = models.UniqueIndex("(clock_id, mode, percent)")

    @api.model
    def _get_done(self, clocks):
        """Return {clock: the steps it has taken} with one query, none for no clocks."""
        clock_ids = [clock.id for clock in clocks]
        if not clock_ids:
            return {}
        found = self.search_fetch([("clock_id", "in", clock_ids)], ["clock_id", "mode", "percent"])
        return {
            clock: [Step(step.percent, step.mode) for step in steps]
            for clock, steps in found.grouped("clock_id").items()
        }
