from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .sla_common import MINUTE, PsaSlaCase


@tagged("post_install", "-at_install")
class TestTicketSplit(PsaSlaCase):
    """Part of what was said becomes a ticket of its own (Rule D10.25); the worked example is Monday 09:00 to 11:00, P2."""

    def setUp(self):
        super().setUp()
        with self.at("Mon 08:00"):
            self.source = self._make_ticket(priority="2", psa_started_at=self.when("Mon 08:00"))
        self.wishes = self._say("Mon 09:00", self.mia, "A toner, and my account is locked.")

    def _say(self, text, user, body, subtype="mail.mt_comment"):
        """A message received at that moment; the database dates it by its own clock."""
        with self.at(text):
            message = self.source.with_user(user).message_post(
                body=body, message_type="comment", subtype_xmlid=subtype
            )
            self.env.flush_all()
            self.env.cr.execute(
                SQL("UPDATE mail_message SET create_date = %s WHERE id = %s", self.when(text), message.id)
            )
            self.env.invalidate_all()
        return message.sudo()

    def _split(self, *messages, text="Mon 11:00", user=None, **values):
        user = user or self.technician
        dialogs = self.env["psa.ticket.split"].with_user(user).with_context(active_id=self.source.id)
        with self.at(text):
            with Form(dialogs) as form:
                form.name = values.get("name", "Account is locked")
                if queue := values.get("queue"):
                    form.team_id = queue
                for number in range(len(form.line_ids)):
                    with form.line_ids.edit(number) as line:
                        line.is_moved = line.message_id.id in [message.id for message in messages]
            action = form.record.action_split()
        return self.env["helpdesk.ticket"].browse(action["res_id"])

    def test_needs_reply_follows_the_question_that_moved(self):
        self._say("Mon 08:30", self.mia, "The printer is jammed.")
        self._say("Mon 08:45", self.technician, "Pull the tray.")
        self.source.sudo().write(
            {"psa_customer_message_at": self.when("Mon 09:00"), "psa_answered_at": self.when("Mon 08:45")}
        )
        self.assertTrue(self.source.psa_needs_reply)
        new = self._split(self.wishes)
        self.assertTrue(new.psa_needs_reply)
        self.assertFalse(self.source.psa_needs_reply, "what was asked here was answered")
        self.assertEqual(self.source.psa_customer_message_at, self.when("Mon 08:30"))

    def test_an_unanswered_question_that_stays_keeps_needing_a_reply(self):
        later = self._say("Mon 10:30", self.mia, "And the scanner?")
        self._split(later)
        self.assertTrue(self.source.psa_needs_reply)
        self.assertEqual(self.source.psa_customer_message_at, self.when("Mon 09:00"))

    def test_each_part_counts_from_its_own_message(self):
        """The date received of a part is that of its message, not of the mail it was split from (Rule D10.25)."""
        later = self._say("Mon 10:30", self.mia, "And the scanner?")
        self.assertEqual(self._split(self.wishes).psa_started_at, self.when("Mon 09:00"))
        self.assertEqual(self._split(later).psa_started_at, self.when("Mon 10:30"))
        self.assertEqual(self.source.psa_started_at, self.when("Mon 08:00"))

    def test_not_answered(self):
        new = self._split(self.wishes)
        response, resolution = self.clock(new, "response"), self.clock(new)
        self.assertEqual(new.psa_started_at, self.when("Mon 09:00"))
        self.assertEqual(response.counted_seconds, 120 * MINUTE)
        self.assertEqual((response.due_at, response.state), (self.when("Mon 10:00"), "overdue"))
        self.assertEqual(response.breached_at, self.when("Mon 11:00"))
        self.assertEqual(resolution.due_at, self.when("Mon 17:00"))

    def test_answered_where_the_message_stood(self):
        self._say("Mon 09:30", self.technician, "We are on it.")
        response = self.clock(self._split(self.wishes), "response")
        self.assertEqual((response.state, response.counted_seconds), ("met", 30 * MINUTE))
        self.assertEqual(response.done_at, self.when("Mon 09:30"))

    def test_answered_too_late_is_missed_at_the_split(self):
        self._say("Mon 10:05", self.technician, "We are on it.")
        response = self.clock(self._split(self.wishes), "response")
        self.assertEqual((response.state, response.breached_at), ("missed", self.when("Mon 11:00")))

    def test_an_internal_note_and_an_older_answer_are_no_response(self):
        self._say("Mon 09:20", self.technician, "Ask Ben.", subtype="mail.mt_note")
        later = self._say("Mon 10:30", self.mia, "And the scanner?")
        new = self._split(later)
        self.assertEqual(new.psa_started_at, self.when("Mon 10:30"))
        self.assertFalse(self.clock(new, "response").done_at)

    def test_no_pause_is_inherited_and_the_old_clocks_do_not_change(self):
        self.move(self.source, self.stage_waiting, "Mon 10:00")
        events = len(self.source.psa_sla_event_ids)
        before = {
            clock.kind: clock.read(["state", "due_at", "counted_seconds"])
            for clock in self.source.psa_sla_clock_ids
        }
        new = self._split(self.wishes)
        self.assertFalse(new.psa_is_waiting)
        self.assertEqual(self.clock(new).due_at, self.when("Mon 17:00"))
        self.assertEqual(len(self.source.psa_sla_event_ids), events)
        after = {
            clock.kind: clock.read(["state", "due_at", "counted_seconds"])
            for clock in self.source.psa_sla_clock_ids
        }
        self.assertEqual(after, before)

    def test_its_own_policy(self):
        self.other_queue.psa_sla_policy_id = self._make_policy("NOC", {"2": (15, None, 30)})
        new = self._split(self.wishes, queue=self.other_queue)
        self.assertEqual(new.psa_sla_policy_id.name, "NOC")
        self.assertEqual(self.clock(new, "response").target_seconds, 15 * MINUTE)

    def test_messages_and_their_files_move_and_both_sides_say_so(self):
        file = self.env["ir.attachment"].create(
            {"name": "photo.png", "raw": b"x", "res_model": "helpdesk.ticket", "res_id": self.source.id}
        )
        self.wishes.attachment_ids = file
        kept = self._say("Mon 09:10", self.mia, "The printer again.")
        new = self._split(self.wishes)
        self.assertEqual((self.wishes.res_id, file.res_id, kept.res_id), (new.id, new.id, self.source.id))
        self.assertIn("account is locked", new.description)
        self.assertEqual((new.psa_origin_id, new.partner_id), (self.source, self.mia.partner_id))
        self.assertTrue(new.psa_needs_reply)
        notes = " ".join((self.source | new).message_ids.mapped("body"))
        self.assertIn(f"moved to ticket {new.number}", notes)
        self.assertIn(f"moved from ticket {self.source.number}", notes)

    def test_a_technician_still_sees_what_went_to_another_queue(self):
        new = self._split(self.wishes, queue=self.other_queue)
        self.assertTrue(new.with_user(self.technician).has_access("read"))

    def test_nothing_chosen_is_said(self):
        with self.assertRaises(UserError):
            self._split()

    def test_messages_of_another_ticket_do_not_move(self):
        other = self._make_ticket(team_id=self.other_queue.id)
        foreign = other.message_post(body="secret", message_type="comment", subtype_xmlid="mail.mt_comment")
        dialogs = self.env["psa.ticket.split"].with_user(self.technician)
        dialog = dialogs.create({"ticket_id": self.source.id, "name": "x", "team_id": self.queue.id})
        with self.assertRaises(AccessError):
            dialog.line_ids = [Command.create({"message_id": foreign.id, "is_moved": True})]
        dialog.line_ids = [Command.create({"message_id": self.wishes.id})]
        with self.assertRaises(AccessError):
            dialog.line_ids.message_id = foreign
        self.assertEqual(foreign.res_id, other.id)

    def test_nobody_splits_a_ticket_out_of_reach(self):
        dialogs = self.env["psa.ticket.split"]
        values = {"ticket_id": self.source.id, "name": "x", "team_id": self.queue.id}
        for user in (self.outsider, self.contractor, self.mia):
            with self.assertRaises(AccessError):
                dialogs.with_user(user).create(dict(values))
