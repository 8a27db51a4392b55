from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .sla_common import PsaSlaCase
from .workflow_common import PsaWorkflowCase


@tagged("post_install", "-at_install")
class TestTicketDue(PsaSlaCase, PsaWorkflowCase):
    """Rule D10.30: without a resolution due, the ticket's own due date says when it is overdue."""

    at = PsaSlaCase.at
    when = staticmethod(PsaSlaCase.when)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.answers = cls._make_policy("Answers alone", {"1": (240, None, None)})
        cls.bare = cls._make_policy("Critical ones alone", {"3": (20, None, None)})
        cls.attention = cls._make_queue("Immediate Attention T", cls.technician)

    def ticket(self, due="Tue 15:00", policy=None, **values):
        self.harbor.psa_sla_policy_id = self.answers if policy is None else policy
        with self.at("Mon 09:00"):
            ticket = self._make_ticket(psa_due_at=due and self.when(due), **values)
            self.env.flush_all()
        return ticket

    def look(self, text):
        now = self.when(text)
        PsaSlaCase.sweep(self, text)
        with self.at(text), self.no_commit():
            self.env["psa.workflow.timer"]._cron_sweep(now)

    def standing(self, ticket, text):
        with self.at(text):
            ticket.invalidate_recordset()
            return ticket.with_user(self.manager).psa_word, ticket.psa_sla_state, ticket.psa_is_overdue

    def test_the_words_follow_the_due_date(self):
        ticket = self.ticket()
        self.answer_in_time(ticket)
        self.assertEqual(ticket.psa_sla_due_at, self.when("Tue 15:00"))
        self.assertEqual((ticket.psa_sla_kind, ticket.psa_sla_state), ("own", "running"))
        self.look("Tue 10:59")
        self.assertEqual(self.standing(ticket, "Tue 10:59"), ("due", "running", False))
        self.look("Tue 11:00")
        self.assertEqual(self.standing(ticket, "Tue 11:00"), ("due", "running", False))
        self.look("Tue 11:01")
        self.assertEqual(self.standing(ticket, "Tue 11:01"), ("at_risk", "at_risk", False))
        self.look("Tue 15:00")
        self.assertEqual(self.standing(ticket, "Tue 15:00"), ("at_risk", "at_risk", False))
        self.look("Tue 15:01")
        self.assertEqual(self.standing(ticket, "Tue 15:01"), ("overdue", "overdue", True))
        self.assertEqual(ticket.psa_overdue_since, self.when("Tue 15:00"))
        self.move(ticket, self.stage_done, "Tue 16:00")
        self.assertEqual(self.standing(ticket, "Tue 16:00"), ("done", "met", False))

    def answer_in_time(self, ticket):
        with self.at("Mon 09:30"):
            self.answer(ticket)
            self.env.flush_all()

    def test_a_promise_about_the_resolution_counts_instead_also_while_it_waits(self):
        ticket = self.ticket("Mon 10:00", policy=self.policy)  # due Wednesday 09:00 by the policy
        self.assertFalse(ticket.psa_due_state)
        self.look("Mon 10:01")
        self.assertFalse(ticket.psa_is_overdue)
        self.move(ticket, self.stage_waiting, "Mon 11:00")
        self.look("Mon 12:00")
        self.assertFalse(ticket.psa_is_overdue, "paused, without a due, is not overdue")

    def test_a_due_date_that_is_past_counts_while_the_ticket_waits(self):
        ticket = self.ticket("Mon 13:00")
        self.answer_in_time(ticket)
        self.move(ticket, self.stage_waiting, "Mon 12:00")
        self.look("Mon 13:01")
        self.assertEqual(self.standing(ticket, "Mon 13:01"), ("overdue", "overdue", True))

    def test_a_policy_that_brings_a_resolution_takes_over(self):
        ticket = self.ticket("Mon 13:00")
        self.look("Mon 13:01")
        self.assertTrue(ticket.psa_is_overdue)
        with self.at("Mon 14:00"):
            self.harbor.psa_sla_policy_id = self.policy
            ticket.with_user(self.dispatcher).write({"priority": "2"})
            self.env.flush_all()
        self.assertEqual((ticket.psa_due_state, ticket.psa_is_overdue), (False, False))
        self.assertFalse(ticket.psa_overdue_since)

    def test_the_overdue_rule_acts_once_a_spell_exactly_at_the_sweep(self):
        """White-paper rule 3 on a ticket without any target; due prolonged, missed again: moved again (Rule D10.31)."""
        with self.at("Mon 08:00"):
            rule = self.make_rule("overdue", ("queue", {"team_id": self.attention.id}))
        ticket = self.ticket("Mon 13:00", policy=self.bare)
        self.assertFalse(ticket.psa_sla_clock_ids)
        self.look("Mon 13:00")
        self.assertEqual(ticket.team_id, self.queue)
        self.look("Mon 13:01")
        self.assertEqual(ticket.team_id, self.attention)
        timer = self.env["psa.workflow.timer"].search([("rule_id", "=", rule.id)])
        self.assertEqual(timer.due_at, self.when("Mon 13:00:01"))
        with self.at("Mon 14:00"):
            ticket.with_user(self.dispatcher).write({"team_id": self.queue.id})
            self.env.flush_all()
        self.look("Mon 14:01")
        self.assertEqual(ticket.team_id, self.queue)
        with self.at("Mon 15:00"):
            ticket.with_user(self.dispatcher).psa_due_at = self.when("Wed 10:00")
            self.env.flush_all()
        self.assertEqual((ticket.psa_is_overdue, ticket.psa_overdue_since), (False, False))
        self.look("Wed 10:00")
        self.assertEqual(ticket.team_id, self.queue)
        self.look("Wed 10:01")
        self.assertEqual(ticket.team_id, self.attention)

    def test_a_rehearsal_knows_due_dates_that_were_missed(self):
        rule = self.make_rule("overdue", ("queue", {"team_id": self.attention.id}), active=False)
        late, kept, bound = (
            self.ticket("Mon 13:00", policy=policy) for policy in (self.bare, self.bare, self.policy)
        )
        self.move(kept, self.stage_done, "Mon 12:00")
        self.look("Mon 13:01")
        self.move(late, self.stage_done, "Mon 14:00")
        with self.at("Mon 15:00"):
            action = rule.with_user(self.manager).action_rehearse()
        rehearsal = self.env["psa.workflow.rehearsal"].browse(action["res_id"])
        self.assertEqual(rehearsal.line_ids.ticket_id & (late | kept | bound), late)
        self.assertEqual(rehearsal.line_ids.happened_at, self.when("Mon 13:00"))

    def test_filters_and_order_know_it(self):
        soon, later = self.ticket("Mon 13:00", policy=self.bare), self.ticket("Tue 13:00", policy=self.bare)
        tickets = self.env["helpdesk.ticket"].with_user(self.manager)
        ours = [("id", "in", (soon | later).ids)]
        self.assertEqual(tickets.search(ours, order="psa_sla_due_at, id").ids, [soon.id, later.id])
        self.look("Mon 13:01")
        with self.at("Mon 13:01"):
            for domain in ([("psa_word", "=", "overdue")], [("psa_is_overdue", "=", True)]):
                self.assertEqual(tickets.search(ours + domain).ids, soon.ids)

    def test_staff_set_it_in_the_form_and_nobody_writes_how_it_stands(self):
        ticket = self.ticket(None, policy=self.bare).with_user(self.technician)
        with Form(ticket) as form:
            form.psa_due_at = self.when("Tue 15:00")
        self.assertEqual(ticket.psa_due_at, self.when("Tue 15:00"))
        with self.assertRaises(AccessError):
            ticket.psa_due_state = False
        with self.assertRaises(AccessError):
            ticket.with_user(self.mia).read(["psa_due_at"])

    def test_due_dates_that_cannot_be_read_stop_no_clock(self):
        dated = self.ticket("Mon 13:00", policy=self.bare)
        promised = self.ticket(None, policy=self.policy, priority="3")  # due Monday 13:00
        tickets = self.registry["helpdesk.ticket"]
        with (
            patch.object(tickets, "_psa_is_resolution_promised", side_effect=ValueError("broken")),
            mute_logger("odoo.addons.psa_helpdesk.models.helpdesk_ticket_due"),
        ):
            PsaSlaCase.sweep(self, "Mon 13:01")
        self.assertEqual((dated.psa_is_overdue, promised.psa_is_overdue), (False, True))
        PsaSlaCase.sweep(self, "Mon 13:02")
        self.assertTrue(dated.psa_is_overdue)

    def test_the_sweep_asks_as_often_for_many_tickets_as_for_few(self):
        self.harbor.psa_sla_policy_id = self.bare
        with self.at("Mon 09:00"):
            warm = self._make_tickets(2, psa_due_at=self.when("Tue 12:00"))
            few = self._make_tickets(5, psa_due_at=self.when("Tue 15:00"))
            many = self._make_tickets(25, psa_due_at=self.when("Wed 15:00"))
            self.env.flush_all()

        def sweep(text):
            with self.at(text), self.no_commit():
                tickets = self.env["helpdesk.ticket"]
                return self.count_queries(lambda: tickets._psa_sweep_dues(self.when(text)))

        sweep("Tue 12:01")
        self.assertEqual(set(warm.mapped("psa_sla_state")), {"overdue"})
        first = sweep("Tue 15:01")
        self.assertEqual(set(few.mapped("psa_sla_state")), {"overdue"})
        self.assertEqual(sweep("Wed 15:01"), first)
        self.assertEqual(set(many.mapped("psa_sla_state")), {"overdue"})
        self.assertLess(sweep("Wed 15:02"), first)
