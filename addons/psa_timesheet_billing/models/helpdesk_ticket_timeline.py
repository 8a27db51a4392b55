from odoo import models
from odoo.tools import format_date

from odoo.addons.psa_helpdesk.logic.timeline import Entry

from ..logic import duration


class HelpdeskTicket(models.Model):
    """Time entries stand in the story of the ticket: who worked when and how long, never at which rate or cost."""

    _inherit = "helpdesk.ticket"

    def _psa_collect_timeline(self, reader):
        return super()._psa_collect_timeline(reader) + [
            Entry(
                entry.create_date.replace(microsecond=0),
                "time",
                entry.employee_id.name or entry.user_id.name or entry.create_uid.name,
                self.env._(
                    "%(duration)s worked on %(date)s: %(text)s",
                    duration=duration.clock(entry.psa_minutes),
                    date=format_date(self.env, entry.date),
                    text=entry.name or "",
                ),
                entry.id,
            )
            for entry in self.psa_time_ids
        ]
