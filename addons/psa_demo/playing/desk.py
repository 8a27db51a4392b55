"""Tickets: opened, answered, moved on and closed, each at its own moment."""

from datetime import timedelta

from odoo.tools import SQL

from odoo.addons.psa_helpdesk.event_moment import EventMoment


class Desk:
    """The service desk; `tickets` are known by their subject."""

    def __init__(self, world):
        self.world = world
        self.env = world.env
        self.tickets = {}

    def open(self, openings):
        """Open the tickets of `openings`, [(row, moment)], in the order of their moments; known ones are left alone."""
        fresh = {}
        for row, moment in sorted(openings, key=lambda opening: opening[1]):
            if row["ticket"] not in self.tickets:
                fresh.setdefault(row["ticket"], self._prepare(row, moment))
        created = self.env["helpdesk.ticket"].create(list(fresh.values()))
        self.tickets.update(zip(fresh, created, strict=True))

    def _prepare(self, row, moment):
        partner = self.world.ref(row["partner"])
        values = {
            "name": row["ticket"],
            "description": f"<p>{row.get('ask') or row['ticket']}</p>",
            "partner_id": partner.id,
            "company_id": self.world.get_company(partner).id,
            "priority": row["priority"],
            "team_id": self.world.ref(row["queue"]).id,
            "user_id": self.world.user(row["who"]).id if row["who"] else False,
            "category_id": self.world.ref(f"issue_{row['issue']}").id if row["issue"] else False,
            "psa_started_at": moment,
        }
        return values | ({"psa_asset_id": self.world.ref(f"asset_{row['asset']}").id} if row["asset"] else {})

    def answer(self, row, text):
        """The first answer to the customer, so many minutes after the ticket was opened."""
        ticket = self.tickets[row["ticket"]]
        at = ticket.psa_started_at + timedelta(minutes=int(row["answered_after"]))
        ticket._psa_sla_respond(at)  # the message itself would be a response of this moment
        self._post(ticket.with_user(self.world.user(row["who"])), text, at)
        return at

    def _post(self, ticket, text, at, **values):
        # The date of a message is what its sender says; whose turn it is goes by the moment it came.
        ticket.with_context(psa_event_at=EventMoment(at)).message_post(
            body=text, subtype_xmlid="mail.mt_comment", message_type="comment", date=at, **values
        )

    def close(self, row, at):
        """Answer and close a ticket whose work ended at `at`."""
        ticket = self.tickets[row["ticket"]]
        if ticket.psa_is_open:
            answered = self.answer(row, f"Done: {row['text'][0].lower()}{row['text'][1:]}.")
            closed = EventMoment(max(at, answered))
            ticket.with_context(psa_event_at=closed).action_close()

    # ------------------------------------------------------------------
    # Today
    # ------------------------------------------------------------------

    def get_today(self):
        """[(row, moment)] of what lies on the desk now."""
        return [(row, self.world.minutes_ago(row["age"])) for row in self.world.rows("desk_today")]

    def talk(self, openings):
        """What was said and done on the tickets of today."""
        for row, _moment in openings:
            ticket = self.tickets[row["ticket"]]
            if row["answer"]:
                at = self.answer(row, row["answer"])
                self._move(ticket.with_user(self.world.user(row["who"])), row["state"], at)
                if row["reply"]:
                    at += (self.world.now - at) * 0.6
                    self._post(ticket, row["reply"], at, author_id=ticket.partner_id.id)

    def _move(self, ticket, state, at):
        ticket = ticket.with_context(psa_event_at=EventMoment(at))
        if state == "waiting":
            ticket.action_wait_for_customer()
        elif state == "cancelled":
            ticket.action_cancel()
        elif state == "scheduled" and (stage := self._find_scheduled(ticket)):
            ticket.stage_id = stage
        else:
            ticket._psa_move_to("open")

    def _find_scheduled(self, ticket):
        """The stage of this queue in which the work has its day, where the queue has one."""
        stages = ticket.team_id._get_applicable_stages()
        return stages.filtered(lambda stage: stage.psa_sla_event == "plan" or stage.name == "Scheduled")[:1]

    # ------------------------------------------------------------------
    # Dates
    # ------------------------------------------------------------------

    def date_back(self):
        """Date what Odoo itself dates: creation and closing of tickets, and the first line of their conversations."""
        self.env.flush_all()
        played = SQL("ticket.create_date > ticket.psa_started_at")
        self.env.cr.execute(
            SQL(
                """
                UPDATE mail_message AS message
                   SET date = ticket.psa_started_at
                  FROM helpdesk_ticket AS ticket
                 WHERE %s AND message.id = (
                       SELECT min(id) FROM mail_message WHERE model = 'helpdesk.ticket' AND res_id = ticket.id
                 )
                """,
                played,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE helpdesk_ticket AS ticket
                   SET create_date = psa_started_at, closed_date = COALESCE(psa_resolved_at, closed_date)
                 WHERE %s
                """,
                played,
            )
        )
        self.env.invalidate_all()
