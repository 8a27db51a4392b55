from unittest.mock import Mock, patch

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .workflow_common import EVERY_ACTION, PsaWorkflowDeedsCase

SENDING = "odoo.addons.psa_crm.outgoing._send"
RESOLVE = "odoo.addons.psa_crm.outgoing.socket.getaddrinfo"


@tagged("post_install", "-at_install")
class TestWorkflowActions(PsaWorkflowDeedsCase):
    """What rules do, each kind of action in each event that hears of a ticket at once (the others: test_workflow_time)."""

    def cause(self, event):
        """Let `event` happen to a new ticket."""
        ticket = self._make_ticket()
        deeds = {
            "created": lambda: None,
            "updated": lambda: ticket.with_user(self.technician).write({"name": "Printer is on fire"}),
            "stage": lambda: ticket.with_user(self.technician).write({"stage_id": self.stage_progress.id}),
            "message_in": lambda: ticket.with_user(self.mia).message_post(
                body="?", message_type="comment", subtype_xmlid="mail.mt_comment"
            ),
            "message_out": lambda: ticket.with_user(self.technician).message_post(
                body="!", message_type="comment", subtype_xmlid="mail.mt_comment"
            ),
            "alert": lambda: ticket._psa_tell_rules("alert"),
        }
        deeds[event]()
        return ticket

    def test_each_event_with_each_action(self):
        self.assertEqual(set(self.table()), EVERY_ACTION)
        for event in ("created", "updated", "stage", "message_in", "message_out", "alert"):
            for kind, (values, holds) in self.table().items():
                with self.subTest(event=event, action=kind):
                    # A prepared action may change anything: a rule that hears of any change would set itself off.
                    more = {"watch": "name"} if (event, kind) == ("updated", "server") else {}
                    rule = self.make_rule(event, (kind, values), **more)
                    ticket = self.cause(event)
                    rule.active = False
                    self.assertTrue(holds(ticket))
                    self.assertEqual(self.runs(ticket, event)[0].result, "did")

    def test_each_operator_of_the_conditions(self):
        cases = [
            (("priority", "=", "1"), True), (("priority", "=", "2"), False), (("priority", "!=", "2"), True),
            (("priority", "in", ["1", "2"]), True), (("priority", "not in", ["1", "2"]), False),
            (("name", "ilike", "PRINTER"), True), (("name", "not ilike", "printer"), False),
            (("name", "like", "Printer"), True), (("name", "=ilike", "printer%"), True),
            (("user_id", "=", False), True), (("user_id", "!=", False), False),
            (("psa_started_at", ">", "2020-01-01"), True), (("psa_started_at", "<", "2020-01-01"), False),
            (("psa_started_at", ">=", "2020-01-01"), True), (("psa_started_at", "<=", "2020-01-01"), False),
            (("partner_id", "child_of", self.harbor.id), True),
            (("commercial_partner_id.name", "=", "Harbor Dental Test"), True),
            (("tag_ids", "any", [("name", "=", "seen")]), False),
        ]  # fmt: skip
        for leaf, holds in cases:
            for event in ("created", "updated", "message_in"):
                with self.subTest(leaf=leaf, event=event):
                    rule = self.make_rule(event, ("issue", {"category_id": self.issue.id}), domain=[leaf])
                    ticket = self.cause(event)
                    rule.active = False
                    self.assertEqual(ticket.category_id == self.issue, holds)
                    run = self.runs(ticket, event)[0]
                    self.assertEqual(run.result, "did" if holds else "not")
                    self.assertTrue(run.summary)
                    self.assertTrue(run.details)

    def test_joined_conditions_are_told_in_words(self):
        rule = self.make_rule(
            "created", ("priority", {"priority": "3"}), domain="['|', ('priority', '=', '3'), '!', ('name', 'ilike', 'printer')]"
        )  # fmt: skip
        said = self.runs(self._make_ticket()).summary
        self.assertIn("Priority is Medium, needs Critical or ", said)
        self.assertIn("Priority is Critical or ", rule.sentence)

    def test_lead_technician_is_assigned_where_there_is_one(self):
        self.make_rule("created", ("assign", {"assign_to": "lead"}))
        self.assertEqual(self._make_ticket().user_id, self.technician_all)
        nobody = self._make_ticket(partner_id=self.ivan.partner_id.id)
        self.assertFalse(nobody.user_id)
        self.assertIn("no lead technician", self.runs(nobody).summary)

    def test_a_mail_template_is_sent_and_an_sms_put_in_the_queue(self):
        model = self.env.ref("helpdesk_mgmt.model_helpdesk_ticket").id
        mail = self.env["mail.template"].create(
            {"name": "M", "model_id": model, "subject": "About {{ object.number }}", "partner_to": "{{ object.partner_id.id }}"}
        )  # fmt: skip
        sms = self.env["sms.template"].create({"name": "S", "model_id": model, "body": "We are on it"})
        self.make_rule(
            "created", ("mail", {"mail_template_id": mail.id}), ("sms", {"sms_template_id": sms.id})
        )
        self.mia.partner_id.phone = "+49 30 1234567"
        ticket = self._make_ticket()
        self.assertEqual(self.runs(ticket).result, "did", self.runs(ticket).summary)
        self.assertTrue(self.env["mail.mail"].search([("subject", "=", f"About {ticket.number}")]))
        self.assertTrue(self.env["sms.sms"].search([("body", "=", "We are on it")]))
        self.mia.partner_id.phone = False
        self.assertIn("no phone number", self.runs(self._make_ticket()).summary)

    # Notices (row 3.5)

    def test_all_values_of_a_notice_with_and_without_a_contact_in_two_languages(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.manager.lang = "de_DE"
        names = tuple(self.env["helpdesk.ticket"]._psa_get_notice_labels())
        text = " | ".join(f"{name}={{{{{name}}}}}" for name in names)
        rule = self.make_rule("created", ("notice", {"audience": "manager", "subject": text, "body": text}))
        rule.action_ids.with_context(lang="de_DE").body = f"Deutsch: {text}"
        vals = {
            "name": "<script>alert(1)</script>",
            "description": "-",
            "team_id": self.queue.id,
            "user_id": False,
        }
        for more in ({"partner_id": self.mia.partner_id.id}, {}):
            with self.subTest(**more):
                ticket = self.env["helpdesk.ticket"].create(vals | more)
                told = self.notices_to(self.manager, ticket)._get_html()
                self.assertIn(f"number={ticket.number}", told)
                self.assertIn("Deutsch:", told)
                self.assertNotIn("<script>", told)
                self.assertNotIn("{{", told)
                self.assertIn("contact=Mia" if more else "contact=-", told)

    def test_each_value_of_a_notice_is_the_right_one(self):
        self.technician.tz = "Europe/Berlin"
        names = tuple(self.env["helpdesk.ticket"]._psa_get_notice_labels())
        text = "\n".join(f"{name}={{{{{name}}}}}" for name in names)
        self.make_rule(
            "updated", ("notice", {"audience": "manager", "body": text}), watch="name", name="Say all"
        )
        ticket = self._make_ticket(
            category_id=self.issue.id, psa_asset_id=self.harbor_server.id, psa_site_id=self.westgate.id
        )
        ticket.write({"user_id": self.technician.id, "priority": "2"})
        self.env.flush_all()
        ticket.write({"psa_touched_at": "2026-03-02 08:05:00", "psa_sla_due_at": "2026-03-02 16:00:00"})
        ticket.name = "Printer is on fire"
        told = self.notices_to(self.manager, ticket).body.replace("\u202f", " ")
        said = dict(line.split("=", 1) for line in told.splitlines())
        self.assertEqual(
            said,
            {
                "number": ticket.number, "title": "Printer is on fire", "customer": "Harbor Dental Test", "contact": "Mia",
                "phone": "+49 30 1234567", "queue": "Field test", "assignee": "Joe", "lead": "Nina", "stage": "New",
                "priority": "High", "issue": "Printer", "asset": "HDT-DC01", "site": "Westgate clinic",
                "due": "3/2/26, 5:00 PM Europe/Berlin", "last_work": "3/2/26, 9:05 AM Europe/Berlin", "rule": "Say all",
            },
        )  # fmt: skip

    def test_a_value_nobody_knows_is_refused_when_it_is_saved(self):
        with self.assertRaisesRegex(ValidationError, "password"):
            self.make_rule("created", ("notice", {"subject": "{{password}}"}))

    # Copy (row 3.2)

    def test_a_copy_is_whole_switched_off_and_apart(self):
        mail = self.env["mail.template"].create(
            {"name": "M", "model_id": self.env.ref("helpdesk_mgmt.model_helpdesk_ticket").id}
        )
        rule = self.make_rule(
            "created",
            ("priority", {"priority": "3"}),
            ("mail", {"mail_template_id": mail.id}),
            domain=[("priority", "=", "1")],
            delay_minutes=5,
        )
        copy = self.env["psa.workflow.rule"].browse(rule.with_user(self.manager).action_copy()["res_id"])
        self.assertEqual((copy.name, copy.active, copy.version), (f"{rule.name} (copy)", False, 1))
        self.assertEqual(copy._describe_definition(), rule._describe_definition())
        self.assertEqual(copy.action_ids[1].mail_template_id, mail)
        before = rule._describe_definition()
        copy.with_user(self.manager).write({"domain": "[]", "delay_minutes": 0})
        copy.action_ids[0].with_user(self.manager).priority = "2"
        copy.action_ids[1].with_user(self.manager).unlink()
        self.assertEqual(rule._describe_definition(), before)
        self.assertEqual(rule.version, 1)
        self.assertEqual(copy.version, 4)

    def test_a_change_is_a_new_version_and_the_old_one_stays(self):
        rule = self.make_rule("created", ("priority", {"priority": "3"}))
        rule.name = "Another name"
        self.assertEqual(rule.version, 1)
        rule.action_ids.priority = "2"
        self.assertEqual(rule.version, 2)
        told = [
            version.definition["actions"][0]["priority"] for version in rule.version_ids.sorted("version")
        ]
        self.assertEqual(told, ["3", "2"])
        self.assertEqual(self.runs(self._make_ticket()).entries[0]["version"], 2)

    # Checks before a rule is switched on

    def test_a_loop_is_refused_and_named(self):
        self.make_rule("updated", ("queue", {"team_id": self.queue.id}), watch="priority", name="Down")
        self.make_rule("updated", ("priority", {"priority": "0"}), watch="user_id", name="Calm")
        with self.assertRaisesRegex(ValidationError, "Fight → Fight|Calm"):
            self.make_rule(
                "updated", ("priority", {"priority": "3"}), ("assign", {"assign_to": "nobody"}), name="Fight"
            )

    def test_a_rule_without_actions_cannot_be_switched_on(self):
        rule = self.make_rule("created", active=False)
        with self.assertRaisesRegex(ValidationError, "does nothing yet"):
            rule.action_switch_on()

    def test_a_rule_below_one_that_stops_everything_is_warned_of(self):
        self.make_rule("created", ("priority", {"priority": "3"}), sequence=1, stop_here=True, name="Above")
        below = self.make_rule(
            "created", ("priority", {"priority": "2"}), sequence=2, domain=[("name", "ilike", "x")]
        )
        self.assertIn("Above stands above", below.warning)
        self.assertEqual(below.action_check()["params"]["type"], "warning")
        below.sequence = 0
        self.assertFalse(below.warning)

    # Rights

    def test_prepared_actions_run_but_no_programs(self):
        model = self.env.ref("helpdesk_mgmt.model_helpdesk_ticket").id
        server = self.env["ir.actions.server"].create(
            {
                "name": "Mark",
                "model_id": model,
                "state": "object_write",
                "update_path": "name",
                "value": "Marked",
            }
        )
        rule = self.make_rule("created", ("server", {"server_action_id": server.id}))
        self.assertEqual(self._make_ticket().name, "Marked")
        server.write({"state": "code", "code": "record.write({'name': 'Pwned'})"})
        ticket = self._make_ticket()
        self.assertEqual(ticket.name, "Printer is jammed")
        self.assertEqual(self.runs(ticket).result, "failed")
        with self.assertRaises(ValidationError):
            rule.action_ids.write({"server_action_id": server.id})

    def test_addresses_are_entered_by_administrators_alone(self):
        address = self.env["psa.workflow.address"].create({"name": "Chat", "url": "https://chat.example/x"})
        with self.assertRaises(AccessError):
            address.with_user(self.manager).read(["url"])
        with self.assertRaises(AccessError):
            self.env["psa.workflow.address"].with_user(self.manager).create(
                {"name": "N", "url": "https://x.example"}
            )
        with self.assertRaises(ValidationError):
            address.url = "file:///etc/passwd"

    def test_a_call_goes_out_after_the_save_and_never_into_a_private_network(self):
        address = self.env["psa.workflow.address"].create({"name": "Chat", "url": "https://chat.example/x"})
        self.make_rule("created", ("webhook", {"address_id": address.id}))
        with patch(SENDING) as send:
            ticket = self._make_ticket()
            self.assertFalse(send.called)
        call = self.env["psa.workflow.call"].search([("ticket_id", "=", ticket.id)])

        def make(ip, status=200):
            call.write({"state": "waits", "next_at": "2020-01-01"})
            with (
                patch(RESOLVE, return_value=[(2, 1, 6, "", (ip, 443))]),
                patch(SENDING, return_value=Mock(status=status)) as send,
                patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0),
            ):
                self.env["psa.workflow.call"]._cron_call()
            return send

        for ip in ("127.0.0.1", "10.0.0.7", "169.254.169.254", "192.168.1.1", "::1", "fd00::1"):
            with self.subTest(ip=ip):
                self.assertFalse(make(ip).called)
        self.assertIn("private network", call.problem)
        self.assertTrue(make("93.184.216.34", 503).called)
        self.assertIn("503", call.problem)
        keys = [make("93.184.216.34", status).call_args.args[3]["Idempotency-Key"] for status in (302, 200)]
        self.assertEqual(keys, [call.key, call.key])
        self.assertEqual(call.state, "done")

    def test_a_manager_of_one_company_writes_no_rule_for_every_company(self):
        self.env["res.company"].create({"name": "Another"})
        rules = self.env["psa.workflow.rule"].with_user(self.manager)
        with self.assertRaises(AccessError):
            rules.create({"name": "All", "company_id": False})
        rules.create({"name": "Ours"})

    # Rehearsal

    def test_a_rehearsal_tells_and_writes_nothing(self):
        hit = self._make_ticket(priority="2")
        self._make_ticket(priority="1")
        rule = self.make_rule(
            "created",
            ("queue", {"team_id": self.other_queue.id}),
            domain=[("priority", "=", "2"), ("team_id", "=", self.queue.id)],
            active=False,
        )
        self.env.flush_all()
        rows = "SELECT (SELECT count(*) FROM psa_workflow_run), (SELECT count(*) FROM psa_workflow_timer), (SELECT count(*) FROM mail_message)"
        self.env.cr.execute(rows)
        before = self.env.cr.fetchone()
        action = rule.with_user(self.manager).action_rehearse()
        self.env.flush_all()
        self.env.cr.execute(rows)
        self.assertEqual(self.env.cr.fetchone(), before)
        self.assertEqual(hit.team_id, self.queue)
        rehearsal = self.env["psa.workflow.rehearsal"].browse(action["res_id"])
        self.assertEqual(rehearsal.line_ids.ticket_id, hit)
        self.assertIn("would have acted on 1 of ", rehearsal.result)

    def test_a_rehearsal_does_not_tell_of_tickets_out_of_sight(self):
        rule = self.make_rule("created", ("priority", {"priority": "3"}), active=False)
        other = self.env["res.company"].create({"name": "Other"})
        hidden = self._make_ticket(company_id=other.id, team_id=False)
        with self.assertRaises(AccessError):
            self.env["psa.workflow.rehearsal"].with_user(self.manager).create(
                {"rule_id": rule.id, "line_ids": [Command.create({"ticket_id": hidden.id})]}
            )

    def test_what_is_archived_gets_no_tickets(self):
        category = self.env["helpdesk.ticket.category"].create({"name": "Fax"})
        targets = {
            "queue": ("team_id", self.other_queue, {}),
            "assign": ("user_id", self.outsider, {"assign_to": "user"}),
            "stage": ("stage_id", self.stage_waiting, {}),
            "issue": ("category_id", category, {}),
        }
        for kind, (name, target, values) in targets.items():
            with self.subTest(kind):
                action = kind, {name: target.id, **values}
                rule = self.make_rule("created", action, ("priority", {"priority": "3"}))
                target.active = False
                ticket = self._make_ticket(priority="1")
                self.assertNotEqual(ticket[name], target)
                self.assertEqual(ticket.priority, "3", "what else the rule does is done")
                self.assertIn("is archived", rule.problem)
                self.assertIn("is archived", rule.warning)
                rule.active = False

    def test_each_event_can_be_rehearsed(self):
        self._make_ticket().with_user(self.technician).message_post(
            body="!", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        for event, _label in self.env["psa.workflow.rule"]._fields["event"].selection:
            with self.subTest(event=event):
                rule = self.make_rule(event, ("priority", {"priority": "3"}), active=False)
                self.assertTrue(rule.with_user(self.manager).action_rehearse()["res_id"])
