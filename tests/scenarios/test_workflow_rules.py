"""The three workflow rules of the white paper, as a service manager switches them on and as people and machines meet them.

Nobody here is an administrator. Rule 1: portal requests of one customer. Rule 2: web server down, then ten minutes of
silence. Rule 3: overdue tickets of two account classes.
"""

import ast
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.http import Request
from odoo.tests import HttpCase, tagged

from odoo.addons.mail.tests.common import MailCase
from odoo.addons.psa_helpdesk.tests.common import PsaHelpdeskCase

NIGHT = datetime(2026, 3, 7, 3, 0)  # a Saturday: ten minutes are ten minutes, day and night


class WorkflowRulesCase(PsaHelpdeskCase):
    """Acme, whose lead technician is Joe for what the portal brings, and Beta, another customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["psa.workflow.rule"].search([]).write({"active": False})
        cls.acme = cls._make_customer("Acme Test")
        cls.beta = cls._make_customer("Beta Test")
        cls.ann = cls._make_portal_user(cls.acme, "psa_ann", level="company")
        cls.bob = cls._make_portal_user(cls.beta, "psa_bob")
        cls.joe, cls.lead = cls.technician, cls.technician_all
        cls.acme.psa_lead_technician_id = cls.lead
        cls.dispatch = cls.env.ref("psa_helpdesk.psa_queue_dispatch")
        cls.web = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web")
        cls.monitoring = cls.env.ref("psa_helpdesk.psa_channel_monitoring")

    def rules(self):
        return self.env["psa.workflow.rule"].with_user(self.manager)

    def switch_on_rule_1(self):
        """Copy the shipped rule and add what it cannot know: the customer. What it does stays as it was shipped."""
        self.acme.psa_lead_technician_id = self.joe
        template = self.env.ref("psa_helpdesk.psa_workflow_rule_portal").with_user(self.manager)
        rule = self.rules().browse(template.action_copy()["res_id"])
        shipped = ast.literal_eval(rule.domain)
        self.assertEqual(shipped, [("channel_id", "=", self.web.id)])
        rule.write(
            {
                "name": "Acme: on-site visit",
                "domain": repr([*shipped, ("commercial_partner_id", "=", self.acme.id)]),
            }
        )
        self.assertEqual(rule.action_ids.mapped("kind"), ["assign", "queue"])
        self.assertEqual(rule.action_ids.team_id, self.dispatch.with_user(self.manager))
        with self.assertRaisesRegex(ValidationError, "Dispatch is archived"):
            rule.action_switch_on()
        self.dispatch.with_user(self.manager).write({"active": True, "user_ids": [Command.link(self.joe.id)]})
        rule.action_switch_on()
        self.assertFalse(template.active)


@tagged("post_install", "-at_install")
class TestWorkflowRules(WorkflowRulesCase):
    def sweep(self, now):
        with patch.object(self.registry["ir.cron"], "_commit_progress", return_value=60.0), freeze_time(now):
            self.env["psa.sla.clock"]._cron_sweep(now)
            self.env["psa.workflow.timer"]._cron_sweep(now)
            self.env["psa.notice"]._cron_deliver(now)

    def alarms(self, ticket):
        """What the service manager hears of a ticket that nobody works on."""
        return self.notices(self.manager, ticket).filtered(
            lambda notice: "needs immediate attention" in notice.subject
        )

    def notices(self, user, ticket):
        """What the system tells a user about a ticket, by whatever way: one row for each that goes out or is out."""
        return self.env["psa.notice"].search(
            [
                ("ticket_id", "=", ticket.id),
                ("user_id", "=", user.id),
                ("state", "in", ("waiting", "held", "sent")),
            ],
            order="id",
        )

    # Rule 1

    def portal_ticket(self, user, channel):
        """A ticket as the portal's form makes it, or another door in the customer's name."""
        return (
            self.env["helpdesk.ticket"]
            .sudo()
            .create(
                {
                    "name": "Please come by",
                    "description": "-",
                    "partner_id": user.partner_id.id,
                    "channel_id": channel.id,
                    "team_id": self.queue.id,
                }
            )
        )

    def test_rule_1_portal_requests_of_acme_go_to_joe_and_dispatch(self):
        self.switch_on_rule_1()
        email = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_email")
        moved = self.portal_ticket(self.ann, self.web)
        by_mail = self.portal_ticket(self.ann, email)
        of_beta = self.portal_ticket(self.bob, self.web)
        self.assertEqual((moved.user_id, moved.team_id), (self.joe, self.dispatch))
        for ticket in (by_mail, of_beta):
            self.assertFalse(ticket.user_id)
            self.assertEqual(ticket.team_id, self.queue)
        self.assertIn("needs Web", by_mail.with_user(self.joe).psa_workflow_run_ids.summary)
        self.book_the_visit(moved)

    def book_the_visit(self, ticket):
        """The dispatcher opens the ticket and books Joe, whom the rule chose; Joe and the ticket know of it."""
        ticket = ticket.with_user(self.dispatcher)
        action = ticket.action_psa_book_call()
        plan = self.env["psa.service.call.plan"].with_user(self.dispatcher).browse(action["res_id"])
        start = datetime(2026, 3, 9, 10)  # a Monday
        plan.write({"technician_id": self.joe.id, "start_at": start, "minutes": 60, "place": "on_site"})
        plan.override_reason = "Agreed with the customer"
        plan.action_save()
        call = self.env["psa.service.call"].with_user(self.joe).search([("ticket_ids", "in", ticket.ids)])
        self.assertEqual(len(call), 1)
        self.assertEqual((call.technician_id, call.start_at, call.place), (self.joe, start, "on_site"))
        self.assertEqual(call.partner_id, self.acme)
        entry = self.env["calendar.event"].search(
            [("partner_ids", "in", self.joe.partner_id.ids), ("start", "=", start)]
        )
        self.assertEqual(len(entry), 1)
        by_visit = self.env["helpdesk.ticket"].with_user(self.dispatcher)
        self.assertIn(ticket, by_visit.search([("psa_service_call_ids.start_at", ">=", start)]))

    # Rule 2

    def web_server_down(self, at):
        """What processing an alert does with tickets, at the moment of its first message."""
        with freeze_time(at):
            ticket = (
                self.env["helpdesk.ticket"]
                .sudo()
                .create(
                    {
                        "name": "Web server down",
                        "description": "-",
                        "partner_id": self.acme.id,
                        "channel_id": self.monitoring.id,
                        "team_id": self.queue.id,
                        "user_id": False,
                        "psa_started_at": at,
                    }
                )
            )
            ticket._psa_tell_rules("alert")
            self.env.flush_all()
        return ticket

    def switch_on_rule_2(self):
        with freeze_time(NIGHT - timedelta(hours=1)):
            for name in ("server_down", "server_idle"):
                self.env.ref(f"psa_helpdesk.psa_workflow_rule_{name}").with_user(
                    self.manager
                ).action_switch_on()

    def test_rule_2_web_server_down_then_ten_minutes_of_silence(self):
        self.switch_on_rule_2()
        ticket = self.web_server_down(NIGHT)
        self.assertEqual((ticket.user_id, ticket.priority), (self.lead, "3"))
        told = ticket.psa_notice_ids.filtered(lambda one: "Monitoring reports" in one.body)
        self.assertEqual(told.user_id, self.lead)
        self.assertEqual(sorted(told.mapped("channel")), ["email", "sms"], "to his mobile and by e-mail")
        self.assertEqual(set(told.mapped("subject")), {f"{ticket.number} Acme Test: Web server down"})
        with freeze_time(NIGHT + timedelta(minutes=8)):
            ticket.with_user(self.ann).message_post(
                body="It is still down!", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
            ticket._psa_note("Reported again, 2 times so far.")
            self.env.flush_all()
        self.sweep(NIGHT + timedelta(minutes=9, seconds=59))
        self.assertFalse(self.alarms(ticket))
        self.sweep(NIGHT + timedelta(minutes=10))
        self.assertEqual(len(self.alarms(ticket)), 1)
        self.sweep(NIGHT + timedelta(minutes=20))
        self.assertEqual(len(self.alarms(ticket)), 1)

    def test_rule_2_a_note_by_the_technician_resets_the_ten_minutes(self):
        self.switch_on_rule_2()
        ticket = self.web_server_down(NIGHT)
        with freeze_time(NIGHT + timedelta(minutes=9)):
            ticket.with_user(self.lead).message_post(body="Looking into it", message_type="comment")
            self.env.flush_all()
        self.sweep(NIGHT + timedelta(minutes=18, seconds=59))
        self.assertFalse(self.alarms(ticket))
        self.sweep(NIGHT + timedelta(minutes=19))
        self.assertEqual(len(self.alarms(ticket)), 1)

    def test_rule_2_all_work_by_us_resets_the_ten_minutes(self):
        """Row 3.12: also what stands beside the ticket, a time entry, a checklist, a visit; and another queue."""
        self.switch_on_rule_2()
        self.env["hr.employee"].create({"name": "Lead", "user_id": self.lead.id})
        checklist = self.env["psa.checklist"].create(
            {"name": "Server", "item_ids": [Command.create({"name": "Look at the disks"})]}
        )
        deeds = {
            "time entry": lambda ticket: (
                self.env["account.analytic.line"]
                .with_user(self.lead)
                .create(
                    {"name": "Looked", "psa_ticket_id": ticket.id, "date": NIGHT.date(), "psa_minutes": 5}
                )
            ),
            "checklist": lambda ticket: ticket.psa_checklist_line_ids.with_user(self.lead).write(
                {"is_done": True}
            ),
            "visit": lambda ticket: self.book_the_visit(ticket),
            "queue": lambda ticket: ticket.with_user(self.dispatcher).write({"team_id": self.other_queue.id}),
        }
        for name, deed in deeds.items():
            with self.subTest(deed=name):
                ticket = self.web_server_down(NIGHT)
                with freeze_time(NIGHT):
                    ticket.psa_checklist_ids = checklist
                with freeze_time(NIGHT + timedelta(minutes=9)):
                    deed(ticket)
                    self.env.flush_all()
                self.sweep(NIGHT + timedelta(minutes=18, seconds=59))
                self.assertFalse(self.alarms(ticket))
                self.sweep(NIGHT + timedelta(minutes=19))
                self.assertEqual(len(self.alarms(ticket)), 1)

    # Rule 3

    def test_rule_3_overdue_tickets_of_important_customers(self):
        rule = self.env.ref("psa_helpdesk.psa_workflow_rule_overdue").with_user(self.manager)
        with self.assertRaisesRegex(ValidationError, "Immediate Attention is archived"):
            rule.action_switch_on()
        attention = self.env.ref("psa_helpdesk.psa_queue_immediate").with_user(self.manager)
        attention.active = True
        rule.action_switch_on()
        self.assertEqual(
            ast.literal_eval(rule.domain), [("psa_account_class_id.name", "in", ["Jeopardy", "Premier"])]
        )
        premier = self.env.ref("psa_crm.psa_account_class_premier")
        standard = self.env.ref("psa_crm.psa_account_class_standard")
        self.acme.psa_account_class_id, self.beta.psa_account_class_id = premier, standard
        policy = self.env["psa.sla.policy"].create(
            {
                "name": "Two hours, day and night",
                "target_ids": [
                    Command.create(
                        {"priority": "1", "kind": "resolution", "minutes": 120, "is_always": True}
                    ),
                    Command.create(
                        {"priority": "3", "kind": "resolution", "minutes": 120, "is_always": True}
                    ),
                ],
            }
        )
        (self.acme + self.beta).psa_sla_policy_id = policy
        with freeze_time(NIGHT):
            ours, other = (self.portal_ticket(user, self.web) for user in (self.ann, self.bob))
            self.env.flush_all()
        self.sweep(NIGHT + timedelta(minutes=119))
        self.assertEqual(ours.team_id, self.queue)
        due = NIGHT + timedelta(minutes=120, seconds=1)
        self.sweep(due)
        self.assertEqual((ours.team_id, ours.priority), (attention.sudo(), "3"))
        self.assertEqual(ours.stage_id, attention._psa_find_stage("new"))
        self.assertEqual(len(self.notices(self.manager, ours)), 1)
        self.assertEqual(other.team_id, self.queue)
        self.assertIn("needs Jeopardy or Premier", other.psa_workflow_run_ids.summary)
        self.beta.psa_account_class_id = premier
        self.sweep(due + timedelta(minutes=10))
        self.assertEqual(other.team_id, attention.sudo())
        with freeze_time(due + timedelta(minutes=20)):
            ours.with_user(self.dispatcher).write({"team_id": self.queue.id})
            self.env.flush_all()
        self.sweep(due + timedelta(minutes=21))
        self.sweep(due + timedelta(hours=5))
        self.assertEqual(ours.team_id, self.queue, "a person's word is not fought")
        self.assertEqual(len(self.notices(self.manager, ours)), 1)


@tagged("post_install", "-at_install")
class TestWorkflowRuleDoors(WorkflowRulesCase, MailCase, HttpCase):
    """Row 3.11: rule 1 with tickets that come through the real doors, the form of the portal and the mail gateway."""

    @classmethod
    def default_env_context(cls):
        return {}  # with mail

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_gateway()
        cls.env.company.helpdesk_mgmt_portal_select_category = False
        cls.env.company.psa_default_queue_id = cls.queue

    def report(self, user):
        """Report a problem as `user` in the portal; return the ticket."""
        self.authenticate(user.login, user.login)
        values = {"subject": f"Visit for {user.name}", "description": "Please come by"}
        answer = self.url_open(
            "/submitted/ticket",
            data=values | {"csrf_token": Request.csrf_token(self)},
            allow_redirects=False,
        )
        self.assertIn(answer.status_code, (302, 303), answer.text[:500])
        return self.env["helpdesk.ticket"].search([("name", "=", values["subject"])])

    def write(self, user):
        """Write a mail to the desk as `user`; return the ticket."""
        mail = EmailMessage()
        mail["From"] = f"{user.name} <{user.email}>"
        mail["To"] = "desk@brightwater-it.example"
        mail["Subject"] = f"Mail of {user.name}"
        mail["Message-ID"] = make_msgid()
        mail.set_content("Please come by")
        thread = self.env["mail.thread"].with_context(fetchmail_cron_running=True)
        with self.mock_mail_gateway():
            thread.message_process("helpdesk.ticket", mail.as_bytes())
        return self.env["helpdesk.ticket"].search([("name", "=", mail["Subject"])])

    def test_rule_1_holds_for_the_portal_and_not_for_mail(self):
        self.switch_on_rule_1()
        moved, of_beta, by_mail = self.report(self.ann), self.report(self.bob), self.write(self.ann)
        self.assertEqual(moved.channel_id, self.web)
        self.assertEqual((moved.user_id, moved.team_id), (self.joe, self.dispatch))
        self.assertEqual(by_mail.commercial_partner_id, self.acme)
        for ticket in (of_beta, by_mail):
            self.assertFalse(ticket.user_id)
            self.assertEqual(ticket.team_id, self.queue)
        self.assertIn("Customer is Beta Test", of_beta.with_user(self.manager).psa_workflow_run_ids.summary)
        self.assertIn("needs Web", by_mail.with_user(self.manager).psa_workflow_run_ids.summary)
