from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_datetime, html2plaintext

from ..logic.timeline import Entry, in_order, shorten
from ..own_word import OWN_WORD

MAILS = ("auto_comment", "email", "email_outgoing")


class HelpdeskTicket(models.Model):
    """All that happened to a ticket in one list, from the first alert to the solution (row 2.7)."""

    _inherit = "helpdesk.ticket"

    def psa_get_timeline(self):
        """Return `[{"at", "kind", "actor", "text"}]` of this ticket, the oldest first.

        For whoever of us may read the ticket. Never for customers: it names internal notes.
        """
        return [
            {
                "at": fields.Datetime.to_string(entry.at),
                "kind": entry.kind,
                "actor": entry.actor,
                "text": entry.text,
            }
            for entry in self._psa_get_timeline_entries()
        ]

    def action_psa_open_timeline(self):
        self.ensure_one()
        self._psa_check_timeline_reader()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Timeline of %(ticket)s", ticket=self.number),
            "res_model": "psa.ticket.timeline",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    def _psa_get_timeline_entries(self):
        self.ensure_one()
        self._psa_check_timeline_reader()
        # sudo: whoever may read the ticket may read its whole story; that person may be kept from parts of it (time of
        # colleagues, notices to others), of which only what is said below is told: no price, no cost, no rate
        return in_order(self.sudo()._psa_collect_timeline(self.env))

    def _psa_check_timeline_reader(self):
        self.check_access("read")
        if not self.env.user._is_internal():
            raise AccessError(self.env._("The timeline of a ticket is for our own people."))

    def _psa_collect_timeline(self, reader):
        """Return the entries of this ticket, a superuser's. Addons add their own ledgers.

        :param reader: environment of the person who reads, for fields that are closed to some
        """
        return [
            self._psa_tell_creation(),
            *self._psa_tell_messages(self.message_ids, reader),
            *self._psa_tell_promises(),
            *self._psa_tell_rules_run(),
            *self._psa_tell_notices(),
            *self._psa_tell_calls(reader),
        ]

    def _psa_tell_creation(self):
        channel = self.channel_id.name
        text = (
            self.env._("Ticket created, source: %(channel)s", channel=channel)
            if channel
            else self.env._("Ticket created")
        )
        return Entry(self.create_date.replace(microsecond=0), "ticket", self.create_uid.name, text)

    def _psa_tell_messages(self, messages, reader):
        """Return what was written and which fields were changed; what told one of us is among the notices."""
        internal = self.env.ref("mail.mt_note")
        entries = []
        for message in messages.filtered(lambda one: one.message_type != "user_notification"):
            author = message.author_id.name or message.email_from or self.env._("Somebody")
            if text := shorten(html2plaintext(message.body or "")):
                # What the system mails to customers is kept under the subtype of notes.
                is_mail = message.message_type in MAILS
                is_note = message.is_internal or not message.subtype_id or message.subtype_id == internal
                kind = "note" if is_note and not is_mail else "message"
                entries.append(Entry(message.date, kind, author, text, message.id))
            changes = message.tracking_value_ids._filter_has_field_access(reader)._tracking_value_format()
            entries += [
                Entry(message.date, "change", author, self._psa_say_change(change), message.id)
                for change in changes
            ]
        return entries

    def _psa_say_change(self, change):
        return self.env._(
            "%(field)s: %(old)s → %(new)s",
            field=change["fieldInfo"]["changedField"],
            old=self._psa_say_value(change, "oldValue"),
            new=self._psa_say_value(change, "newValue"),
        )

    def _psa_say_value(self, change, name):
        value = change[name]
        if change["fieldInfo"]["fieldType"] == "datetime" and value:
            at = fields.Datetime.to_datetime(str(value)[:19].replace("T", " "))
            return format_datetime(self.env, at, tz=self.env.tz.zone)
        return value if value not in (False, None, "") else self.env._("empty")

    def _psa_tell_promises(self):
        system = self.env._("System")
        events = self.env["psa.sla.event"].search([("ticket_id", "=", self.id)])
        labels = dict(events._fields["what"]._description_selection(self.env))
        steps = self.env["psa.sla.step"].search([("ticket_id", "=", self.id)])
        modes = dict(steps._fields["mode"]._description_selection(self.env))
        kinds = dict(steps.clock_id._fields["kind"]._description_selection(self.env))
        return [
            Entry(
                event.happened_at,
                "promise",
                event.user_id.name,
                f"{labels[event.what]}: {event.reason}" if event.reason else labels[event.what],
                event.id,
            )
            for event in events
        ] + [
            Entry(
                step.acted_at,
                "promise",
                system,
                self.env._(
                    "%(mode)s at %(percent)s %% of %(target)s",
                    mode=modes[step.mode],
                    percent=step.percent,
                    target=kinds[step.clock_id.kind],
                ),
                step.id,
            )
            for step in steps
        ]

    def _psa_tell_rules_run(self):
        """Return what workflow rules did; where none acted, nothing happened."""
        runs = self.env["psa.workflow.run"].search(
            [("ticket_id", "=", self.id), ("result", "!=", "not")], order="id"
        )
        actor = self.env._("Workflow rule")
        return [Entry(run.happened_at, "rule", actor, shorten(run.summary), run.id) for run in runs]

    def _psa_tell_notices(self):
        notices = self.env["psa.notice"].search([("ticket_id", "=", self.id)])
        channels = dict(notices._fields["channel"]._description_selection(self.env))
        states = dict(notices._fields["state"]._description_selection(self.env))
        system = self.env._("System")
        entries = [
            Entry(
                notice.done_at or notice.due_at,
                "notice",
                system,
                self.env._(
                    "To %(user)s by %(channel)s, %(state)s: %(subject)s",
                    user=notice.user_id.name,
                    channel=channels[notice.channel],
                    state=states[notice.state].lower(),
                    subject=notice.subject,
                ),
                notice.id,
            )
            for notice in notices
        ]
        for page in self.psa_page_ids:
            text = self.env._("Those on call are called until somebody acknowledges")
            entries.append(Entry(page.started_at, "notice", system, text, page.id))
            if page.acknowledged_at:
                text = self.env._("Call of those on call acknowledged")
                who = page.acknowledged_by_id.name or system
                entries.append(Entry(page.acknowledged_at, "notice", who, text, page.id))
        return entries

    def _psa_tell_calls(self, reader):
        """Return when service calls were booked, and all that was changed or written about them."""
        calls = self.env["psa.service.call"].search([("ticket_ids", "in", self.ids)])
        entries = [
            Entry(
                call.create_date.replace(microsecond=0),
                "call",
                call.create_uid.name,
                self.env._(
                    "Service call %(number)s booked for %(technician)s",
                    number=call.number,
                    technician=call.technician_id.name,
                ),
                call.id,
            )
            for call in calls
        ]
        told = {call.id: call.number for call in calls}
        messages = self.env["mail.message"].search([("model", "=", calls._name), ("res_id", "in", calls.ids)])
        for message in messages:
            entries += [
                Entry(entry.at, "call", entry.actor, f"{told[message.res_id]}: {entry.text}", entry.key)
                for entry in self._psa_tell_messages(message, reader)
            ]
        return entries

    def _message_update_content(self, message, /, *, body, **kwargs):
        """Whoever corrects what was written leaves what it said before (row 2.7)."""
        before = html2plaintext(message.sudo().body or "").strip() if body is not None else ""
        result = super()._message_update_content(
            message.with_context(psa_correcting=OWN_WORD), body=body, **kwargs
        )
        if before and before != html2plaintext(body or "").strip():
            # sudo: a contact who corrects an own message writes no notes; this one is ours
            self.sudo()._message_log(
                body=self.env._("Corrected a message. Before, it said: %(text)s", text=before),
                author_id=self.env.user.partner_id.id,
            )
        return result
