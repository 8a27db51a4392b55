from odoo import api, models
from odoo.fields import Domain

from odoo.addons.psa_helpdesk.models.psa_service_home_look import LOOK_AT


class PsaServiceHome(models.AbstractModel):
    """Monitoring among what to look at first: critical alerts that nobody has seen, and sources that are not heard."""

    _inherit = "psa.service.home"

    @api.model
    def _get_look_reasons(self):
        return [
            *super()._get_look_reasons(),
            (30, self._find_unseen_alerts()),
            (60, self._find_silent_sources()),
        ]

    @api.model
    def _find_unseen_alerts(self):
        """Return [(alert, why)]: no ticket, or one of lower priority that nobody touched; critical tickets stand for themselves."""
        alerts = self.env["psa.alert"]
        if self._is_filtered() or not alerts.has_access("read"):
            return []
        unseen = Domain("ticket_id", "=", False) | (
            Domain("ticket_id.psa_touched_at", "=", False) & Domain("ticket_id.priority", "!=", "3")
        )
        found = alerts.search(
            Domain("state", "in", ("open", "flapping")) & Domain("severity", "=", "critical") & unseen,
            order="first_seen_at, id",
            limit=LOOK_AT,
        )
        return [(alert, self.env._("Critical alert, and nobody has seen it")) for alert in found]

    @api.model
    def _find_silent_sources(self):
        sources = self.env["psa.alert.source"]
        if self._is_filtered() or not sources.has_access("read"):
            return []
        found = sources.search([("is_silent", "=", True)], order="last_seen_at, id", limit=LOOK_AT)
        return [
            (source, self.env._("Silent source, heard: %(when)s", when=source.heard_text)) for source in found
        ]

    @api.model
    def _prepare_look_line(self, record, why):
        line = super()._prepare_look_line(record, why)
        if record._name == "psa.alert":
            return line | {"customer": record.partner_id.display_name or ""}
        return line
