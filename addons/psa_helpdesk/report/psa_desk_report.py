from odoo import fields, models
from odoo.tools import SQL


class PsaDeskReport(models.Model):
    """One row a ticket, with the figures by which a desk is judged; a share is an average of 0 and 100.

    What does not count for a figure has none there: a ticket that is not resolved yet was neither solved at first
    contact nor not. Merged and archived tickets do not count at all.
    """

    _name = "psa.desk.report"
    _description = "Service desk figures"
    _inherit = ["psa.ticket.report.mixin"]
    _auto = False
    _order = "ticket_id desc"
    _depends = {
        "helpdesk.ticket": [
            "active", "category_id", "channel_id", "closed_date", "commercial_partner_id", "company_id", "create_date",
            "priority", "psa_answer_count", "psa_first_reopened_at", "psa_first_resolved_at", "psa_is_open",
            "psa_merged_into_id", "psa_reopen_count", "psa_return_count", "psa_started_at", "team_id", "user_id",
        ],
        "res.company": ["psa_first_contact_days"],
        "res.partner": ["psa_account_class_id"],
    }  # fmt: skip

    created_at = fields.Datetime(string="Created", readonly=True)
    resolved_at = fields.Datetime(string="Resolved", readonly=True, help="For the first time.")
    is_open = fields.Boolean(string="Open", readonly=True)
    open_count = fields.Integer(string="Open tickets", readonly=True)
    resolved_count = fields.Integer(string="Resolved tickets", readonly=True)
    reopen_count = fields.Integer(string="Times reopened", readonly=True)
    first_contact_percent = fields.Float(
        string="Solved at first contact (%)", readonly=True, aggregator="avg", digits=(16, 1)
    )
    reopened_percent = fields.Float(string="Reopened (%)", readonly=True, aggregator="avg", digits=(16, 1))
    open_days = fields.Float(
        string="Open for (days)", readonly=True, aggregator="avg", digits=(16, 1), help="Age of the backlog."
    )
    resolve_hours = fields.Float(
        string="Resolved within (hours)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Elapsed time from the start to the first solution, nights included.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT ticket.id,
                   ticket.id AS ticket_id,
                   ticket.company_id,
                   ticket.team_id,
                   ticket.user_id,
                   ticket.commercial_partner_id AS partner_id,
                   customer.psa_account_class_id AS account_class_id,
                   ticket.category_id,
                   ticket.channel_id,
                   ticket.priority,
                   ticket.create_date AS created_at,
                   ticket.psa_first_resolved_at AS resolved_at,
                   ticket.psa_is_open AS is_open,
                   ticket.psa_is_open::integer AS open_count,
                   (ticket.psa_first_resolved_at IS NOT NULL)::integer AS resolved_count,
                   COALESCE(ticket.psa_reopen_count, 0) AS reopen_count,
                   CASE WHEN ticket.psa_first_resolved_at IS NOT NULL THEN
                        100.0 * (
                            COALESCE(ticket.psa_answer_count, 0) <= 1
                            AND COALESCE(ticket.psa_return_count, 0) = 0
                            AND (
                                ticket.psa_first_reopened_at IS NULL
                                OR ticket.psa_first_reopened_at > ticket.psa_first_resolved_at
                                   + make_interval(days => company.psa_first_contact_days)
                            )
                        )::integer
                   END AS first_contact_percent,
                   CASE WHEN ticket.psa_first_resolved_at IS NOT NULL THEN
                        100.0 * (COALESCE(ticket.psa_reopen_count, 0) > 0)::integer
                   END AS reopened_percent,
                   CASE WHEN ticket.psa_is_open THEN
                        EXTRACT(EPOCH FROM (now() AT TIME ZONE 'utc') - ticket.psa_started_at) / 86400
                   END AS open_days,
                   EXTRACT(EPOCH FROM ticket.psa_first_resolved_at - ticket.psa_started_at) / 3600 AS resolve_hours
              FROM helpdesk_ticket ticket
              JOIN res_company company ON company.id = ticket.company_id
         LEFT JOIN res_partner customer ON customer.id = ticket.commercial_partner_id
             WHERE ticket.active AND ticket.psa_merged_into_id IS NULL
            """
        )
