from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .workflow_common import PsaWorkflowCase


@tagged("post_install", "-at_install")
class TestTicketEscalate(PsaWorkflowCase):
    """Whoever cannot go on alone gets help with one button."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.queue.user_id = cls.dispatcher
        cls.ticket = cls._make_ticket(priority="1", user_id=cls.technician.id)

    def _escalate(self, user=None, ticket=None, **values):
        dialogs = self.env["psa.ticket.escalate"].with_user(user or self.technician)
        with Form(dialogs.with_context(active_id=(ticket or self.ticket).id)) as form:
            form.reason = values.pop("reason", "The second disk reports errors")
            for name, value in values.items():
                setattr(form, name, value)
        return form.record.action_escalate()

    def _told(self):
        return self.env["psa.notice"].search([("ticket_id", "=", self.ticket.id)])

    def _notes(self):
        return self.ticket.message_ids.filtered(lambda message: "Escalated to" in message.body)

    def test_the_leader_hears_why_and_the_customer_does_not(self):
        self._escalate()
        told = self._told()
        self.assertEqual((told.user_id, told.is_urgent), (self.dispatcher, True))
        self.assertIn("The second disk reports errors", told.subject)
        kept = self.env["psa.reason"].with_user(self.technician).get_recent("escalate")
        self.assertEqual(kept, ["The second disk reports errors"])
        note = self._notes()
        self.assertTrue(note.subtype_id.internal)
        self.assertEqual(note.author_id, self.technician.partner_id)
        self.assertNotIn(self.mia.partner_id, note.notified_partner_ids)

    def test_priority_and_queue_go_with_it(self):
        self._escalate(priority="3", team_id=self.other_queue, target="managers")
        self.assertEqual((self.ticket.priority, self.ticket.team_id), ("3", self.other_queue))
        self.assertIn(self.manager, self._told().user_id)

    def test_those_on_call_are_called_until_somebody_acknowledges(self):
        rota = self.env["psa.oncall.rota"].create(
            {"name": "Nights", "step_ids": [Command.create({"name": "First"})]}
        )
        with self.assertRaisesRegex(UserError, "has no on-call rota"):
            self._escalate(target="oncall")
        self.assertFalse(self._notes(), "nothing of what is refused stays")
        self.queue.psa_oncall_rota_id = rota
        self._escalate(target="oncall")
        page = self.env["psa.oncall.page"].search([("ticket_id", "=", self.ticket.id)])
        self.assertEqual(len(page), 1)
        self.assertNotEqual(page.state, "acknowledged", "the note about it is no answer to it")

    def test_a_colleague_of_the_company_is_asked_and_nobody_asks_themselves(self):
        self._escalate(target="colleague", user_id=self.technician_all)
        self.assertEqual(self._told().user_id, self.technician_all)
        with self.assertRaisesRegex(UserError, "nobody else to be told"):
            self._escalate(user=self.dispatcher)
        self.queue.user_id = False
        with self.assertRaisesRegex(UserError, "nobody else to be told"):
            self._escalate()

    def test_a_closed_ticket_is_not_escalated(self):
        self.ticket.sudo().write({"stage_id": self.stage_done.id})
        with self.assertRaisesRegex(UserError, "because it is closed"):
            self._escalate()

    def test_who_may_not_write_the_ticket_escalates_nothing(self):
        hidden = self._make_ticket(team_id=self.other_queue.id)
        for user in (self.technician, self.contractor, self.mia):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self._escalate(user=user, ticket=hidden)
            dialogs = self.env["psa.ticket.escalate"].with_user(user)
            with self.subTest(user.name), self.assertRaises(AccessError):
                dialogs.create({"ticket_id": hidden.id, "reason": "x"})
        for name, values in (
            ("escalate", {"reason": "x"}),
            ("split", {"name": "x", "team_id": self.queue.id}),
        ):
            dialogs = self.env[f"psa.ticket.{name}"].with_user(self.technician)
            own = dialogs.create({"ticket_id": self.ticket.id, **values})
            with self.subTest(name), self.assertRaises(AccessError):
                own.ticket_id = hidden
