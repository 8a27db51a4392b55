import hashlib
import json
from datetime import datetime

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import ormcache

from ..logic.working_time import (
    AlwaysOpen,
    CalendarHistory,
    Schedule,
    Span,
    WeekRow,
    leave_end,
    working_time,
)
from ..time_zones import usable_zone

ALWAYS = AlwaysOpen()
EDITED = "psa_sla_edited_calendars"  # in the pre-commit data: {calendar id: moment of its first edit}


class PsaSlaCalendarVersion(models.Model):
    """Working hours as they were, from a moment until the next version's (Rule D10.16).

    A clock names its calendar; which version counted a minute follows from when the minute passed. So an edited
    calendar or a new holiday needs no word in any ticket's ledger, and can never rewrite what has been counted.
    """

    _name = "psa.sla.calendar.version"
    _description = "Working hours as they were"
    _inherit = ["psa.append.only.mixin"]
    _order = "calendar_id, valid_from, id"

    calendar_id = fields.Many2one(
        "resource.calendar", required=True, index=True, ondelete="restrict", readonly=True
    )
    company_id = fields.Many2one(related="calendar_id.company_id", store=True, precompute=True)
    valid_from = fields.Datetime(required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True, help="Fingerprint of the content.")
    content = fields.Json(required=True, readonly=True)

    @api.depends("calendar_id", "valid_from")
    def _compute_display_name(self):
        for version in self:
            version.display_name = f"{version.calendar_id.name}, {version.valid_from}"

    @api.model
    def _get_hours(self, keys):
        """Return the hours to count by, for clocks of any number of tickets with one query.

        :param keys: (calendar id or None for 24x7, time zone or None for the calendar's own)
        :return: {key: `logic.working_time.Hours`}; a calendar seen for the first time is written down now
        """
        keys = set(keys)
        calendar_ids = {calendar_id for calendar_id, _zone in keys if calendar_id}
        versions = self._find(calendar_ids)
        if unknown := calendar_ids - versions.keys():
            self._capture(unknown, datetime(1970, 1, 1))
            versions = self._find(calendar_ids)
        return {
            (calendar_id, zone): CalendarHistory(
                tuple(
                    (version.valid_from, version._get_working_time(zone)) for version in versions[calendar_id]
                )
            )
            if calendar_id
            else ALWAYS
            for calendar_id, zone in keys
        }

    @api.model
    def _find(self, calendar_ids):
        """Return {calendar id: its versions in order}."""
        if not calendar_ids:
            return {}
        # sudo: what a ticket counts does not depend on who looks at it
        found = self.sudo().search_fetch(
            [("calendar_id", "in", list(calendar_ids))], ["calendar_id", "valid_from"]
        )
        return {calendar.id: versions for calendar, versions in found.grouped("calendar_id").items()}

    @ormcache("self.id", "zone")
    def _get_working_time(self, zone):
        """Return this version laid out; it never changes, so every worker keeps it."""
        content = self.content
        schedule = Schedule(
            usable_zone(content["zone"]),  # it may have been written on another machine
            tuple(WeekRow(*row) for row in content["rows"]),
            tuple(Span(*map(datetime.fromisoformat, leave)) for leave in content["leaves"]),
        )
        return working_time(schedule.moved_to(usable_zone(zone, schedule.zone)) if zone else schedule)

    @api.model
    def _capture(self, calendar_ids, at):
        """Write down these calendars as they are now, where they differ from their last version.

        :param datetime at: from when on it holds
        :return: the calendars that differ
        """
        calendars = self.env["resource.calendar"].sudo().browse(calendar_ids).exists()
        latest = {
            calendar_id: versions[-1].digest for calendar_id, versions in self._find(calendars.ids).items()
        }
        vals_list = []
        for calendar, content in self._get_contents(calendars).items():
            digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
            if latest.get(calendar.id) != digest:
                vals_list.append(
                    {"calendar_id": calendar.id, "valid_from": at, "digest": digest, "content": content}
                )
        # sudo: the versions are ours to write, whoever edits a calendar or starts the first clock of it
        return self.sudo().create(vals_list).calendar_id

    @api.model
    def _get_contents(self, calendars):
        """Return {calendar: {"zone", "rows", "leaves"}} with a constant number of queries."""
        own = Domain("calendar_id", "in", calendars.ids)
        company_wide = Domain("calendar_id", "=", False) & Domain(
            "company_id", "in", calendars.company_id.ids
        )
        domain = Domain("resource_id", "=", False) & Domain("time_type", "=", "leave") & (own | company_wide)
        leaves = self.env["resource.calendar.leaves"].sudo().search(domain, order="date_from, date_to, id")
        return {
            calendar: {
                "zone": usable_zone(calendar.tz),
                "rows": sorted(map(list, calendar._psa_get_week_rows()), key=str),
                "leaves": [
                    [leave.date_from.isoformat(), leave_end(leave.date_to).isoformat()]
                    for leave in leaves
                    if leave.calendar_id == calendar
                    or (
                        not leave.calendar_id
                        and calendar.company_id
                        and leave.company_id == calendar.company_id
                    )
                ],
            }
            for calendar in calendars
        }

    @api.model
    def _note_edit(self, calendars):
        """Remember that these calendars were edited; at the end of the transaction they are written down once.

        Waiting for the end joins the many small writes of one save into one version.
        """
        known = self._find(calendars.ids)
        precommit = self.env.cr.precommit
        edited = precommit.data.setdefault(EDITED, {})
        if not edited and known:
            precommit.add(self._capture_edited)
        for calendar_id in known:
            edited.setdefault(calendar_id, fields.Datetime.now())

    @api.model
    def _capture_edited(self):
        edited = self.env.cr.precommit.data.pop(EDITED, {})
        for at in sorted(set(edited.values())):
            changed = self._capture(
                [calendar_id for calendar_id, moment in edited.items() if moment == at], at
            )
            self.env["psa.sla.clock"]._look_again([("calendar_id", "in", changed.ids)])
            self.env["psa.workflow.timer"]._wake_ladders(
                [("ticket_id.psa_sla_clock_ids.calendar_id", "in", changed.ids)]
            )
