from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from .sla_common import PsaSlaCase

NOW = datetime(2026, 3, 2, 10, 0)
MAIL = """MIME-Version: 1.0
Date: Mon, 02 Mar 2026 10:00:00 +0000
Message-ID: <{message_id}>
Subject: Re: Printer is jammed
From: {sender}
To: desk@brightwater-it.example
In-Reply-To: {parent}
{headers}Content-Type: text/plain; charset="utf-8"

{text}
"""


@tagged("post_install", "-at_install")
class TestReplyToClosed(PsaSlaCase, MailCase):
    """The customer's word on a closed ticket, by mail and in the portal (Rule D10.18)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        cls.ticket = cls._make_ticket(user_id=cls.technician.id, psa_asset_id=cls.harbor_server.id)
        cls.ticket.message_subscribe(cls.mia.partner_id.ids)
        with freeze_time(NOW - timedelta(hours=1)):
            cls.answer_of_ours = cls.ticket.with_user(cls.technician).message_post(
                body="Please try again", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        cls.ticket.stage_id = cls.stage_done

    def _mail(self, text="It is jammed again", sender=None, headers="", at=NOW):
        """A mail in answer to ours, through the gateway."""
        source = MAIL.format(
            message_id=f"{at.timestamp()}-{len(text)}@example.com",
            sender=sender or self.mia.email,
            parent=self.answer_of_ours.message_id,
            headers=headers,
            text=text,
        )
        with freeze_time(at), self.mock_mail_gateway():
            self.env["mail.thread"].message_process("helpdesk.ticket", source)

    def _followers(self, ticket=None):
        return self.env["helpdesk.ticket"].search([("psa_origin_id", "=", (ticket or self.ticket).id)])

    def test_a_mail_within_the_grace_opens_the_ticket_again(self):
        self._mail()
        self.assertEqual(self.ticket.stage_id, self.stage_progress)
        self.assertTrue(self.ticket.psa_needs_reply)
        self.assertEqual(self.ticket.psa_sla_event_ids.mapped("what")[-1], "reopened")
        self.assertFalse(self._followers())

    def test_the_last_second_of_the_grace_counts(self):
        grace = timedelta(hours=self.policy.reopen_grace_hours)
        self._mail(at=NOW + grace)
        self.assertTrue(self.ticket.psa_is_open)

    def test_a_mail_after_the_grace_makes_one_that_follows(self):
        late = NOW + timedelta(hours=self.policy.reopen_grace_hours, seconds=1)
        self._mail(at=late)
        self.assertFalse(self.ticket.psa_is_open)
        self.assertFalse(self.ticket.psa_needs_reply, "the new one asks for the reply")
        follower = self._followers()
        self.assertEqual(
            (follower.partner_id, follower.psa_asset_id, follower.team_id, follower.psa_needs_reply),
            (self.mia.partner_id, self.harbor_server, self.queue, True),
        )
        self.assertFalse(follower.user_id)
        self.assertEqual(follower.psa_started_at, late)
        self.assertIn("It is jammed again", follower.message_ids.mapped("body")[0])
        self.assertIn(follower.number, self.ticket.message_ids[0].body)
        self._mail("And the other one too", at=late + timedelta(days=1))
        self.assertEqual(self._followers(), follower, "the next mail goes on there")
        self.assertIn("And the other one too", "".join(follower.message_ids.mapped("body")))

    def test_a_mail_to_a_cancelled_ticket_makes_one_that_follows(self):
        self.ticket.stage_id = self.stage_progress
        self.ticket.stage_id = self.stage_cancelled
        self._mail()
        self.assertEqual(self.ticket.stage_id, self.stage_cancelled)
        self.assertEqual(len(self._followers()), 1)

    def test_a_mail_to_a_merged_ticket_goes_on_in_the_one_it_went_into(self):
        target = self._make_ticket()
        self.ticket.write({"psa_merged_into_id": target.id, "active": False})
        self._mail()
        self.assertIn("It is jammed again", "".join(target.message_ids.mapped("body")))
        self.assertTrue(target.psa_needs_reply)
        self.assertFalse(self._followers())
        target.stage_id = self.stage_done
        self._mail("Once more, please")
        self.assertTrue(target.psa_is_open, "that one is opened again where it was closed meanwhile")

    def test_a_ticket_that_was_merged_while_it_was_open_is_no_place_for_an_answer(self):
        self.ticket.stage_id = self.stage_progress
        target = self._make_ticket()
        self.ticket.write({"psa_merged_into_id": target.id, "active": False})
        self._mail()
        self.assertTrue(target.psa_needs_reply)
        self.assertFalse(self.ticket.psa_needs_reply)

    def test_an_archived_ticket_stays_archived(self):
        self.ticket.active = False
        self._mail()
        self.assertFalse(self.ticket.active)
        self.assertEqual(len(self._followers()), 1)

    def test_machines_open_nothing(self):
        for headers in ("Auto-Submitted: auto-replied\n", "X-Autoreply: yes\n"):
            with self.subTest(headers):
                self._mail(f"I am out of office {headers}", headers=headers)
                self.assertFalse(self.ticket.psa_is_open)
                self.assertFalse(self.ticket.psa_needs_reply)
        self.assertFalse(self._followers())

    def test_what_a_program_of_the_customer_sent_is_seen_and_opens_nothing(self):
        self._mail("Your request was received", headers="Auto-Submitted: auto-generated\n")
        self.assertFalse(self.ticket.psa_is_open)
        self.assertTrue(self.ticket.psa_needs_reply)

    def test_thanks_alone_open_nothing_but_are_seen(self):
        self._mail("Many thanks, works again!\n\nBest regards\nMia")
        self.assertFalse(self.ticket.psa_is_open)
        self.assertTrue(self.ticket.psa_needs_reply)
        self._mail("Thanks, but it is jammed again")
        self.assertTrue(self.ticket.psa_is_open)

    def test_an_answer_in_the_portal_is_the_same_thing(self):
        self.ticket.with_user(self.mia).sudo().message_post(
            body="Still jammed", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertTrue(self.ticket.psa_is_open)
        self.assertEqual(self.ticket.psa_sla_event_ids[-1].what, "reopened")

    def test_our_own_messages_open_nothing(self):
        for subtype in ("mail.mt_comment", "mail.mt_note"):
            self.ticket.with_user(self.technician).message_post(
                body="All good now", message_type="comment", subtype_xmlid=subtype
            )
        self.assertFalse(self.ticket.psa_is_open)

    def test_a_sender_nobody_knows_opens_it_too(self):
        self._mail(sender="stranger@elsewhere.example")
        self.assertTrue(self.ticket.psa_is_open)

    def test_files_go_along(self):
        self.ticket.stage_id = self.stage_progress
        self.ticket.stage_id = self.stage_cancelled
        self.ticket.with_user(self.mia).sudo().message_post(
            body="See the picture",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachments=[("jam.txt", b"paper")],
        )
        files = self._followers().attachment_ids
        self.assertEqual((files.name, files.raw), ("jam.txt", b"paper"))
        self.assertEqual(self.ticket.attachment_ids.name, "jam.txt")

    def test_the_message_is_kept_where_nothing_can_be_opened(self):
        queue = self._make_queue("Closed shop")
        self.ticket.team_id = queue
        stages = self.env["helpdesk.ticket.stage"].search([("closed", "=", False)])
        stages.team_ids = self.queue
        with mute_logger("odoo.addons.psa_helpdesk.models.helpdesk_ticket_reply"):
            self._mail()
        self.assertFalse(self.ticket.psa_is_open)
        self.assertTrue(self.ticket.psa_needs_reply)

    def test_grace_of_a_ticket_that_was_closed_before_it_had_a_history(self):
        ticket = self._make_ticket(stage_id=self.stage_done.id)
        self.assertFalse(ticket.psa_sla_event_ids)
        self.assertTrue(ticket._psa_is_in_reopen_grace(NOW + timedelta(hours=168)))
        self.assertFalse(ticket._psa_is_in_reopen_grace(NOW + timedelta(hours=168, seconds=1)))

    def test_staff_answers_by_mail(self):
        """Rule D10.5: written in the client or sent by mail."""
        ticket = self._make_ticket(user_id=self.technician.id)
        first = ticket.with_user(self.technician).message_post(
            body="Seen", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        ticket.write({"psa_answered_at": False, "psa_touched_at": False})
        self.answer_of_ours = first
        self._mail("We are on it", sender=self.technician.email)
        self.assertEqual(ticket.psa_answered_at, NOW)
        self.assertEqual(ticket.psa_touched_at, NOW)
        self.assertTrue(ticket.psa_sla_event_ids.filtered(lambda event: event.what == "responded"))

    def test_the_first_response_may_be_a_mail(self):
        ticket = self._make_ticket(user_id=self.technician.id)
        self.answer_of_ours = (
            ticket.with_user(self.mia)
            .sudo()
            .message_post(body="Still jammed", message_type="comment", subtype_xmlid="mail.mt_comment")
        )
        self._mail(
            "I am out of office", sender=self.technician.email, headers="Auto-Submitted: auto-replied\n"
        )
        self.assertNotIn("responded", ticket.psa_sla_event_ids.mapped("what"))
        self._mail("We are on it", sender=self.technician.email, at=NOW + timedelta(minutes=5))
        self.assertIn("responded", ticket.psa_sla_event_ids.mapped("what"))
        self.assertFalse(ticket.psa_needs_reply)
