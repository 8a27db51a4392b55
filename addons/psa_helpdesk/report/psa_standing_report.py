from odoo import fields, models
from odoo.tools import SQL

from ..logic.work_word import Word


class PsaStandingReport(models.Model):
    """One row a ticket that is open or was closed today, with the one word for where it stands.

    The word follows the same rule as `logic/work_word.py`, said in SQL so that it can be grouped by; that both agree, and
    agree with the filters of the list, is tested. Which tickets were closed today depends on the reader's zone.
    """

    _name = "psa.standing.report"
    _description = "Where tickets stand"
    _inherit = ["psa.ticket.report.mixin"]
    _auto = False
    _order = "due_at, ticket_id"
    _depends = {
        "helpdesk.ticket": [
            "active", "category_id", "channel_id", "closed_date", "commercial_partner_id", "company_id", "priority",
            "psa_is_open", "psa_sla_due_at", "psa_sla_state", "stage_id", "team_id", "user_id",
        ],
        "helpdesk.ticket.stage": ["psa_sla_event"],
        "res.partner": ["psa_account_class_id"],
    }  # fmt: skip

    word = fields.Selection(
        selection=lambda self: self.env["helpdesk.ticket"]._fields["psa_word"].selection,
        string="Standing",
        readonly=True,
    )
    due_at = fields.Datetime(string="Due", readonly=True)

    @property
    def _table_query(self):
        day = self.env["helpdesk.ticket"]._psa_get_day(fields.Datetime.now())
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
                   ticket.psa_sla_due_at AS due_at,
                   CASE WHEN ticket.psa_is_open IS NOT TRUE THEN %(done)s
                        WHEN ticket.psa_sla_state = 'overdue' THEN %(overdue)s
                        WHEN ticket.psa_sla_state = 'at_risk' THEN %(at_risk)s
                        WHEN ticket.psa_sla_state = 'paused' OR stage.psa_sla_event = 'waiting' THEN %(waiting)s
                        WHEN ticket.psa_sla_due_at < %(end)s THEN %(due)s
                        ELSE %(later)s
                   END AS word
              FROM helpdesk_ticket ticket
         LEFT JOIN helpdesk_ticket_stage stage ON stage.id = ticket.stage_id
         LEFT JOIN res_partner customer ON customer.id = ticket.commercial_partner_id
             WHERE ticket.active
               AND (
                    ticket.psa_is_open IS TRUE
                    OR ticket.psa_is_open IS NOT TRUE
                       AND ticket.closed_date >= %(start)s AND ticket.closed_date < %(end)s
               )
            """,
            start=day.start,
            end=day.end,
            **{word.value: word.value for word in Word},
        )

    def _read_group_orderby(self, order, groupby_terms, query):
        """Put the words in their own order, not in that of the alphabet."""
        word = groupby_terms.get("word")
        if word is None:
            return super()._read_group_orderby(order, groupby_terms, query)
        groupby_terms["word"] = SQL(
            "array_position(%s::text[], %s::text)", [word.value for word in Word], word
        )
        try:
            return super()._read_group_orderby(order, groupby_terms, query)
        finally:
            groupby_terms["word"] = word
