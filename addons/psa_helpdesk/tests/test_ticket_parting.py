from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger

from .sla_common import PsaSlaCase
from .workflow_common import PsaWorkflowCase

TOKEN = "5eed" * 8
TEXT = "Try it again, please."


@tagged("post_install", "-at_install")
class TestTicketParting(PsaSlaCase, PsaWorkflowCase, HttpCase):
    """A reply takes its ticket along: it waits for the customer, or is closed; both or nothing, and once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._make_ticket(priority="2", user_id=cls.technician.id)

    def _send(self, user=None, ticket=None, text=TEXT, subtype="mail.mt_comment", post=None, **params):
        """Post as the composer does. Passwords in this database equal the logins."""
        login = (user or self.technician).login
        self.authenticate(login, login)
        post_data = {
            "body": text,
            "message_type": "comment",
            "subtype_xmlid": subtype,
            "partner_ids": self.mia.partner_id.ids,
            **(post or {}),
        }
        return self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "helpdesk.ticket",
                "thread_id": (ticket or self.ticket).id,
                "post_data": post_data,
            }
            | params,
        )

    @mute_logger("odoo.http")
    def _refuse(self, error, **params):
        """Nothing is sent and nothing is moved."""
        stage = self.ticket.stage_id
        with self.assertRaisesRegex(JsonRpcException, error):
            self._send(**params)
        self.env.invalidate_all()
        self.assertFalse(self._sent())
        self.assertEqual(self.ticket.stage_id, stage)

    def _sent(self):
        return self.ticket.message_ids.filtered(lambda message: TEXT in message.body)

    def _happened(self):
        events = self.env["psa.sla.event"].search([("ticket_id", "=", self.ticket.id)], order="id")
        return [what for what in events.mapped("what") if what in ("responded", "paused", "resolved")]

    def test_send_and_wait(self):
        self._send(psa_then="wait")
        self.assertTrue(self.ticket.psa_is_waiting)
        message = self._sent()
        self.assertEqual(message.author_id, self.technician.partner_id)
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_comment"))
        self.assertIn(self.mia.partner_id, message.notified_partner_ids)
        self.assertEqual(self.clock(self.ticket, "response").state, "met")
        self.assertEqual(self.clock(self.ticket).state, "paused")
        happened = self._happened()
        self.assertLess(happened.index("responded"), happened.index("paused"))

    def test_send_and_close(self):
        self._send(psa_then="close")
        self.assertFalse(self.ticket.psa_is_open)
        self.assertEqual(len(self._sent()), 1)
        self.assertEqual(self.clock(self.ticket, "response").state, "met")
        self.assertEqual(self.ticket.psa_answered_at, self._sent().date)

    def test_rules_hear_the_answer_and_then_the_change_of_stage(self):
        self.make_rule("message_out", ("priority", {"priority": "3"}))
        self.make_rule("stage", ("queue", {"team_id": self.other_queue.id}))
        self._send(psa_then="wait")
        self.assertEqual(self.runs(self.ticket).mapped("event"), ["message_out", "stage"])
        self.assertEqual((self.ticket.priority, self.ticket.team_id), ("3", self.other_queue))

    def test_a_reply_alone_moves_nothing(self):
        stage = self.ticket.stage_id
        self._send(psa_token=TOKEN)
        self.assertEqual(len(self._sent()), 1)
        self.assertEqual(self.ticket.stage_id, stage)

    def test_open_gates_keep_the_ticket_open_and_the_reply_is_sent(self):
        self.queue.psa_needs_resolution = True
        self._send(psa_then="close")
        self.assertTrue(self.ticket.psa_is_open)
        self.assertEqual(len(self._sent()), 1)
        action = self.ticket.with_user(self.technician).action_close()
        self.assertEqual(action["res_model"], "psa.ticket.close")

    def test_sent_again_after_a_lost_line_it_is_sent_once(self):
        first = self._send(psa_then="wait", psa_token=TOKEN)
        again = self._send(psa_then="wait", psa_token=TOKEN)
        self.assertEqual(first["message_id"], again["message_id"])
        self.assertEqual(again["store_data"]["mail.message"][0]["id"], first["message_id"])
        self.assertEqual(len(self._sent()), 1)
        self.assertTrue(self.ticket.psa_is_waiting)

    def test_another_way_of_sending_the_same_again_still_moves_the_ticket(self):
        self._send(psa_token=TOKEN)
        self._send(psa_then="close", psa_token=TOKEN)
        self.assertEqual(len(self._sent()), 1)
        self.assertFalse(self.ticket.psa_is_open)

    def test_a_mark_of_one_ticket_shows_nothing_of_another(self):
        self._send(psa_token=TOKEN)
        other = self._make_ticket(team_id=self.other_queue.id, user_id=self.outsider.id)
        other.with_user(self.outsider).message_post(body="Secret", message_type="comment")
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self._send(ticket=other, psa_token=TOKEN)

    @mute_logger("odoo.http")
    def test_what_a_screen_does_not_send_is_refused(self):
        self._refuse("BadRequest", psa_then="delete")
        self._refuse("BadRequest", psa_then="wait", subtype="mail.mt_note")
        self._refuse("BadRequest", psa_then=["wait"])
        self._refuse("UserError", psa_token="x")

    def test_a_message_that_fails_moves_nothing(self):
        foreign = self.env["ir.attachment"].create({"name": "secret.txt", "raw": b"secret"})
        self._refuse("UserError", psa_then="wait", post={"attachment_ids": foreign.ids}, psa_token=TOKEN)
        self._send(psa_then="wait", psa_token=TOKEN)
        self.assertEqual(len(self._sent()), 1, "the mark of what failed can be used again")

    def test_a_mail_that_cannot_be_delivered_is_shown_and_the_ticket_waits(self):
        self._send(psa_then="wait")
        with patch.object(
            self.registry["ir.mail_server"], "_connect__", side_effect=OSError("no route to host")
        ):
            self.env["mail.mail"].search([("mail_message_id", "=", self._sent().id)]).send()
        self.assertTrue(self.ticket.psa_is_waiting)
        notice = self._sent().notification_ids.filtered(lambda one: one.res_partner_id == self.mia.partner_id)
        self.assertEqual(notice.notification_status, "exception")

    def test_a_step_that_fails_takes_the_message_back(self):
        """A queue without a stage to wait in."""
        self.env["helpdesk.ticket.stage"].search([("psa_sla_event", "=", "waiting")]).psa_sla_event = "none"
        self._refuse("UserError", psa_then="wait", psa_token=TOKEN)
        self._send(psa_token=TOKEN)
        self.assertEqual(len(self._sent()), 1)

    def test_who_reads_a_ticket_only_cannot_move_it(self):
        """A customer, and one of us who only follows it."""
        self.ticket.message_subscribe(self.mia.partner_id.ids + self.plain.partner_id.ids)
        for user in (self.mia, self.plain):
            with self.subTest(user.login):
                self._refuse("AccessError", user=user, psa_then="close", post={"partner_ids": []})

    def test_a_contractor_moves_what_is_given_to_him_and_nothing_else(self):
        self._refuse("AccessError", user=self.contractor, psa_then="wait", post={"partner_ids": []})
        self.ticket.user_id = self.contractor
        self._send(user=self.contractor, psa_then="wait", post={"partner_ids": []})
        self.assertTrue(self.ticket.psa_is_waiting)

    def test_what_somebody_else_did_first_is_left(self):
        self.ticket.stage_id = self.stage_done
        closed = self.ticket.closed_date
        self._send(psa_then="close")
        self._send(psa_then="wait")
        self.assertEqual((self.ticket.stage_id, self.ticket.closed_date), (self.stage_done, closed))
        self.assertEqual(len(self._sent()), 2)

    def test_other_threads_know_nothing_of_it(self):
        clerk = new_test_user(self.env, "psa_clerk", "base.group_user,base.group_partner_manager")
        self.authenticate(clerk.login, clerk.login)
        answer = self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "res.partner",
                "thread_id": self.harbor.id,
                "post_data": {"body": TEXT, "message_type": "comment", "subtype_xmlid": "mail.mt_note"},
                "psa_then": "close",
            },
        )
        self.assertTrue(answer["message_id"])


@tagged("post_install", "-at_install")
class TestInternalNote(PsaWorkflowCase):
    """An internal note never has a customer among its recipients: it is refused, not warned of."""

    def setUp(self):
        super().setUp()
        self.ticket = self._make_ticket(user_id=self.technician.id)

    def _note(self, partners):
        return self.ticket.with_user(self.technician).message_post(
            body="He never pays",
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            partner_ids=partners.ids,
        )

    def test_a_customer_is_refused_by_name(self):
        with self.assertRaisesRegex(UserError, "cannot go to .*Mia"):
            self._note(self.mia.partner_id | self.dispatcher.partner_id)

    def test_a_colleague_is_told(self):
        self.assertIn(self.dispatcher.partner_id, self._note(self.dispatcher.partner_id).notified_partner_ids)

    def test_a_customer_who_follows_is_not_told(self):
        self.ticket.message_subscribe(self.mia.partner_id.ids)
        note = self._note(self.env["res.partner"])
        self.assertNotIn(self.mia.partner_id, note.notified_partner_ids)
