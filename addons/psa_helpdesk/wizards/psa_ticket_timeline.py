from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime

KINDS = [
    ("ticket", "Ticket"),
    ("alert", "Alert"),
    ("message", "Message"),
    ("note", "Internal note"),
    ("change", "Changed field"),
    ("promise", "Promise"),
    ("rule", "Rule"),
    ("notice", "Notice"),
    ("call", "Service call"),
    ("time", "Time entry"),
    ("part", "Part used"),
]
TONES = {"alert": "danger", "message": "primary", "note": "warning", "promise": "info", "call": "success"}
ROW = Markup(
    '<li class="list-group-item d-flex flex-wrap gap-2 align-items-baseline">'
    '<span class="text-muted text-nowrap">%s</span><span class="badge text-bg-%s">%s</span>'
    '<span class="fw-bold">%s</span><span class="text-break w-100" style="white-space: pre-line">%s</span></li>'
)


class PsaTicketTimeline(models.TransientModel):
    """Shows the story of a ticket; nothing of it is stored here."""

    _name = "psa.ticket.timeline"
    _description = "Timeline of a ticket"
    _inherit = ["psa.dialog.mixin"]

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True, ondelete="cascade")
    kind = fields.Selection(KINDS, string="Show only")
    count = fields.Integer(string="Entries", compute="_compute_story")
    zone = fields.Char(
        string="Time zone", compute="_compute_story", help="The zone in which the times are shown."
    )
    story = fields.Html(compute="_compute_story", sanitize=False)

    def _psa_check_links(self):
        """The dialog names its ticket: refuse what the user may not see."""
        self.ticket_id.check_access("read")

    @api.depends("ticket_id", "kind")
    @api.depends_context("uid", "lang", "tz")
    def _compute_story(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        zone = self.env.tz.zone
        for timeline in self:
            entries = [
                entry
                for entry in timeline.ticket_id._psa_get_timeline_entries()
                if timeline.kind in (False, entry.kind)
            ]
            rows = [
                ROW
                % (
                    format_datetime(self.env, entry.at, tz=zone),
                    TONES.get(entry.kind, "secondary"),
                    labels[entry.kind],
                    entry.actor,
                    entry.text,
                )
                for entry in entries
            ]
            timeline.count = len(entries)
            timeline.zone = zone
            timeline.story = Markup('<ol class="list-group list-unstyled">%s</ol>') % Markup("").join(rows)
