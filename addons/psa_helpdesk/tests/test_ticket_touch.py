from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..own_word import OWN_WORD
from .common import PsaHelpdeskCase

NOW = datetime(2026, 3, 2, 10, 2)


@tagged("post_install", "-at_install")
class TestTicketTouch(PsaHelpdeskCase):
    """Rules D10.29 and D10.39: what people do touches a ticket, what machines and customers do does not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        cls.ticket = cls._make_ticket()

    def test_change_by_staff_is_a_touch(self):
        changes = {
            "stage_id": self.stage_progress.id,
            "user_id": self.technician.id,
            "priority": "3",
            "team_id": self.other_queue.id,
        }
        for field, value in changes.items():
            with self.subTest(field):
                ticket = self._make_ticket()
                self.assertTrue(ticket._psa_is_untouched())
                ticket.with_user(self.technician_all).write({field: value})
                self.assertEqual(ticket.psa_touched_at, NOW)
                self.assertFalse(ticket._psa_is_untouched())

    def test_other_changes_and_the_same_value_again_are_no_touch(self):
        ticket = self.ticket.with_user(self.technician)
        ticket.write({"name": "Paper jam", "priority": ticket.priority, "user_id": False})
        self.assertTrue(ticket._psa_is_untouched())

    def test_opening_the_form_is_no_touch(self):
        self.ticket.with_user(self.technician).web_read({"name": {}, "stage_id": {}})
        self.assertTrue(self.ticket._psa_is_untouched())

    def test_take_is_a_touch(self):
        self.ticket.with_user(self.technician).action_take()
        self.assertFalse(self.ticket._psa_is_untouched())

    def test_note_and_answer_of_staff_are_touches(self):
        for subtype, answered_at in (("mail.mt_note", False), ("mail.mt_comment", NOW)):
            with self.subTest(subtype):
                ticket = self._make_ticket()
                ticket.with_user(self.technician).message_post(
                    body="Looking at it", message_type="comment", subtype_xmlid=subtype
                )
                self.assertEqual(ticket.psa_touched_at, NOW)
                self.assertEqual(ticket.psa_answered_at, answered_at)

    def test_message_of_the_customer_is_no_touch_but_ends_untouched(self):
        self._say(self.mia, "Still down")
        self.assertFalse(self.ticket.psa_touched_at)
        self.assertEqual(self.ticket.psa_customer_message_at, NOW)
        self.assertTrue(self.ticket.psa_needs_reply)
        self.assertFalse(self.ticket._psa_is_untouched())

    def test_answer_ends_the_need_for_a_reply(self):
        self._say(self.mia, "Still down")
        with freeze_time("2026-03-02 10:05:00"):
            self._say(self.technician, "On it", "mail.mt_comment")
        self.assertFalse(self.ticket.psa_needs_reply)

    def test_note_leaves_the_need_for_a_reply(self):
        self._say(self.mia, "Still down")
        with freeze_time("2026-03-02 10:05:00"):
            self._say(self.technician, "Hm", "mail.mt_note")
        self.assertTrue(self.ticket.psa_needs_reply)

    def test_machines_do_not_touch(self):
        robot = self.env(user=self.env.ref("base.user_root"))
        in_a_rule = self.env(user=self.technician_all, context={"psa_automation": OWN_WORD})
        inside_a_host_rule = self.env(
            user=self.technician_all, context={"__action_done": {self.env.company: 1}}
        )
        imported = self.env(user=self.technician_all, context={"import_file": True})
        for env in (robot, in_a_rule, inside_a_host_rule, imported):
            with self.subTest(env.context):
                ticket = self._make_ticket()
                ticket.with_env(env).write({"user_id": self.technician.id, "priority": "3"})
                ticket.with_env(env).message_post(
                    body="Repeated", message_type="comment", subtype_xmlid="mail.mt_note"
                )
                self.assertTrue(ticket._psa_is_untouched())

    def test_nobody_passes_for_a_machine_through_the_context_of_a_call(self):
        """A context comes with every call of a client: what it says about machines and mails is not believed."""
        said = {"psa_automation": True, "psa_silent": True, "__action_done": {"1": [1]}}
        self.ticket.with_user(self.mia).sudo().with_context(**said).message_post(
            body="Still down", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertTrue(self.ticket.psa_needs_reply)
        self.ticket.with_user(self.technician).with_context(**said).priority = "3"
        self.assertEqual(self.ticket.psa_touched_at, NOW)
        tracking = {"stage_id": None}
        self.stage_done.mail_template_id = self.env.ref("helpdesk_mgmt.closed_ticket_template")
        self.ticket.stage_id = self.stage_done
        told = self.ticket.with_user(self.technician).with_context(**said)._track_template(tracking)
        self.assertIn("stage_id", told)

    def test_user_marked_as_automation_does_not_touch(self):
        self.technician.psa_is_automation = True
        self.ticket.with_user(self.technician).write({"priority": "3"})
        self.assertTrue(self.ticket._psa_is_untouched())

    def test_subcontractor_it_is_assigned_to_is_staff(self):
        self.ticket.user_id = self.ivan
        self.ticket.message_subscribe(self.ivan.partner_id.ids)
        self._say(self.ivan, "Cable is in")
        self.assertEqual(self.ticket.psa_touched_at, NOW)
        self.assertFalse(self.ticket.psa_customer_message_at)

    def test_colleague_who_reports_a_ticket_is_its_customer(self):
        ticket = self._make_ticket(partner_id=self.plain.partner_id.id)
        ticket.with_user(self.plain).message_post(
            body="Still down", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertTrue(ticket.psa_needs_reply)
        self.assertFalse(ticket.psa_touched_at)

    def test_older_touch_does_not_replace_a_newer_one(self):
        self.ticket._psa_touch(NOW)
        self.ticket._psa_touch(datetime(2026, 3, 1))
        self.assertEqual(self.ticket.psa_touched_at, NOW)

    def test_merge_ends_untouched_for_both(self):
        other = self._make_ticket()
        self._merge(self.ticket | other, into=self.ticket)
        self.assertEqual(other.psa_merged_into_id, self.ticket)
        self.ticket.psa_touched_at = other.psa_touched_at = False
        self.assertFalse(self.ticket._psa_is_untouched())
        self.assertFalse(other._psa_is_untouched())

    def test_merge_moves_messages_also_for_a_technician(self):
        """Hole: the host's merge ends with an error for everybody but an administrator."""
        self.ticket.with_user(self.mia).message_post(
            body="Still down", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        target = self._make_ticket()
        self._merge(self.ticket | target, into=target)
        self.assertIn("Still down", "".join(target.message_ids.mapped("body")))
        self.assertFalse(self.ticket.active)

    def test_merge_needs_the_right_to_write_both(self):
        foreign = self._make_ticket(team_id=self.other_queue.id)
        with self.assertRaises(AccessError):
            self._merge(self.ticket | foreign, into=self.ticket, user=self.technician)

    def test_merge_dialog_does_not_name_tickets_out_of_sight(self):
        mine, hidden = self._make_ticket(), self._make_ticket(team_id=self.other_queue.id)
        dialogs = self.env["helpdesk.ticket.merge"].with_user(self.technician)
        dialogs = dialogs.with_context(active_model=mine._name, active_ids=mine.ids)
        for values in ({"dst_ticket_id": hidden.id}, {"ticket_ids": [Command.link(hidden.id)]}):
            with self.subTest(values), self.assertRaises(AccessError):
                dialogs.create(values)

    def test_merge_into_a_closed_ticket_is_refused(self):
        """Rule D10.24."""
        self.ticket.stage_id = self.stage_done
        with self.assertRaisesRegex(UserError, "is closed"):
            self._merge(self._make_ticket() | self.ticket, into=self.ticket)

    def test_merged_ticket_is_open_no_more(self):
        other = self._make_ticket()
        self._merge(self.ticket | other, into=self.ticket)
        self.assertEqual([self.ticket.psa_is_open, other.psa_is_open], [True, False])
        with self.assertRaisesRegex(UserError, "goes on in another ticket"):
            other.with_user(self.manager).action_reopen()

    def test_merge_into_itself_or_a_second_time_is_refused(self):
        other = self._make_ticket()
        with self.assertRaisesRegex(UserError, "into itself"):
            self._merge(self.ticket, into=self.ticket)
        self._merge(self.ticket | other, into=self.ticket)
        with self.assertRaisesRegex(UserError, f"{other.number} → {self.ticket.number}"):
            self._merge(other | self._make_ticket(), into=self._make_ticket())
        self.assertEqual(other.psa_merged_into_id, self.ticket)

    def test_merge_of_two_customers_is_refused(self):
        """Hole: after a merge of the host one customer reads the messages of another."""
        foreign = self._make_ticket(partner_id=self.ivan.partner_id.id)
        with self.assertRaisesRegex(UserError, "one customer would read"):
            self._merge(self.ticket | foreign, into=self.ticket)

    def test_after_a_merge_who_spoke_last_on_any_ticket_spoke_last(self):
        with freeze_time(NOW - timedelta(hours=3)):
            self._say(self.mia, "Hello?")
        with freeze_time(NOW - timedelta(hours=2)):
            self._say(self.technician, "Yes?")
        self.assertFalse(self.ticket.psa_needs_reply)
        other = self._make_ticket()
        with freeze_time(NOW - timedelta(hours=1)):
            other.with_user(self.mia).message_post(
                body="And this?", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self._merge(self.ticket | other, into=self.ticket)
        self.assertTrue(self.ticket.psa_needs_reply, "the question of the other ticket waits here now")
        self.assertEqual(self.ticket.psa_customer_message_at, NOW - timedelta(hours=1))
        self.assertEqual(self.ticket.psa_answered_at, NOW - timedelta(hours=2))
        answered = self._make_ticket()
        with freeze_time(NOW):
            answered.with_user(self.technician).message_post(
                body="Both are done", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self._merge(self.ticket | answered, into=self.ticket)
        self.assertFalse(self.ticket.psa_needs_reply)

    def test_merge_keeps_the_assignment(self):
        """Hole: the host unassigns the destination where the form's technician is empty."""
        self.ticket.user_id = self.technician
        self._merge(self.ticket | self._make_ticket(), into=self.ticket, user_id=False)
        self.assertEqual(self.ticket.user_id, self.technician)

    def test_system_closes_and_opens_without_a_touch(self):
        self.ticket._psa_close_by_system("The alert is over.")
        self.assertEqual(self.ticket.stage_id, self.stage_done)
        self.assertIn("The alert is over.", self.ticket.message_ids[0].body)
        self.assertEqual(self.ticket.message_ids[0].author_id, self.env.ref("base.partner_root"))
        self.assertTrue(self.ticket._psa_is_untouched())
        self.ticket._psa_reopen(NOW)
        self.assertTrue(self.ticket.psa_is_open)
        self.assertTrue(self.ticket._psa_is_untouched())

    def _say(self, user, body, subtype="mail.mt_comment"):
        return self.ticket.with_user(user).message_post(
            body=body, message_type="comment", subtype_xmlid=subtype
        )

    def test_the_ticket_that_is_left_names_those_that_were_merged_into_it(self):
        other = self._make_ticket(name="Printer again")
        self._merge(other | self.ticket, self.ticket)
        seen = self.ticket.with_user(self.technician)
        self.assertEqual(seen.psa_merged_ids, other, "archived as they are")
        self.assertIn('name="psa_merged_ids"', seen.get_view(view_type="form")["arch"])

    def _merge(self, tickets, into, user=None, **values):
        user = user or self.technician_all
        wizard = self.env["helpdesk.ticket.merge"].with_user(user).with_context(active_ids=tickets.ids)
        wizard.create({"ticket_ids": tickets.ids, "dst_ticket_id": into.id, **values}).merge_tickets()
