from odoo import models

from odoo.addons.psa_helpdesk.logic.timeline import Entry


class HelpdeskTicket(models.Model):
    """What monitoring reported stands in the story of the ticket."""

    _inherit = "helpdesk.ticket"

    def _psa_collect_timeline(self, reader):
        return super()._psa_collect_timeline(reader) + self._psa_tell_alerts()

    def _psa_tell_alerts(self):
        """Return what the sources reported and what it did, repeats that were only counted left out."""
        alerts = self.psa_alert_ids
        events = self.env["psa.alert.event"].search(
            [("alert_id", "in", alerts.ids), ("action", "not in", (False, "append"))], order="id"
        )
        kinds = dict(events._fields["kind"]._description_selection(self.env))
        actions = dict(events._fields["action"]._description_selection(self.env))
        entries = [
            Entry(
                event.received_at,
                "alert",
                event.source_id.name,
                f"{kinds[event.kind]}: {event.alert_id.name} ({actions[event.action].lower()})",
                event.id,
            )
            for event in events
        ]
        for alert in alerts:
            for at, user, text in (
                (alert.acknowledged_at, alert.acknowledged_by_id, self.env._("Alert acknowledged")),
                (alert.resolved_at, alert.resolved_by_id, self.env._("Alert resolved by hand")),
            ):
                if at and user:
                    entries.append(Entry(at, "alert", user.name, f"{text}: {alert.name}", alert.id))
        return entries
