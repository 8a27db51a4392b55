from collections import defaultdict
from datetime import timedelta, timezone

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

from ..logic import call_stages
from ..logic.booking_conflicts import Busy, Conflict, Day, Kind, Leave, Slot, Span, find_conflicts

# Around the time asked for: a call before or after it, to see whether the way is too short.
MARGIN = timedelta(hours=6)


class PsaServiceCall(models.Model):
    """What speaks against a time: the technicians' other calls, leave, calendars, working hours and ways."""

    _inherit = "psa.service.call"

    def _psa_lock_technicians(self):
        """Let two dispatchers book one technician only one after the other.

        A lock alone does not do: the second one would wait and still not see what the first one booked. The row is
        written, so the database refuses the second, who is started anew and sees it.
        """
        user_ids = sorted(set(self.sudo().technician_ids.ids))
        if user_ids:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE res_users SET psa_call_serial = COALESCE(psa_call_serial, 0) + 1 WHERE id IN
                        (SELECT id FROM res_users WHERE id IN %s ORDER BY id FOR NO KEY UPDATE)
                    """,
                    tuple(user_ids),
                )
            )

    def _psa_find_conflicts(self):
        """Return {call: [(technician, conflict)]}, with the same number of queries for one call as for a hundred."""
        calls = self.sudo()  # what the technicians do elsewhere counts, whether or not the planner may see it
        if not calls:
            return {}
        start, stop = min(calls.mapped("start_at")), max(calls.mapped("stop_at"))
        users = calls.technician_ids
        days = self.with_company(calls.company_id[:1])._psa_get_days(users, start - MARGIN, stop + MARGIN)
        skills = self._psa_get_skill_match(calls.ticket_ids, users)
        return {
            call: [
                pair
                for user in call.technician_ids
                for pair in call._psa_find_against(user, days[user], skills)
            ]
            for call in self
        }

    def _psa_find_against(self, user, day, skills):
        """Yield (technician, conflict) of this call and one of its technicians."""
        call = self.sudo()
        busy = tuple(entry for entry in day.busy if entry.label != call.number)
        slot = Slot(call.start_at, call.stop_at, call.travel_minutes or 0)
        for conflict in find_conflicts(slot, Day(busy, day.leaves, day.work)):
            yield user, conflict
        matches = [skills[ticket, user] for ticket in call.ticket_ids]
        if not any(rank for rank, _words in matches):
            yield user, Conflict(Kind.SKILL, " ".join(dict.fromkeys(words for _rank, words in matches)))

    @api.model
    def _psa_get_skill_match(self, tickets, users):
        """Return {(ticket, technician): (rank, words)}: the higher the better, 0 where the technician does not fit.

        The words are what speaks for who fits, and for who does not a sentence that says why.

        A hook: this addon knows the members of queues. What knows skills ranks them higher, and says which.
        """
        return {
            (ticket, user): self._psa_match_queue(ticket.team_id, user)
            for ticket in tickets
            for user in users
        }

    @api.model
    def _psa_match_queue(self, queue, user):
        """Return (rank, words) of a technician for a queue; one without members is open to all."""
        if user in queue.user_ids:
            return 1, self.env._("works in %(queue)s", queue=queue.name)
        if not queue.user_ids:
            return 1, ""
        return 0, self.env._("%(name)s does not work in %(queue)s.", name=user.name, queue=queue.name)

    @api.model
    def _psa_get_days(self, users, start, stop):
        """Return {technician: Day} between two instants (naive UTC), whole and without names of customers."""
        users, model = users.sudo(), self.sudo()
        busy = defaultdict(list)
        for user, call in model._psa_get_open_between(users, start, stop):
            busy[user].append(Busy(call.start_at, call.stop_at, call.number, call.travel_minutes or 0))
        for user, event in model._psa_get_entries_between(users, start, stop):
            busy[user].append(Busy(event.start, event.stop, is_call=False))
        work, leaves = model._psa_get_hours(users, start, stop)
        return {user: Day(tuple(busy[user]), tuple(leaves[user]), tuple(work[user])) for user in users}

    @api.model
    def _psa_get_open_between(self, users, start, stop):
        """Yield (technician, open call) between two instants."""
        calls = self.search(
            Domain("technician_ids", "in", users.ids)
            & Domain("state", "in", sorted(call_stages.OPEN))
            & Domain("start_at", "<", stop)
            & Domain("stop_at", ">", start),
            order="start_at, id",
        )
        return [(user, call) for call in calls for user in call.technician_ids & users]

    @api.model
    def _psa_get_entries_between(self, users, start, stop):
        """Return (technician, entry of the calendar) between two instants, without service calls and what was declined."""
        attendees = self.env["calendar.attendee"].search(
            Domain("partner_id", "in", users.partner_id.ids)
            & Domain("state", "!=", "declined")
            & Domain(
                "event_id",
                "any",
                Domain("start", "<", stop)
                & Domain("stop", ">", start)
                & Domain("active", "=", True)
                & Domain("show_as", "=", "busy")
                & Domain("psa_service_call_ids", "=", False),
            )
        )
        by_partner = {user.partner_id: user for user in users}
        return [(by_partner[attendee.partner_id], attendee.event_id) for attendee in attendees]

    @api.model
    def _psa_get_hours(self, users, start, stop):
        """Return {technician: working spans} and {technician: leaves}; who has no hours has those of the company."""
        since, until = (moment.replace(tzinfo=timezone.utc) for moment in (start, stop))
        company = self.env.company
        own = {
            user: user.resource_ids.filtered(
                lambda resource: resource.company_id in (company, company.browse())
            )[:1]
            for user in users
        }
        resources = self.env["resource.resource"].union(*own.values())
        calendar = company.resource_calendar_id
        spans, shared = resources._get_valid_work_intervals(since, until, calendar, compute_leaves=False)
        work = {
            user: [
                Span(*(moment.astimezone(timezone.utc).replace(tzinfo=None) for moment in (first, last)))
                for first, last, _rows in (spans[resource.id] if resource else shared.get(calendar.id, ()))
            ]
            for user, resource in own.items()
        }
        return work, self._psa_get_leaves(own, calendar, start, stop)

    @api.model
    def _psa_get_leaves(self, resources, calendar, start, stop):
        """Return {technician: leaves}: the own ones without their reason, and the holidays of the calendar."""
        found = self.env["resource.calendar.leaves"].search([
            ("date_from", "<", stop),
            ("date_to", ">", start),
            ("time_type", "=", "leave"),
            ("resource_id", "in", [False, *(resource.id for resource in resources.values())]),
        ])  # fmt: skip
        leaves = defaultdict(list)
        for user, resource in resources.items():
            hours = resource.calendar_id or calendar
            for leave in found:
                if leave.resource_id:
                    if leave.resource_id == resource:
                        leaves[user].append(Leave(leave.date_from, leave.date_to, self.env._("away")))
                elif leave.calendar_id == hours or (
                    not leave.calendar_id
                    and leave.company_id in (hours.company_id, leave.company_id.browse())
                ):
                    leaves[user].append(
                        Leave(leave.date_from, leave.date_to, leave.name or self.env._("holiday"))
                    )
        return leaves

    # In words

    def _psa_word_conflicts(self, conflicts):
        """Return a sentence for each (technician, conflict), in the zone of the reader."""
        return [self._psa_word_conflict(user.name, conflict) for user, conflict in conflicts]

    def _psa_word_conflict(self, name, conflict):
        match conflict.kind:
            case Kind.OVERLAP:
                return self.env._(
                    "%(name)s is on %(call)s, %(when)s.",
                    name=name, call=conflict.label, when=self._psa_say_span(conflict.span),
                )  # fmt: skip
            case Kind.LEAVE:
                return self.env._(
                    "%(name)s is off, %(when)s: %(leave)s.",
                    name=name, when=self._psa_say_span(conflict.span), leave=conflict.label,
                )  # fmt: skip
            case Kind.BUSY:
                return self.env._(
                    "The calendar of %(name)s has another entry, %(when)s.",
                    name=name, when=self._psa_say_span(conflict.span),
                )  # fmt: skip
            case Kind.HOURS:
                return self.env._("It is outside the working hours of %(name)s.", name=name)
            case Kind.TRAVEL:
                return self.env._(
                    "%(minutes)s minutes are missing for the way of %(name)s from or to %(call)s.",
                    minutes=conflict.missing, name=name, call=conflict.label,
                )  # fmt: skip
            case _:
                return conflict.label

    def _psa_word_refusal(self, words, is_hard):
        """Return what a person reads who saves without a reason."""
        advice = (
            self.env._("Choose another time, or let a dispatcher book it anyway.")
            if is_hard and not self._psa_may_override()
            else self.env._("Choose another time, or say why it is booked anyway.")
        )
        return "\n".join([*words, advice])

    @api.model
    def _psa_say_span(self, span):
        """Return "10:00 to 11:00" with its day, in the zone of the reader."""
        return self.env._(
            "%(start)s to %(stop)s",
            start=format_datetime(self.env, span.start, dt_format="EEE d MMM HH:mm"),
            stop=format_datetime(self.env, span.stop, dt_format="HH:mm"),
        )
