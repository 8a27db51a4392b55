from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.psa_crm.exceptions import AppendOnlyError

from .workflow_common import PsaWorkflowCase

CRITICAL = ("priority", {"priority": "3"})


@tagged("post_install", "-at_install")
class TestWorkflowRules(PsaWorkflowCase):
    def test_a_rule_acts_when_a_ticket_is_created(self):
        self.make_rule("created", CRITICAL, domain=[("team_id", "=", self.queue.id)])
        ticket = self._make_ticket()
        other = self._make_ticket(team_id=self.other_queue.id)
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(other.priority, "1")
        self.assertEqual(self.runs(ticket).result, "did")

    def test_the_trace_names_the_first_failing_condition(self):
        rule = self.make_rule(
            "created",
            ("queue", {"team_id": self.other_queue.id}),
            domain=[("name", "ilike", "printer"), ("priority", "=", "3"), ("user_id", "!=", False)],
        )
        ticket = self._make_ticket()
        run = self.runs(ticket)
        self.assertEqual(run.result, "not")
        self.assertEqual(
            run.summary, f"{rule.name} (version 1): Did not - Priority is Medium, needs Critical"
        )
        self.assertEqual([one["holds"] for one in run.entries[0]["compared"]], [True, False])

    def test_values_before_the_change(self):
        self.make_rule(
            "updated",
            ("tag", {"tag_ids": [(0, 0, {"name": "raised"})]}),
            domain=[("priority", "=", "3")],
            domain_before="[('priority', '=', '1')]",
        )
        raised, from_high = self._make_ticket(), self._make_ticket(priority="2")
        (raised + from_high).with_user(self.technician).write({"priority": "3"})
        self.assertEqual(raised.tag_ids.name, "raised")
        self.assertFalse(from_high.tag_ids)
        self.assertIn("needs Medium", self.runs(from_high, "updated").summary)

    def test_only_the_watched_fields_wake_a_rule(self):
        self.make_rule("updated", ("queue", {"team_id": self.other_queue.id}), watch="priority")
        ticket = self._make_ticket()
        ticket.with_user(self.technician).write({"name": "Another title"})
        self.assertEqual(ticket.team_id, self.queue)
        ticket.with_user(self.technician).write({"priority": "2"})
        self.assertEqual(ticket.team_id, self.other_queue)

    def test_what_no_list_offers_is_not_watched(self):
        rule = self.make_rule("updated", CRITICAL, watch="priority").with_user(self.manager)
        for name in ("bogus", "__class__", "message_ids"):
            with (
                self.subTest(name),
                self.assertRaisesRegex(ValidationError, "cannot watch"),
                self.env.cr.savepoint(),
            ):
                rule.watch = name

    def test_a_customers_word_and_an_answer_are_heard(self):
        self.make_rule("message_in", ("tag", {"tag_ids": [(0, 0, {"name": "asked"})]}))
        self.make_rule("message_out", ("tag", {"tag_ids": [(0, 0, {"name": "answered"})]}))
        ticket = self._make_ticket()
        ticket.with_user(self.technician).message_post(body="Note", message_type="comment")
        self.assertFalse(ticket.tag_ids)
        ticket.with_user(self.mia).message_post(
            body="Hello?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(ticket.tag_ids.mapped("name"), ["asked"])
        ticket.with_user(self.technician).message_post(
            body="Yes", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(set(ticket.tag_ids.mapped("name")), {"asked", "answered"})

    def test_rules_act_in_order_and_each_sees_the_changes_before_it(self):
        self.make_rule(
            "created",
            ("queue", {"team_id": self.other_queue.id}),
            domain=[("priority", "=", "3")],
            sequence=2,
        )
        self.make_rule("created", CRITICAL, sequence=1)
        self.assertEqual(self._make_ticket().team_id, self.other_queue)

    def test_stop_here_ends_it_for_the_tickets_it_acted_on(self):
        self.make_rule("created", CRITICAL, sequence=1, stop_here=True, domain=[("priority", "=", "0")])
        self.make_rule("created", ("queue", {"team_id": self.other_queue.id}), sequence=2)
        self.assertEqual(self._make_ticket(priority="0").team_id, self.queue)
        self.assertEqual(self._make_ticket(priority="1").team_id, self.other_queue)

    def test_a_rule_acts_once_in_a_chain(self):
        """A sets the stage, B the queue, A matches again: A does not act twice (Rule D10.33)."""
        rule = self.make_rule("stage", CRITICAL)
        self.make_rule("updated", ("stage", {"stage_id": self.stage_waiting.id}))
        ticket = self._make_ticket()
        ticket.with_user(self.technician).write({"stage_id": self.stage_progress.id})
        said = [entry for run in self.runs(ticket) for entry in run.entries if entry["rule"] == rule.id]
        self.assertEqual([entry["result"] for entry in said], ["did", "not"])
        self.assertEqual(ticket.stage_id, self.stage_waiting)

    def test_the_cascade_acts_to_depth_five_and_is_cut_at_six(self):
        def tag(number):
            return self.env["helpdesk.ticket.tag"].create({"name": f"step {number}"})

        tags = [tag(number) for number in range(8)]
        self.make_rule("created", ("tag", {"tag_ids": [(4, tags[0].id)]}))
        for number in range(1, 8):
            self.make_rule(
                "updated",
                ("tag", {"tag_ids": [(4, tags[number].id)]}),
                domain=[("tag_ids", "in", tags[number - 1].ids)],
                watch="tag_ids",
                sequence=20 - number,
            )
        ticket = self._make_ticket()
        self.assertEqual(len(ticket.tag_ids), 5)
        capped = self.runs(ticket).filtered(lambda run: run.result == "capped")
        self.assertEqual(capped.depth, 6)

    def test_a_failing_action_does_not_touch_the_save(self):
        no_waiting = self._make_queue("No waiting")
        self.stage_waiting.team_ids = self.queue
        rule = self.make_rule("created", ("stage", {"stage_meaning": "waiting"}), CRITICAL)
        ticket = self._make_ticket(team_id=no_waiting.id)
        self.assertTrue(ticket.exists())
        self.assertEqual(ticket.priority, "3", "the action after the failing one is done")
        self.assertEqual(self.runs(ticket).result, "failed")
        self.assertIn("wait for the customer", rule.problem)

    def test_one_failing_ticket_does_not_hinder_the_others(self):
        no_waiting = self._make_queue("No waiting")
        self.stage_waiting.team_ids = self.queue
        self.make_rule("created", ("stage", {"stage_meaning": "waiting"}))
        vals = {"description": "-", "user_id": False, "partner_id": self.mia.partner_id.id}
        bad, good = self.env["helpdesk.ticket"].create(
            [
                {**vals, "name": "bad", "team_id": no_waiting.id},
                {**vals, "name": "good", "team_id": self.queue.id},
            ]
        )
        self.assertEqual(good.stage_id, self.stage_waiting)
        self.assertEqual(self.runs(bad).result, "failed")

    def test_a_person_who_moves_it_back_wins(self):
        self.make_rule(
            "updated", ("queue", {"team_id": self.other_queue.id}), domain=[("priority", "=", "3")]
        )
        ticket = self._make_ticket()
        ticket.with_user(self.dispatcher).write({"priority": "3"})
        self.assertEqual(ticket.team_id, self.other_queue)
        ticket.with_user(self.dispatcher).write({"team_id": self.queue.id})
        self.assertEqual(ticket.team_id, self.queue)
        self.assertEqual(self.runs(ticket, "updated")[-1].result, "held")

    def test_what_a_rule_does_is_no_touch(self):
        self.make_rule("created", CRITICAL, "notice")
        ticket = self._make_ticket()
        self.assertFalse(ticket.psa_touched_at)
        self.assertTrue(ticket._psa_is_untouched())

    def test_a_technician_needs_no_right_for_what_a_rule_does(self):
        self.make_rule(
            "updated", ("queue", {"team_id": self.other_queue.id}), domain=[("priority", "=", "3")]
        )
        ticket = self._make_ticket()
        ticket.with_user(self.technician).write({"priority": "3"})
        self.assertEqual(ticket.team_id, self.other_queue)
        self.assertNotIn(self.technician, self.other_queue.user_ids)

    def test_only_service_managers_write_rules(self):
        rule = self.make_rule("created", CRITICAL)
        for user in (self.technician, self.dispatcher, self.contractor, self.plain, self.mia):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                rule.with_user(user).write({"name": "mine"})
        rule.with_user(self.manager).write({"name": "ours"})

    def test_traces_are_written_once_and_seen_with_the_ticket(self):
        self.make_rule("created", CRITICAL)
        ticket = self._make_ticket()
        run = self.runs(ticket)
        self.assertTrue(run.with_user(self.technician).summary)
        self.assertFalse(
            self.env["psa.workflow.run"].with_user(self.outsider).search([("id", "in", run.ids)])
        )
        with self.assertRaises(AccessError):
            run.with_user(self.outsider).read(["result"])
        for deed in (lambda: run.write({"result": "not"}), run.unlink):
            with self.assertRaises(AppendOnlyError):
                deed()

    def test_after_thirty_days_only_what_a_rule_did_is_kept(self):
        self.make_rule("created", CRITICAL, domain=[("name", "ilike", "printer")])
        acted, quiet, fresh = (
            self._make_ticket(),
            self._make_ticket(name="Other"),
            self._make_ticket(name="New"),
        )
        old = self.runs(acted) + self.runs(quiet)
        self.env.cr.execute(
            "UPDATE psa_workflow_run SET create_date = create_date - interval '31 days' WHERE id = ANY(%s)",
            [old.ids],
        )
        self.env["psa.workflow.run"]._gc_quiet()
        self.env.invalidate_all()
        self.assertEqual([len(self.runs(one)) for one in (acted, quiet, fresh)], [1, 0, 1])

    def test_a_deleted_rule_acts_no_more_and_its_trace_stays_readable(self):
        rule = self.make_rule("created", CRITICAL)
        told = self.runs(self._make_ticket())
        name = rule.name
        rule.with_user(self.manager).unlink()
        self.assertEqual(self._make_ticket().priority, "1")
        self.assertIn(name, told.summary)
