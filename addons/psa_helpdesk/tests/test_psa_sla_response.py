from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..own_word import OWN_WORD
from .sla_common import MINUTE, PsaSlaCase


@tagged("post_install", "-at_install")
class TestPsaSlaResponse(PsaSlaCase):
    """What is a first response and what is not (Rules D10.5 and D10.6)."""

    def setUp(self):
        super().setUp()
        with self.at("Mon 09:00"):
            self.ticket = self._make_ticket(priority="2", user_id=self.technician.id)

    def post(self, text, user, subtype="mail.mt_comment", **values):
        with self.at(text):
            return (
                self.ticket.with_user(user)
                .sudo(user.share)  # the portal's controller posts with more rights
                .message_post(body="Hello", message_type="comment", subtype_xmlid=subtype, **values)
            )

    def response(self):
        return self.clock(self.ticket, "response")

    def test_the_worked_example(self):
        with self.at("Mon 09:01"):
            self.ticket.message_post(
                body="We got it.", message_type="auto_comment", subtype_xmlid="mail.mt_comment"
            )
        self.post("Mon 09:20", self.technician, "mail.mt_note")
        self.post("Mon 09:30", self.mia)
        self.move(self.ticket, self.stage_progress, "Mon 09:40")
        self.assertEqual(self.response().state, "running")
        self.post("Mon 10:05", self.technician)
        self.assertRecordValues(
            self.response(),
            [
                {
                    "state": "missed",
                    "breached_at": self.when("Mon 10:00"),
                    "done_at": self.when("Mon 10:05"),
                    "counted_seconds": 65 * MINUTE,
                }
            ],
        )

    def test_answering_and_waiting_in_one_go_counts(self):
        """It must count even if the same save sets "waiting" (Rule D10.12)."""
        with self.at("Mon 09:30"):
            self.answer(self.ticket)
            self.ticket.with_user(self.technician).stage_id = self.stage_waiting
        self.assertEqual((self.response().state, self.clock(self.ticket).state), ("met", "paused"))
        self.assertEqual(self.ticket.psa_sla_state, "paused")

    def test_only_the_first_answer_is_written_down(self):
        self.post("Mon 09:10", self.technician)
        self.post("Mon 09:20", self.technician)
        self.assertEqual(self.ticket.psa_sla_event_ids.mapped("what"), ["started", "responded"])

    def test_automation_does_not_answer(self):
        self.ticket = self.ticket.with_context(psa_automation=OWN_WORD)
        self.post("Mon 09:10", self.technician)
        self.ticket = self.ticket.with_context(psa_automation=False)
        self.technician_all.psa_is_automation = True
        self.post("Mon 09:11", self.technician_all)
        self.assertEqual(self.response().state, "running")

    def test_a_colleague_who_is_the_requester_does_not_answer_himself(self):
        with self.at("Mon 09:00"):
            self.ticket = self._make_ticket(priority="2", partner_id=self.technician.partner_id.id)
        self.post("Mon 09:10", self.technician)
        self.assertEqual(self.response().state, "running")
        self.post("Mon 09:11", self.technician_all)
        self.assertEqual(self.response().state, "met")

    def test_a_subcontractor_answers_the_ticket_assigned_to_him_only(self):
        """Staff is an internal user, or the subcontractor the ticket is assigned to."""
        self.post("Mon 09:10", self.ivan)
        self.assertEqual(self.response().state, "running")
        self.ticket.user_id = self.ivan
        self.post("Mon 09:20", self.ivan)
        self.assertEqual(self.response().state, "met")

    def test_a_mail_of_ours_counts_when_the_gateway_took_it(self):
        with self.at("Mon 09:30"):
            self.ticket.with_user(self.technician).message_post(
                body="By mail",
                message_type="email",
                subtype_xmlid="mail.mt_comment",
                date="2026-02-01 00:00:00",
            )
        self.assertEqual(self.response().done_at, self.when("Mon 09:30"))

    def test_a_note_counts_from_the_moment_it_is_made_public(self):
        note = self.post("Mon 09:20", self.technician, "mail.mt_note")
        with self.at("Mon 09:40"):
            note.subtype_id = self.env.ref("mail.mt_comment")
        self.assertEqual(self.response().done_at, self.when("Mon 09:40"))

    def test_deleting_the_answer_does_not_undo_it(self):
        message = self.post("Mon 09:20", self.technician)
        message.sudo().unlink()  # nobody of us could
        self.assertEqual(self.response().state, "met")

    def test_a_stage_counts_only_where_that_is_switched_on(self):
        self.stage_progress.psa_counts_as_response = True
        self.move(self.ticket, self.stage_progress, "Mon 09:40")
        self.assertEqual(self.response().done_at, self.when("Mon 09:40"))

    def test_a_ticket_entered_from_a_call_is_answered_at_its_start(self):
        phone = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone")
        values = {
            "name": "Call",
            "description": "-",
            "team_id": self.queue.id,
            "priority": "2",
            "channel_id": phone.id,
        }
        with self.at("Mon 07:30"):
            ticket = self.env["helpdesk.ticket"].with_user(self.technician).create(values)
            by_machine = self.env["helpdesk.ticket"].create(values)
            self.policy.counts_calls = False
            without = self.env["helpdesk.ticket"].with_user(self.technician).create(values)
        self.assertRecordValues(
            self.clock(ticket.sudo(), "response"), [{"state": "met", "counted_seconds": 0}]
        )
        self.assertEqual(self.clock(by_machine, "response").state, "running")
        self.assertEqual(self.clock(without.sudo(), "response").state, "running")

    def test_a_call_note_counts_like_an_answer_unless_switched_off(self):
        self.policy.counts_calls = False
        self.post("Mon 09:20", self.technician, "psa_helpdesk.psa_sla_subtype_live")
        self.assertEqual(self.response().state, "running")
        self.policy.counts_calls = True
        self.post("Mon 09:25", self.technician, "psa_helpdesk.psa_sla_subtype_live")
        self.assertEqual(self.response().done_at, self.when("Mon 09:25"))

    def test_a_technician_notes_a_call_from_the_cog_menu(self):
        action = self.env.ref("psa_helpdesk.psa_sla_call_action")
        dialog = self.env[action.res_model].with_user(self.technician).with_context(active_id=self.ticket.id)
        with self.at("Mon 09:40"):
            dialog.create({"note": "Spoke with Mia <b>twice</b>"}).action_save()
        self.assertEqual(self.response().done_at, self.when("Mon 09:40"))
        note = self.ticket.message_ids[0]
        self.assertTrue(note.subtype_id.internal)
        self.assertIn("&lt;b&gt;", note.body)
        self.assertNotIn(self.mia.partner_id, note.notified_partner_ids)
        with self.at("Mon 09:41"), self.assertRaises(AccessError):
            self.env[action.res_model].with_user(self.outsider).create(
                {"ticket_id": self.ticket.id, "note": "Not my queue"}
            ).action_save()

    def test_an_answer_to_a_closed_ticket_is_no_response(self):
        self.move(self.ticket, self.stage_done, "Mon 09:30")
        self.post("Mon 09:40", self.technician)
        self.assertNotIn("responded", self.ticket.psa_sla_event_ids.mapped("what"))

    def test_the_answer_of_the_second_cycle_is_its_own(self):
        self.post("Mon 09:10", self.technician)
        self.policy.reopen_grace_hours = 0
        self.move(self.ticket, self.stage_done, "Mon 09:30")
        self.move(self.ticket, self.stage_progress, "Mon 10:30")
        self.assertEqual((self.response().cycle, self.response().state), (2, "running"))
        self.post("Mon 10:40", self.technician)
        self.assertEqual(self.response().state, "met")
