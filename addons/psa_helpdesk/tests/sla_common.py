"""The words of the worked examples of rule D10: Berlin wall times, office hours, priorities as P1 to P3."""

from contextlib import contextmanager
from datetime import datetime, timezone
from unittest.mock import patch
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo import Command

from .common import PsaHelpdeskCase

MINUTE = 60
DAYS = {
    "Fri-": "2026-02-27", "Mon": "2026-03-02", "Tue": "2026-03-03", "Wed": "2026-03-04", "Thu": "2026-03-05",
    "Fri": "2026-03-06",
}  # fmt: skip
# Priority: minutes for first response, plan, resolution
PROMISED = {"3": (20, 60, 240), "2": (60, 240, 480), "1": (240, 480, 960)}


class PsaSlaCase(PsaHelpdeskCase):
    """A default policy in office hours 09:00 to 17:00, Berlin time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["psa.sla.policy"].search([("is_default", "=", True)]).is_default = False
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Office hours",
                "company_id": cls.env.company.id,
                "tz": "Europe/Berlin",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Day",
                                "dayofweek": str(day),
                                "hour_from": 9,
                                "hour_to": 17,
                                "day_period": "full_day",
                            }
                        )
                        for day in range(5)
                    ),
                ],
            }
        )
        cls.policy = cls._make_policy("Office", is_default=True)

    @classmethod
    def _make_policy(cls, name, promised=None, **values):
        """A policy that promises (response, plan, resolution) minutes by priority."""
        kinds = ("response", "plan", "resolution")
        targets = [
            {"priority": priority, "kind": kind, "minutes": minutes, "calendar_id": cls.calendar.id}
            for priority, row in (promised or PROMISED).items()
            for kind, minutes in zip(kinds, row, strict=True)
            if minutes
        ]
        return cls.env["psa.sla.policy"].create(
            {"name": name, "target_ids": [Command.create(target) for target in targets], **values}
        )

    @staticmethod
    def when(text):
        """The instant of a Berlin wall time such as "Mon 09:00" of the first week of March 2026."""
        day, clock = text.split()
        local = datetime.fromisoformat(f"{DAYS[day]}T{clock}").replace(tzinfo=ZoneInfo("Europe/Berlin"))
        return local.astimezone(timezone.utc).replace(tzinfo=None)

    @contextmanager
    def at(self, text):
        with freeze_time(self.when(text)):
            yield

    def move(self, tickets, stage, text):
        """Move tickets to a stage, as the technician, at a moment."""
        with self.at(text):
            tickets.with_user(self.technician).write({"stage_id": stage.id})

    def answer(self, ticket, user=None):
        """A reply that the customer can read."""
        return ticket.with_user(user or self.technician).message_post(
            body="We are on it.", message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    @contextmanager
    def no_commit(self):
        with patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0) as commit:
            yield commit

    def sweep(self, text):
        """Run the sweep at a moment."""
        with self.at(text), self.no_commit():
            self.env["psa.sla.clock"]._cron_sweep()

    def clock(self, ticket, kind="resolution"):
        """The clock of that kind in the last cycle."""
        return ticket._psa_get_current_clocks().filtered(lambda clock: clock.kind == kind)

    def versions(self):
        return self.env["psa.sla.calendar.version"].search([("calendar_id", "=", self.calendar.id)])

    def add_leave(self, start, end, **values):
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": self.when(start),
                "date_to": self.when(end),
                **values,
            }
        )

    def excuse(self, clock, user):
        action = clock.with_user(user).action_excuse()
        dialog = self.env[action["res_model"]].with_user(user).with_context(**action["context"])
        dialog.create({"reason": "Line was down"}).action_excuse()

    @classmethod
    def _make_tickets(cls, number, start=True, **values):
        """Tickets in one batch; without `start` their clocks are still to be started."""
        model = cls.env["helpdesk.ticket"]
        vals = {
            "name": "One of many",
            "description": "<p>-</p>",
            "partner_id": cls.mia.partner_id.id,
            "team_id": cls.queue.id,
        }
        vals |= {"psa_started_at": datetime(2026, 3, 2, 9), **values}
        vals_list = [dict(vals) for _ in range(number)]
        if start:
            return model.create(vals_list)
        with patch.object(cls.registry["helpdesk.ticket"], "_psa_sla_start"):
            return model.create(vals_list)

    def count_queries(self, call):
        """The queries of `call` with cold records, flushed."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
