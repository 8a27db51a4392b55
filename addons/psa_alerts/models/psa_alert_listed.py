from odoo import fields, models
from odoo.tools import SQL


class PsaAlert(models.Model):
    """What asking needs to know of alerts."""

    _inherit = "psa.alert"

    gone_since = fields.Datetime(
        string="Not listed since",
        readonly=True,
        copy=False,
        help="Since then the source, when asked, does not name it any more.",
    )

    def _find_ended_by_source(self):
        """Return the ids of those of these alerts whose last message was their recovery."""
        if not self:
            return set()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (alert_id) alert_id, kind FROM psa_alert_event
                 WHERE alert_id IN %s AND state = 'done' ORDER BY alert_id, received_at DESC, id DESC
                """,
                tuple(self.ids),
            )
        )
        return {alert_id for alert_id, kind in rows if kind == "resolved"}
