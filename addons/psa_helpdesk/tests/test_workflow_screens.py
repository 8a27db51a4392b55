from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .workflow_common import PsaWorkflowCase


@tagged("post_install", "-at_install")
class TestWorkflowScreens(PsaWorkflowCase):
    """What the screens of rules tell a service manager, who is no administrator."""

    def _as_manager(self, rule):
        return rule.with_user(self.manager).with_context(lang="en_US")

    def test_the_number_of_runs_is_that_of_the_records_it_opens(self):
        rule = self.make_rule("created", ("priority", {"priority": "3"}), domain=[("name", "ilike", "fire")])
        quiet = self.make_rule("created", ("priority", {"priority": "3"}), domain=[("name", "=", "none")])
        for name in ("Fire in rack 1", "Fire in rack 2", "Printer is jammed"):
            self._make_ticket(name=name)
        rule, quiet = self._as_manager(rule), self._as_manager(quiet)
        self.assertEqual((rule.run_count, quiet.run_count), (2, 0))
        action = rule.action_view_runs()
        self.assertEqual(
            self.env[action["res_model"]].with_user(self.manager).search_count(action["domain"]), 2
        )
        self.assertEqual(set(rule.run_ids.mapped("result")), {"did"})
        self.assertFalse(quiet.run_ids)

    def test_traces_are_filtered_and_grouped(self):
        no_waiting = self._make_queue("No waiting")
        self.stage_waiting.team_ids = self.queue
        acts = self.make_rule("created", ("priority", {"priority": "3"}), domain=[("name", "ilike", "fire")])
        fails = self.make_rule(
            "created", ("stage", {"stage_meaning": "waiting"}), domain=[("team_id", "=", no_waiting.id)]
        )
        fire = self._make_ticket(name="Fire in rack 1")
        both = self._make_ticket(name="Fire in rack 2", team_id=no_waiting.id)
        quiet = self._make_ticket(name="Printer is jammed")
        runs = self.env["psa.workflow.run"].with_user(self.manager)
        view = etree.fromstring(runs.get_view(view_type="search")["arch"])
        ours = [("ticket_id", "in", (fire | both | quiet).ids)]

        def filtered(name):
            [domain] = view.xpath(f"//filter[@name='{name}']/@domain")
            return runs.search(ours + safe_eval(domain)).ticket_id

        self.assertEqual(filtered("did"), fire | both)
        self.assertEqual(filtered("failed"), both, "also where another rule acted")
        groups = dict(runs._read_group(ours, ["rule_ids"], ["__count"]))
        self.assertEqual(groups, {acts: 2, fails: 1, acts.browse(): 1})
        for kind in self.env.ref("psa_helpdesk.psa_workflow_run_action").view_mode.split(","):
            self.assertTrue(runs.get_view(view_type=kind)["id"], kind)
        seen = runs.with_user(self.technician)
        self.assertNotIn("rule_ids", seen.get_view(view_type="search")["arch"], "rules are the managers'")
        with self.assertRaises(AccessError):
            seen.search([("rule_ids", "=", acts.id)])

    def test_the_ticket_opens_what_rules_did_on_it(self):
        self.make_rule("created", ("priority", {"priority": "3"}))
        ticket, other = self._make_ticket(), self._make_ticket()
        action = ticket.with_user(self.technician).action_psa_view_acted()
        runs = self.env["psa.workflow.run"].with_user(self.technician).search(action["domain"])
        self.assertEqual(runs.ticket_id, ticket)
        self.assertNotIn(other, runs.ticket_id)
        self.assertTrue(action["context"]["search_default_did"])

    def test_a_deleted_rule_leaves_its_trace(self):
        rule = self.make_rule("created", ("priority", {"priority": "3"}))
        run = self.runs(self._make_ticket())
        self.assertEqual(run.rule_ids, rule)
        rule.unlink()
        self.assertFalse(run.rule_ids)
        self.assertIn("Test created", run.summary)

    def test_counting_runs_costs_the_same_for_more_rules(self):
        def count(number):
            for _index in range(number):
                self.make_rule("created", ("priority", {"priority": "3"}), domain=[("name", "=", "none")])
            self.env.flush_all()
            self.env.invalidate_all()
            rules = self.env["psa.workflow.rule"].search([("name", "=", "Test created")])
            rules.mapped("name")
            before = self.env.cr.sql_log_count
            rules.mapped("run_count")
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(2), count(8))

    def test_a_failure_and_a_warning_are_marked_and_a_failure_is_taken_care_of(self):
        first = self.make_rule("updated", ("priority", {"priority": "0"}), watch="user_id", name="Calm")
        second = self.make_rule(
            "updated", ("priority", {"priority": "3"}), ("assign", {"assign_to": "nobody"}), active=False
        )
        self.assertFalse(self._as_manager(first).health)
        second = self._as_manager(second)
        self.assertEqual(second.health, "warning")
        self.assertIn("would set each other off", second.warning)
        first._note_problem("The queue is gone")
        first = self._as_manager(first)
        self.assertEqual(first.health, "problem")
        first.action_forget_problem()
        self.assertFalse(first.problem)
        with self.assertRaises(AccessError):
            first.with_user(self.technician).action_forget_problem()

    def test_the_sentence_follows_what_is_entered(self):
        with Form(self.env["psa.workflow.rule"].with_user(self.manager)) as form:
            form.name = "Critical ones"
            self.assertIn("nothing yet", form.sentence)
            form.event = "stage"
            self.assertTrue(form.sentence.startswith("When the stage changes"))
            form.domain = "[('priority', '=', '3')]"
            self.assertIn("Priority is Critical", form.sentence)
            with form.action_ids.new() as action:
                action.kind = "queue"
                action.team_id = self.other_queue
            self.assertIn("Move to queue: NOC test", form.sentence)

    def test_texts_are_previewed_for_a_ticket_and_nothing_is_sent(self):
        ticket = self._make_ticket(name="Roof <b>leaks</b>")
        other = self._make_ticket(name="Door creaks")
        template = self.env["mail.template"].create(
            {
                "name": "Preview",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "subject": "About {{ object.name }}",
                "body_html": '<p>Dear <t t-out="object.partner_id.name"/></p>',
            }
        )
        rule = self.make_rule(
            "created",
            ("notice", {"subject": "{{number}}: {{title}}", "body": "By {{rule}}", "audience": "manager"}),
            ("mail", {"mail_template_id": template.id}),
            active=False,
        )
        mails = self.env["mail.mail"].search_count([])
        messages = self.env["mail.message"].search_count([])
        notice, mail = self._as_manager(rule).action_ids
        self.assertIn("Door creaks", notice.preview, "the newest ticket")
        notice.preview_ticket_id = ticket
        self.assertIn(f"{ticket.number}: Roof &lt;b&gt;leaks", notice.preview)
        self.assertIn("By Test created", notice.preview)
        mail.preview_ticket_id = other
        self.assertIn("About Door creaks", mail.preview)
        self.assertIn("Dear Mia", mail.preview)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(self.env["mail.message"].search_count([]), messages)

    def test_a_test_goes_to_its_writer_alone_and_leaves_no_word_on_the_ticket(self):
        ticket = self._make_ticket(name="Roof leaks")
        template = self.env["mail.template"].create(
            {
                "name": "Preview",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "subject": "About {{ object.name }}",
                "body_html": "<p>Hello</p>",
            }
        )
        rule = self.make_rule(
            "created",
            ("notice", {"subject": "{{title}}", "audience": "users", "user_ids": self.technician.ids}),
            ("mail", {"mail_template_id": template.id}),
            ("priority", {"priority": "3"}),
            active=False,
        )
        messages = len(ticket.message_ids)
        actions = self._as_manager(rule).action_ids
        notice, mail, priority = actions.with_context(psa_preview_ticket_id=ticket.id)
        notice.action_send_test()
        told = self.env["psa.notice"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual((told.user_id, told.subject), (self.manager, "Test: Roof leaks"))
        mail.action_send_test()
        sent = self.env["mail.mail"].search([("subject", "=", "Test: About Roof leaks")])
        self.assertEqual(sent.email_to, self.manager.email_formatted)
        self.assertFalse(sent.recipient_ids)
        self.assertEqual(len(ticket.message_ids), messages)
        with self.assertRaisesRegex(UserError, "sends no text to people"):
            priority.action_send_test()

    def test_without_any_ticket_no_test_is_sent_and_it_is_said(self):
        self.env["helpdesk.ticket"].search([]).active = False
        rule = self.make_rule("created", ("notice", {"subject": "{{title}}"}), active=False)
        with self.assertRaisesRegex(UserError, "no ticket yet"):
            self._as_manager(rule).action_ids.action_send_test()

    def test_a_test_about_a_ticket_that_one_may_not_read_is_refused(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        queue = self.env["helpdesk.ticket.team"].create({"name": "Elsewhere", "company_id": elsewhere.id})
        ticket = self._make_ticket(name="Secret", team_id=queue.id, company_id=elsewhere.id, partner_id=False)
        rule = self.make_rule("created", ("notice", {"subject": "{{title}}"}), active=False)
        action = self._as_manager(rule).action_ids.with_context(psa_preview_ticket_id=ticket.id)
        with self.assertRaises(AccessError):
            action.action_send_test()
        with self.assertRaises(AccessError):
            rule.action_ids.with_user(self.technician).action_send_test()
        self.assertFalse(self.env["psa.notice"].search([("ticket_id", "=", ticket.id)]))

    def test_a_ticket_that_one_may_not_read_is_not_previewed(self):
        ticket = self._make_ticket(team_id=self.other_queue.id, name="Secret")
        action = self.env["psa.workflow.action"].new({"kind": "notice", "subject": "{{title}}"})
        for user, may_read in ((self.outsider, True), (self.technician, False)):
            theirs = action.with_user(user)
            theirs.preview_ticket_id = ticket.with_user(user)
            with self.subTest(user=user.name):
                self.assertEqual("Secret" in (theirs.preview or ""), may_read)

    def test_a_rehearsal_stays_on_the_rule_and_says_what_differs(self):
        rule = self.make_rule("created", ("priority", {"priority": "2"}), domain=[("priority", "=", "2")])
        acted = self._make_ticket(priority="2")
        rule.active = False
        missed = self._make_ticket(priority="2")
        changed = self._make_ticket(priority="1")
        rule.active = True
        raised = self._make_ticket(priority="2")
        raised.priority = "1"
        rule = self._as_manager(rule)
        rule.action_rehearse()
        self.assertIn("would have acted on 2 of ", rule.rehearsal_result)
        lines = {line.ticket_id: line.difference for line in rule.rehearsal_line_ids}
        self.assertEqual(lines[acted.with_user(self.manager)], "")
        self.assertEqual(lines[missed.with_user(self.manager)], "The rule did not act then.")
        self.assertEqual(lines[raised.with_user(self.manager)], "The rule acted then, and would not now.")
        self.assertNotIn(changed.with_user(self.manager), lines)

    def test_own_fields_of_a_queue_are_conditions(self):
        """Row 1.2."""
        self.queue.with_user(self.manager).ticket_properties = [
            {"name": "rack", "string": "Rack", "type": "char"},
            {
                "name": "wing",
                "string": "Wing",
                "type": "selection",
                "selection": [["n", "North"], ["s", "South"]],
            },
        ]
        rule = self.make_rule(
            "created",
            ("priority", {"priority": "3"}),
            domain=[("properties.rack", "=", "R12"), ("properties.wing", "=", "n")],
        )
        self.assertIn("Rack is R12 and Wing is North", self._as_manager(rule).sentence)
        hit = self._make_ticket(properties={"rack": "R12", "wing": "n"})
        miss = self._make_ticket(properties={"rack": "R12", "wing": "s"})
        bare = self._make_ticket(team_id=self.other_queue.id)
        self.assertEqual([ticket.priority == "3" for ticket in (hit, miss, bare)], [True, False, False])
        self.assertIn("Wing is South, needs North", self.runs(miss).summary)
        self.assertIn("Rack is not set, needs R12", self.runs(bare).summary)
