from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..logic import call_stages
from ..logic.day_plan import Item, Kind, Section, plan
from ..logic.work_word import Word

# "Later this week" are the next seven days: on a Friday the technician sees Monday, too.
DAYS_SHOWN = 7
MOST = 200
NEARBY_SHOWN = 5
STAFF = "helpdesk_mgmt.group_helpdesk_user_own"


class PsaMyDay(models.AbstractModel):
    """A technician's day: what runs now, where to go next, what is for today, near and later. Under the reader's rights.

    The number of queries depends neither on calls nor on tickets nor on tasks.
    """

    _name = "psa.my.day"
    _description = "My day"

    @api.model
    def get_day(self):
        """Return all that the screen shows: sections of cards in order, and what the head says."""
        self._check_staff()
        user = self.env.user
        work = self._read_work(user)
        planned = self._plan(work, user, self._get_timed_ids())
        sections = {
            section.value: [self._prepare_card(item, work) for item in items]
            for section, items in planned.sections.items()
        }
        near, near_id = self._get_nearby(planned, work)
        sections[Section.NEARBY.value] = near
        return {
            "sections": sections,
            "near_id": near_id,
            "left_out": planned.left_out,
            "waiting": self._count_waiting(),
            "is_lead": self._is_lead(),
        }

    @api.model
    def take_next(self):
        """Take the most urgent ticket that nobody has from the queues of the present user; two never take the same.

        :return: its number, False where none is left
        """
        self._check_staff()
        tickets = self.env["helpdesk.ticket"].search(
            self._get_waiting_domain(), order="psa_sla_due_at, priority desc, id", limit=10
        )
        ticket = tickets.try_lock_for_update(limit=1)
        if not ticket:
            return False
        ticket.action_take()
        return ticket.number

    # What is read

    @api.model
    def _check_staff(self):
        if not self.env.user.has_group(STAFF):
            raise AccessError(self.env._("My day is for technicians."))

    @api.model
    def _is_lead(self):
        return self.env.user.has_group("psa_helpdesk.psa_helpdesk_group_dispatcher")

    @api.model
    def _get_timed_ids(self):
        """Hook: ids of the tickets on which the reader's timer runs; this addon knows no timers."""
        return frozenset()

    @api.model
    def _read_work(self, users):
        """Return {kind: records} of the open work of these people, as far as the reader may see it."""
        until = self._get_until()
        calls = self.env["psa.service.call"].search(
            Domain("technician_ids", "in", users.ids)
            & Domain("state", "in", sorted(call_stages.OPEN))
            & Domain("start_at", "<", until),
            order="start_at, id",
            limit=MOST * len(users),
        )
        tickets = self.env["helpdesk.ticket"].search(
            Domain("user_id", "in", users.ids) & Domain("psa_is_open", "=", True),
            order="psa_sla_due_at, priority desc, id",
            limit=MOST * len(users),
        )
        timed = self.env["helpdesk.ticket"].browse(sorted(self._get_timed_ids() - set(tickets.ids)))
        tickets |= timed._filtered_access("read")
        return {
            Kind.CALL: calls,
            Kind.TICKET: tickets,
            Kind.TASK: self._read_tasks(users),
        }

    @api.model
    def _read_tasks(self, users):
        tasks = self.env["project.task"]
        if not tasks.has_access("read"):
            return tasks  # a contractor without projects
        return tasks.search(
            Domain(self.env["psa.service.home"]._get_task_domain())
            & Domain("user_ids", "in", users.ids)
            & Domain("is_closed", "=", False),
            order="date_deadline, priority desc, id",
            limit=MOST * len(users),
        )

    @api.model
    def _get_today(self):
        return self.env["helpdesk.ticket"]._psa_get_day(fields.Datetime.now())

    @api.model
    def _get_until(self):
        return self._get_today().start + timedelta(days=DAYS_SHOWN)

    @api.model
    def _plan(self, work, user, timed):
        """Put what `work` holds for one person where it belongs, see `logic/day_plan.py`."""
        items = [
            Item(
                Kind.CALL, call.id, start_at=call.start_at, stage=call.state, tickets=frozenset(call.sudo().ticket_ids.ids)
            )  # sudo: which tickets a readable call is about, compared only
            for call in work[Kind.CALL]
            if user in call.technician_ids
        ]  # fmt: skip
        items += [
            Item(
                Kind.TICKET, ticket.id, word=_word(ticket), due_at=ticket.psa_sla_due_at or None,
                priority=int(ticket.priority or 0), is_timed=ticket.id in timed,
            )
            for ticket in work[Kind.TICKET]
            if ticket.user_id == user or ticket.id in timed
        ]  # fmt: skip
        items += [
            Item(
                Kind.TASK, task.id, word=_word(task), due_at=task.date_deadline or None, priority=int(task.priority or 0)
            )
            for task in work[Kind.TASK]
            if user in task.user_ids
        ]  # fmt: skip
        return plan(items, self._get_today(), self._get_until())

    @api.model
    def _get_nearby(self, planned, work):
        """Return cards of tickets for the same trip as the call that is on or comes next, and the id of that call."""
        first = next(
            (
                item
                for section in (Section.NOW, Section.NEXT)
                for item in planned.sections[section]
                if item.kind is Kind.CALL and work[Kind.CALL].browse(item.key).place == "on_site"
            ),
            None,
        )
        if first is None:
            return [], False
        items = [item for found in planned.sections.values() for item in found]
        shown = {item.key for item in items if item.kind is Kind.TICKET}.union(
            *(item.tickets for item in items)
        )
        call = self.env["psa.service.call"].browse(first.key)
        found = call.nearby_ticket_ids.filtered(lambda ticket: ticket.id not in shown)[:NEARBY_SHOWN]
        return [
            self._prepare_ticket(ticket.with_context(psa_near_call_id=call.id)) for ticket in found
        ], call.id

    @api.model
    def _get_waiting_domain(self):
        return (
            Domain("psa_is_open", "=", True)
            & Domain("user_id", "=", False)
            & Domain("team_id", "in", self.env.user.helpdesk_team_ids.ids)
        )

    @api.model
    def _count_waiting(self):
        return self.env["helpdesk.ticket"].search_count(self._get_waiting_domain())

    @api.model
    def _prepare_card(self, item, work):
        records = work[item.kind]
        # Read with the others, not alone.
        record = records.browse(item.key).with_prefetch(records._prefetch_ids)
        match item.kind:
            case Kind.CALL:
                return self._prepare_call(record)
            case Kind.TICKET:
                return self._prepare_ticket(record, item.is_timed)
            case _:
                return self._prepare_task(record)

    @api.model
    def _explain_unknown(self):
        return UserError(self.env._("This ticket is gone. Reload the page."))


def _word(record):
    return Word(record.psa_word) if record.psa_word else None
