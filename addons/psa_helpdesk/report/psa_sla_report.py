from odoo import fields, models
from odoo.tools import SQL

from ..models.psa_sla_target import KINDS


class PsaSlaReport(models.Model):
    """One row a target that counts: reached or missed, in the month of whichever came first (Rule D10.21).

    Excused ones stand apart: they count as missed, but not in the share of those met.
    """

    _name = "psa.sla.report"
    _description = "Promises kept"
    _inherit = ["psa.ticket.report.mixin"]
    _auto = False
    _order = "counts_at desc, id desc"
    _depends = {
        "psa.sla.clock": [
            "breached_at", "company_id", "counts_at", "counted_seconds", "is_excused", "kind", "policy_id", "state",
            "target_seconds", "ticket_id",
        ],
        "helpdesk.ticket": ["category_id", "channel_id", "commercial_partner_id", "priority", "team_id", "user_id"],
        "res.partner": ["psa_account_class_id"],
    }  # fmt: skip

    clock_id = fields.Many2one("psa.sla.clock", string="SLA clock", readonly=True)
    kind = fields.Selection(KINDS, string="Target", readonly=True)
    policy_id = fields.Many2one("psa.sla.policy", string="SLA policy", readonly=True)
    counts_at = fields.Datetime(string="Reached or missed", readonly=True)
    met_count = fields.Integer(string="Met", readonly=True)
    missed_count = fields.Integer(string="Missed", readonly=True)
    excused_count = fields.Integer(string="Excused", readonly=True)
    met_percent = fields.Float(string="Met (%)", readonly=True, aggregator="avg", digits=(16, 1))
    used_percent = fields.Float(
        string="Used (%)", readonly=True, aggregator="avg", digits=(16, 1), help="Share of the promised time."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT clock.id,
                   clock.id AS clock_id,
                   clock.ticket_id,
                   clock.company_id,
                   ticket.team_id,
                   ticket.user_id,
                   ticket.commercial_partner_id AS partner_id,
                   customer.psa_account_class_id AS account_class_id,
                   ticket.category_id,
                   ticket.channel_id,
                   ticket.priority,
                   clock.kind,
                   clock.policy_id,
                   clock.counts_at,
                   (clock.breached_at IS NULL)::integer AS met_count,
                   (clock.breached_at IS NOT NULL)::integer AS missed_count,
                   (clock.breached_at IS NOT NULL AND clock.is_excused)::integer AS excused_count,
                   CASE WHEN clock.breached_at IS NULL OR NOT COALESCE(clock.is_excused, false) THEN
                        100.0 * (clock.breached_at IS NULL)::integer
                   END AS met_percent,
                   100.0 * clock.counted_seconds / NULLIF(clock.target_seconds, 0) AS used_percent
              FROM psa_sla_clock clock
              JOIN helpdesk_ticket ticket ON ticket.id = clock.ticket_id
         LEFT JOIN res_partner customer ON customer.id = ticket.commercial_partner_id
             WHERE clock.counts_at IS NOT NULL
            """
        )
