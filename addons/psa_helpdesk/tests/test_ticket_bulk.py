from ast import literal_eval

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import PsaHelpdeskCase


@tagged("post_install", "-at_install")
class TestTicketBulk(PsaHelpdeskCase):
    """The buttons of the list do what the form would allow, ticket by ticket, and say what they left alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.open = cls._make_ticket()
        cls.waiting = cls._make_ticket(stage_id=cls.stage_waiting.id)
        cls.done = cls._make_ticket(stage_id=cls.stage_done.id)
        cls.cancelled = cls._make_ticket(stage_id=cls.stage_cancelled.id)
        cls.all = (cls.open | cls.waiting | cls.done | cls.cancelled).with_user(cls.technician)

    def _said(self, action):
        return action["params"]["message"]

    def test_waiting_opens_no_closed_ticket(self):
        events = self.done.psa_sla_event_ids
        said = self._said(self.all.action_wait_for_customer())
        self.assertEqual(
            said, "1 waiting for the customer, 3 skipped: closed already (2), waiting already (1)"
        )
        self.assertEqual(self.open.stage_id, self.stage_waiting)
        self.assertEqual(self.done.stage_id, self.stage_done)
        self.assertEqual(self.cancelled.stage_id, self.stage_cancelled)
        self.assertEqual(self.done.psa_sla_event_ids, events, "nothing enters the ledger of a closed ticket")

    def test_closing_leaves_cancelled_ones_cancelled(self):
        said = self._said(self.all.action_close())
        self.assertEqual(said, "2 closed, 2 skipped: closed already (2)")
        self.assertEqual(self.cancelled.stage_id, self.stage_cancelled)
        self.assertEqual((self.open | self.waiting).stage_id, self.stage_done)

    def test_taking_takes_nothing_away_from_a_colleague(self):
        self.waiting.user_id = self.technician_all
        said = self._said(self.all.action_take())
        self.assertEqual(said, "1 taken, 3 skipped: closed already (2), assigned to Nina (1)")
        self.assertEqual(self.open.user_id, self.technician)
        self.assertEqual(self.waiting.user_id, self.technician_all)
        self.assertFalse(self.done.user_id)

    def test_one_word_for_one_number(self):
        """The figure, the filter and the group with the same word find the same tickets."""
        tickets = self.env["helpdesk.ticket"]
        arch = etree.fromstring(tickets.get_view(view_type="search")["arch"])
        states = dict(tickets._fields["psa_sla_state"]._description_selection(self.env))
        for state, name in (("overdue", "sla_late"), ("at_risk", "sla_at_risk")):
            (node,) = arch.xpath(f"//filter[@name='{name}']")
            self.assertEqual(node.get("string"), states[state])
            self.assertEqual(
                tickets.search(literal_eval(node.get("domain"))),
                tickets.search([("psa_is_open", "=", True), ("psa_sla_state", "=", state)]),
            )

    def test_what_all_of_them_did_is_not_said(self):
        self.assertFalse(self.open.with_user(self.technician).action_close())

    # One dialog for what a ticket gets

    def _change(self, deed, user=None, tickets=None, **values):
        tickets = self.all if tickets is None else tickets
        dialogs = self.env["psa.ticket.change"].with_user(user or self.technician)
        with Form(dialogs.with_context(active_ids=tickets.ids, default_deed=deed)) as form:
            for name, value in values.items():
                setattr(form, name, value)
        return form.record.action_change()

    def test_assigning_many_says_whom_it_left_alone_and_why(self):
        self.waiting.user_id = self.technician_all
        said = self._said(self._change("assign", user_id=self.technician_all))
        self.assertEqual(said, "1 assigned to Nina, 3 skipped: closed already (2), so already (1)")
        self.assertEqual(self.open.user_id, self.technician_all)
        self.assertFalse(self.done.user_id)

    def test_moving_many_to_a_queue(self):
        result = self._change("move", tickets=self.open | self.waiting, team_id=self.other_queue)
        self.assertEqual(result["type"], "ir.actions.act_window_close", "all of them: nothing to be said")
        self.assertEqual((self.open | self.waiting).team_id, self.other_queue)

    def test_ranking_many(self):
        said = self._said(self._change("rank", priority="3"))
        self.assertEqual(said, "2 set to Critical, 2 skipped: closed already (2)")
        self.assertEqual(set((self.open | self.waiting).mapped("priority")), {"3"})

    def test_one_that_is_refused_stays_and_the_others_are_done(self):
        """A follower reads a ticket of another queue, and may not write it."""
        foreign = self._make_ticket(team_id=self.other_queue.id)
        foreign.message_subscribe(self.technician.partner_id.ids)
        self.env["ir.rule"].create(
            {
                "name": "Tickets of other queues are not changed",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "domain_force": f"[('team_id', '!=', {self.other_queue.id})]",
                "perm_read": False,
            }
        )
        said = self._said(self._change("rank", tickets=foreign | self.open | self.waiting, priority="2"))
        self.assertEqual(said, "2 set to High, 1 skipped: not yours to change (1)")
        self.assertEqual((self.open.priority, self.waiting.priority), ("2", "2"))
        self.assertNotEqual(foreign.priority, "2")

    def test_a_queue_of_another_company_is_refused_in_words_ticket_by_ticket(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids = [Command.link(company.id)]
        queue = self._make_queue("Elsewhere", company_id=company.id)
        dialogs = self.env["psa.ticket.change"].with_user(self.manager)
        dialogs = dialogs.with_context(allowed_company_ids=[self.env.company.id, company.id])
        dialog = dialogs.create(
            {"deed": "move", "ticket_ids": [Command.set(self.open.ids)], "team_id": queue.id}
        )
        said = self._said(dialog.action_change())
        self.assertIn("0 moved to Elsewhere, 1 skipped: Queue Elsewhere belongs to", said)
        self.assertEqual(self.open.team_id, self.queue)

    def test_only_what_the_user_may_see_and_choose(self):
        foreign = self._make_ticket(team_id=self.other_queue.id)
        create = self.env["psa.ticket.change"].with_user(self.technician).create
        for values in (
            {"deed": "rank", "priority": "3", "ticket_ids": [Command.set(foreign.ids)]},
            {"deed": "assign", "user_id": self.mia.id, "ticket_ids": [Command.set(self.open.ids)]},
        ):
            with self.assertRaises(AccessError):
                create(values)
        dialog = create({"deed": "rank", "priority": "3", "ticket_ids": [Command.set(self.open.ids)]})
        with self.assertRaises(AccessError):
            dialog.with_user(self.technician_all).read(["deed"])
        with self.assertRaises(AccessError):
            self.env["psa.ticket.change"].with_user(self.contractor).create({"deed": "rank"})

    def test_nothing_chosen_changes_nothing(self):
        dialog = (
            self.env["psa.ticket.change"]
            .with_user(self.technician)
            .create({"deed": "assign", "ticket_ids": [Command.set(self.open.ids)]})
        )
        with self.assertRaisesRegex(UserError, "Choose what the tickets get"):
            dialog.action_change()

    def test_the_header_of_the_list_has_them_all(self):
        for user, expected in (
            (
                self.technician_all,
                {"Take", "Assign to...", "Move to...", "Set priority...", "Merge", "Close"},
            ),
            (self.contractor, {"Take", "Close"}),
        ):
            arch = etree.fromstring(
                self.env["helpdesk.ticket"].with_user(user).get_view(view_type="list")["arch"]
            )
            shown = {node.get("string") for node in arch.xpath("//header/button")}
            self.assertEqual(shown - {"New from template", "Wait"}, expected, user.login)

    # Figures and counters

    def test_the_band_has_six_figures_in_every_list(self):
        band = [
            ["sla_late"], ["sla_at_risk"], ["sla_due_today"], ["open", "unassigned"], ["open", "needs_reply"],
            ["done_today"],
        ]  # fmt: skip
        arch = etree.fromstring(self.env["helpdesk.ticket"].get_view(view_type="search")["arch"])
        names = set(arch.xpath("//filter/@name"))
        for name in (
            "psa_ticket_action",
            "psa_ticket_unassigned_action",
            "psa_ticket_risk_action",
            "psa_ticket_all_action",
        ):
            context = literal_eval(self.env.ref(f"psa_helpdesk.{name}").context)
            self.assertEqual([figure["filters"] for figure in context["psa_band"]], band, name)
        self.assertLessEqual({name for figure in band for name in figure}, names)

    def test_queues_count_their_tickets_with_as_many_queries_as_before(self):
        tickets = self.env["helpdesk.ticket"].with_user(self.technician)

        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = tickets.search_panel_select_multi_range(
                "team_id", enable_counters=True, search_domain=[("psa_is_open", "=", True)], expand=True
            )
            counts = {row["id"]: row["__count"] for row in found["values"]}
            return self.env.cr.sql_log_count - before, counts[self.queue.id]

        count()
        queries, first = count()
        self.assertEqual(first, 2)
        for _number in range(20):
            self._make_ticket()
        self.env.flush_all()
        self.assertEqual(count(), (queries, 22))
