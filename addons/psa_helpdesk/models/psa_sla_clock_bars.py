from odoo import api, fields, models

from ..logic.sla_bars import bars


class PsaSlaClock(models.Model):
    """What was promised and what became of it, to be drawn (screens: SLA history)."""

    _inherit = "psa.sla.clock"

    bars = fields.Json(compute="_compute_bars", compute_sudo=True)

    @api.depends("ticket_id", "kind", "cycle", "state", "read_at")
    def _compute_bars(self):
        """Instants of the two bars, as texts in UTC; a constant number of queries."""
        now = fields.Datetime.now()
        read = self._get_reader()
        for clock in self:
            clock.bars = clock._describe_bars(bars(clock._find_reading(read(clock.ticket_id, now)), now))

    def _describe_bars(self, drawn):
        text = fields.Datetime.to_string
        return {
            "start": text(drawn.start),
            "promised": drawn.promised and text(drawn.promised),
            "end": text(drawn.end),
            "reality": [
                {"kind": stretch.kind, "start": text(stretch.start), "end": text(stretch.end)}
                for stretch in drawn.reality
            ],
        }
